import { expect, test } from 'vitest'
import { decide, npmRuns, pinnedRuntime, stampOf } from './install-plan.mjs'

const entry = (version: string, more: object = {}) => ({ version, ...more })
const text = (packages: Record<string, object>) => JSON.stringify({ lockfileVersion: 3, packages })
const lock = text({
  '': {},
  'packages/core': { version: '0.1.0' },
  'node_modules/@onerouter/core': { link: true },
  'node_modules/node': entry('24.21.0'),
  'node_modules/pg': entry('8.23.1'),
  'node_modules/pg-for-another-machine': entry('1.0.0', { optional: true }),
})
const installed = text({
  'node_modules/@onerouter/core': { link: true },
  'node_modules/node': entry('24.21.0'),
  'node_modules/pg': entry('8.23.1'),
})
const complete = { lock, installed, stamp: stampOf(lock), runtimeVersion: '24.21.0' }

test('a complete install is left alone', () => {
  expect(decide(complete)).toBe('nothing')
})

test('a bare clone is installed cleanly', () => {
  expect(decide({ lock, installed: undefined, stamp: undefined, runtimeVersion: undefined })).toBe('clean')
})

test('an install that was cut short is done again from the start', () => {
  expect(decide({ ...complete, installed: undefined })).toBe('clean')
  expect(decide({ ...complete, runtimeVersion: undefined })).toBe('clean')
})

test('a changed pin of the runtime is installed even though a Node is there', () => {
  expect(decide({ ...complete, runtimeVersion: '24.0.0' })).toBe('clean')
})

test('packages that somebody installed by hand count when they fit the lock file', () => {
  expect(decide({ ...complete, stamp: undefined })).toBe('stamp')
  expect(decide({ ...complete, stamp: 'of an older lock file' })).toBe('stamp')
})

test('a lock file that moved on brings the tree along', () => {
  const moved = lock.replace('8.23.1', '8.24.0')
  expect(decide({ ...complete, lock: moved })).toBe('install')
  const added = text({ ...JSON.parse(lock).packages, 'node_modules/new': entry('1.0.0') })
  expect(decide({ ...complete, lock: added })).toBe('install')
})

test('an unreadable record of npm never counts as complete', () => {
  expect(decide({ ...complete, stamp: undefined, installed: '{"packages":' })).toBe('install')
})

test('development packages are installed whatever NODE_ENV says, and there is always a second way', () => {
  for (const step of ['clean', 'install'] as const) {
    const runs = npmRuns(step)
    expect(runs.length).toBe(2)
    expect(runs.every((args) => args.includes('--include=dev'))).toBe(true)
  }
  expect(npmRuns('clean')[0]?.[0]).toBe('ci')
})

test('the runtime is the one the lock file pins', () => {
  expect(pinnedRuntime(lock)).toBe('24.21.0')
  expect(pinnedRuntime('not json')).toBeUndefined()
})

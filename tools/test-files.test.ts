import { expect, test } from 'vitest'
import { filesWithin } from './test-files.mjs'

test('names choose files of the folder, options pass unchanged, and without names it is the whole folder', () => {
  const told = (...words: string[]) => filesWithin('test/e2e', words)
  expect(told()).toEqual(['test/e2e'])
  expect(told('dashboard-pictures')).toEqual(['test/e2e/dashboard-pictures'])
  expect(told('dashboard-work', 'checkout', '-t', 'a rule')).toEqual([
    'test/e2e/dashboard-work',
    'test/e2e/checkout',
    '-t',
    'a rule',
  ])
  expect(told('-t', 'a rule')).toEqual(['test/e2e', '-t', 'a rule'])
})

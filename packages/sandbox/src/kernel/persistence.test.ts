import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createSaver, fileStore, type Snapshot } from './persistence.ts'

const SNAPSHOT: Snapshot = {
  version: 1,
  offsetMs: 5,
  random: [1, 2, 3, 4],
  tasks: [{ atMs: 1, task: { kind: 'k', data: {} } }],
  collections: { t: [['a', { n: 1 }]] },
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sandbox-state-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('what was saved is loaded, and no half-written file stays behind', async () => {
  const store = fileStore(join(folder, 'deep', 'state.json'), () => {})
  expect(await store.load()).toBeUndefined()
  await store.save(SNAPSHOT)
  expect(await store.load()).toEqual(SNAPSHOT)
  expect(await readdir(join(folder, 'deep'))).toEqual(['state.json'])
})

test.each([
  '',
  '{"version":1,"off',
  '{"version":2}',
  '[]',
  '{"version":1,"offsetMs":0,"random":[],"tasks":[]}',
])('the unreadable state %j is moved aside with a warning', async (text) => {
  const path = join(folder, 'state.json')
  const warnings: string[] = []
  await writeFile(path, text)
  expect(await fileStore(path, (message) => warnings.push(message)).load()).toBeUndefined()
  expect(warnings).toHaveLength(1)
  expect(await readFile(`${path}.corrupt`, 'utf8')).toBe(text)
})

test('many changes make one write, and flush waits for it', async () => {
  let saves = 0
  const count = (): void => {
    saves += 1
  }
  const store = { load: async () => undefined, save: () => Promise.resolve(count()) }
  const saver = createSaver(
    store,
    () => SNAPSHOT,
    () => 0,
    () => {},
  )
  for (let i = 0; i < 50; i += 1) saver.touch()
  await saver.flush()
  expect(saves).toBe(1)
})

test('a disk that refuses is a warning, not a crash', async () => {
  const warnings: string[] = []
  const store = { load: async () => undefined, save: () => Promise.reject(new Error('full')) }
  const saver = createSaver(
    store,
    () => SNAPSHOT,
    () => 0,
    (message) => warnings.push(message),
  )
  saver.touch()
  await saver.flush()
  expect(warnings).toEqual([expect.stringContaining('full')])
})

import { expect, test } from 'vitest'
import { createCallLog, type ProviderCallRow } from './provider-calls.ts'

/** Place of the path among the columns. */
const PATH = 8

/** What an array of texts holds in PostgreSQL's binary format: behind 20 bytes, a length and the bytes of each. */
function textsOf(array: Buffer): string[] {
  const texts: string[] = []
  for (let at = 20; at < array.length; ) {
    const end = at + 4 + array.readInt32BE(at)
    texts.push(array.toString('utf8', at + 4, end))
    at = end
  }
  return texts
}

/** A database that remembers, and a clock whose one timer the test ends. */
function stand({ failing = false } = {}) {
  const written: string[][] = []
  const timers: (() => void)[] = []
  const errors: unknown[] = []
  const log = createCallLog({
    db: {
      async query({ values }) {
        if (failing) throw new Error('no database')
        written.push(textsOf(values[PATH] as Buffer)) // a binary column
        return { rows: [], rowCount: 0 }
      },
    },
    after: (_ms, call) => timers.push(call),
    onError: (error) => errors.push(error),
  })
  const add = (...paths: string[]): void => {
    for (const path of paths) log.add({ path } as ProviderCallRow) // nobody looks at the others
  }
  return { log, written, timers, errors, add }
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

test('a call without company is written at once, those that follow soon go together', async () => {
  const { written, timers, add } = stand()
  add('a')
  await turn()
  expect(written).toEqual([['a']])
  add('b', 'c')
  await turn()
  expect(written).toEqual([['a']])
  timers.shift()?.()
  await turn()
  expect(written).toEqual([['a'], ['b', 'c']])
})

test('after a pause the next call is written at once again', async () => {
  const { written, timers, add } = stand()
  add('a')
  await turn()
  timers.shift()?.()
  add('b')
  await turn()
  expect(written).toEqual([['a'], ['b']])
})

test('who wants to read has everything written, in bounded statements', async () => {
  const { log, written, add } = stand()
  add(...Array.from({ length: 450 }, (_, i) => String(i)))
  await log.flush()
  expect(written.flat()).toEqual(Array.from({ length: 450 }, (_, i) => String(i)))
  expect(Math.max(...written.map((paths) => paths.length))).toBe(200)
})

test('what could not be written is counted, and nobody fails for it', async () => {
  const { log, errors, add } = stand({ failing: true })
  add('a', 'b')
  await log.flush()
  expect(log.dropped()).toBe(2)
  expect(errors.length).toBeGreaterThan(0)
})

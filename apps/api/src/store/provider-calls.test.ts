import { expect, test } from 'vitest'
import { createCallLog, type ProviderCallRow } from './provider-calls.ts'

/** A database that remembers, and a clock whose one timer the test ends. */
function stand({ failing = false } = {}) {
  const written: string[][] = []
  const timers: (() => void)[] = []
  const errors: unknown[] = []
  const log = createCallLog({
    db: {
      async query({ values }) {
        if (failing) throw new Error('no database')
        written.push((JSON.parse(String(values[0])) as { id: string }[]).map(({ id }) => id)) // its own rows
        return { rows: [], rowCount: 0 }
      },
    },
    after: (_ms, call) => timers.push(call),
    onError: (error) => errors.push(error),
  })
  const add = (...ids: string[]): void => {
    for (const id of ids) log.add({ id } as ProviderCallRow) // the log looks at none of the others
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
  expect(Math.max(...written.map((ids) => ids.length))).toBe(200)
})

test('what could not be written is counted, and nobody fails for it', async () => {
  const { log, errors, add } = stand({ failing: true })
  add('a', 'b')
  await log.flush()
  expect(log.dropped()).toBe(2)
  expect(errors.length).toBeGreaterThan(0)
})

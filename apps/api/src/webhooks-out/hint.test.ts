import { expect, test } from 'vitest'
import { createHint } from './hint.ts'

test('commits that come together share a hint, the last of them is told of, and a hint that fails is not the last', async () => {
  const told: unknown[] = []
  const warned: object[] = []
  let away = false
  const rests: (() => void)[] = []
  const hint = createHint({
    db: {
      async query({ values }) {
        if (away) throw new Error('the database is away')
        told.push(values[1])
        return { rows: [], rowCount: 0 }
      },
    },
    wait: () => {
      const { promise, resolve } = Promise.withResolvers<void>()
      rests.push(resolve)
      return { done: promise, end: resolve }
    },
    log: { warn: (fields) => void warned.push(fields) },
  })
  const rested = async () => {
    await expect.poll(() => rests.length).toBe(1)
    rests.pop()?.()
  }
  hint()
  hint()
  hint()
  await rested()
  await rested()
  await expect.poll(() => told).toEqual(['{"kind":"deliveries"}', '{"kind":"deliveries"}'])
  // What is told has an end of its own a turn later.
  await new Promise((resolve) => setImmediate(resolve))
  away = true
  hint()
  await expect.poll(() => warned.length).toBe(1)
  away = false
  hint()
  await rested()
  expect(told).toHaveLength(3)
})

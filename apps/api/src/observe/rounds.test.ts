import { expect, test } from 'vitest'
import { startRounds } from './rounds.ts'

test('a round rests at least its interval, and twenty times as long as it took', async () => {
  let nowMs = 0
  const took = [10, 3_000, 0]
  const rests: number[] = []
  const { promise: over, resolve: end } = Promise.withResolvers<void>()
  const rounds = startRounds({
    everyMs: 10_000,
    work: async () => {
      nowMs += took.shift() ?? 0
    },
    now: () => nowMs,
    log: { info() {}, warn() {}, error() {} },
    waitFor: (ms) => {
      rests.push(ms)
      if (took.length > 0) return { done: Promise.resolve(), end() {} }
      end()
      const { promise: done, resolve } = Promise.withResolvers<void>()
      return { done, end: resolve }
    },
  })
  await over
  await rounds.stop()
  expect(rests).toEqual([10_000, 60_000, 10_000])
})

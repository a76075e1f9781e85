import fc from 'fast-check'
import { expect, test } from 'vitest'
import { addEvery, INTERVALS, nextBoundary } from './calendar.ts'

const day = (ms: number) => new Date(ms).toISOString().slice(0, 16)

test.each([
  ['2026-01-31T12:30', 'month', 1, 1, '2026-02-28T12:30'],
  ['2026-01-31T12:30', 'month', 1, 2, '2026-03-31T12:30'],
  ['2028-01-31T00:00', 'month', 1, 1, '2028-02-29T00:00'],
  ['2028-02-29T00:00', 'year', 1, 1, '2029-02-28T00:00'],
  ['2026-11-30T00:00', 'month', 3, 1, '2027-02-28T00:00'],
  ['2026-12-31T23:59', 'week', 2, 1, '2027-01-14T23:59'],
  ['2026-03-31T05:00', 'month', 1, -1, '2026-02-28T05:00'],
] as const)('%s and %s × %i, %i times, is %s', (from, interval, count, times, to) => {
  expect(day(addEvery(Date.parse(`${from}Z`), { interval, count }, times))).toBe(to)
})

test('the next boundary is the first of the anchor’s grid after the instant', () => {
  const instant = fc.integer({ min: Date.UTC(2000, 0), max: Date.UTC(2060, 0) })
  const every = fc.record({ interval: fc.constantFrom(...INTERVALS), count: fc.integer({ min: 1, max: 12 }) })
  fc.assert(
    fc.property(instant, every, fc.integer({ min: 0, max: 60 }), (anchor, step, times) => {
      const at = addEvery(anchor, step, times)
      expect(nextBoundary(anchor, step, at)).toBe(addEvery(anchor, step, times + 1))
      expect(nextBoundary(anchor, step, at - 1)).toBe(at)
    }),
  )
})

import { expect, test } from 'vitest'
import { endOfPeriods } from './period.ts'

const at = (iso: string) => Date.parse(iso) / 1000

test.each([
  ['2026-01-31T10:20:30Z', 'month', 1, 1, '2026-02-28T10:20:30Z'],
  ['2026-01-31T10:20:30Z', 'month', 1, 2, '2026-03-31T10:20:30Z'],
  ['2026-01-31T10:20:30Z', 'month', 1, 12, '2027-01-31T10:20:30Z'],
  ['2028-02-29T00:00:00Z', 'year', 1, 1, '2029-02-28T00:00:00Z'],
  ['2028-02-29T00:00:00Z', 'year', 1, 4, '2032-02-29T00:00:00Z'],
  ['2026-11-30T23:59:59Z', 'month', 3, 1, '2027-02-28T23:59:59Z'],
  ['2026-03-29T00:00:00Z', 'week', 2, 3, '2026-05-10T00:00:00Z'],
  ['2026-10-24T12:00:00Z', 'day', 10, 2, '2026-11-13T12:00:00Z'],
] as const)('from %s, every %s x%i, %i charges end at %s', (anchor, interval, count, periods, end) => {
  expect(endOfPeriods(at(anchor), { interval, count }, periods)).toBe(at(end))
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { judge, type Outcome } from './judge.ts'
import { nextTryMs, retryAfterMs, SCHEDULE_S, TRIES } from './schedule.ts'

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5)
const failure = (more: Partial<Outcome> = {}): Outcome => ({
  status: 500,
  error: 'status',
  detail: null,
  body: null,
  address: null,
  retryAfterMs: null,
  ...more,
})

test('ten tries over a little more than three days, then a dead letter', () => {
  let step = 0
  let totalMs = 0
  const gaps: (number | null)[] = []
  for (;;) {
    const verdict = judge({ step, trigger: 'auto' }, failure(), () => 0.5)
    gaps.push(verdict.dueMs)
    if (verdict.dueMs === null) {
      expect(verdict.state).toBe('failed')
      break
    }
    totalMs += verdict.dueMs
    step = verdict.step
  }
  expect(gaps).toEqual([...SCHEDULE_S.slice(1).map((seconds) => seconds * 1000), null])
  expect(gaps).toHaveLength(TRIES)
  expect(totalMs / 3_600_000).toBeCloseTo(75.6, 0)
})

test('jitter keeps every gap within a fifth of its time', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: TRIES - 2 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (step, random) => {
        const plannedMs = (SCHEDULE_S[step + 1] ?? 0) * 1000
        const ms = nextTryMs(step, random, null) ?? 0
        expect(ms).toBeGreaterThanOrEqual(Math.floor(plannedMs * 0.8))
        expect(ms).toBeLessThanOrEqual(Math.ceil(plannedMs * 1.2))
      },
    ),
  )
})

test.each([
  ['120', 120_000],
  [' 5 ', 5_000],
  ['Fri, 02 Jan 2026 03:05:05 GMT', 60_000],
  ['Fri, 02 Jan 2026 03:00:00 GMT', 0],
  ['soon', null],
  ['-5', null],
  ['1.5', null],
  [undefined, null],
])('Retry-After %j means %j ms', (header, ms) => {
  expect(retryAfterMs(header, NOW)).toBe(ms)
})

test('what a receiver asks for is kept between half the schedule and a day', () => {
  expect(nextTryMs(1, 0, 1_000)).toBe(150_000)
  expect(nextTryMs(1, 0, 600_000)).toBe(600_000)
  expect(nextTryMs(1, 0, 999_999_999_000)).toBe(86_400_000)
})

test('what time cannot change is final at once', () => {
  for (const error of ['gone', 'refused_address'] as const) {
    expect(judge({ step: 0, trigger: 'auto' }, failure({ error }), () => 0)).toMatchObject({
      state: 'failed',
      dueMs: null,
    })
  }
  expect(judge({ step: 0, trigger: 'test' }, failure(), () => 0)).toMatchObject({
    state: 'failed',
    dueMs: null,
  })
  expect(judge({ step: 0, trigger: 'auto' }, failure({ error: 'tls' }), () => 0.5).dueMs).toBe(1_800_000)
})

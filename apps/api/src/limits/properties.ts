import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { DAY_MS, type Limiter, MINUTE_MS } from './limiter.ts'

/** What a test needs to drive a limiter: time is set by hand. */
export interface Bench {
  readonly limiter: Limiter
  setNow(ms: number): void
}

const START = Date.UTC(2026, 0, 5, 12)

/** The guarantees of a rate limiter; every implementation runs the same suite. */
export function limiterProperties(name: string, open: () => Promise<Bench>, runs: number): void {
  describe(`rate limiter: ${name}`, () => {
    let serial = 0
    const fresh = (): string => `t${Date.now()}_${++serial}`

    test('no 60 seconds ever hold more admissions than the limit', async () => {
      const { limiter, setNow } = await open()
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(1, 2, 3, 7, 60, 1_001),
          fc.array(fc.oneof(fc.integer({ min: 0, max: 50 }), fc.integer({ min: 0, max: 30_000 })), {
            maxLength: 120,
          }),
          async (perMinute, gaps) => {
            const id = fresh()
            const admitted: number[] = []
            let now = START
            for (const gap of gaps) {
              now += gap
              setNow(now)
              const decision = await limiter.take(id, { perMinute, perDay: 1_000_000 })
              if (decision.allowed) admitted.push(now)
            }
            for (const [i, at] of admitted.entries()) {
              const inSpan = admitted.slice(i).filter((other) => other < at + MINUTE_MS).length
              expect(inSpan).toBeLessThanOrEqual(perMinute)
            }
          },
        ),
        { numRuns: runs },
      )
      await limiter.close()
    })

    test('exactly the limit is admitted, one more is not, and limits of 1 and 2 work', async () => {
      const { limiter, setNow } = await open()
      setNow(START)
      for (const perMinute of [1, 2, 60, 1_500]) {
        const id = fresh()
        for (let i = 0; i < perMinute; i++) {
          const decision = await limiter.take(id, { perMinute, perDay: 100_000 })
          expect(decision).toMatchObject({ allowed: true, retryAfterS: 0 })
          expect(decision.minute.remaining).toBe(perMinute - i - 1)
        }
        expect(await limiter.take(id, { perMinute, perDay: 100_000 })).toMatchObject({ allowed: false })
      }
      await limiter.close()
    })

    test('a steady stream at the limit is never refused', async () => {
      const { limiter, setNow } = await open()
      const id = fresh()
      for (let second = 0; second < 150; second++) {
        setNow(START + second * 1000)
        expect((await limiter.take(id, { perMinute: 60, perDay: 10_000 })).allowed).toBe(true)
      }
      await limiter.close()
    })

    test('Retry-After is sufficient and not a second too long', async () => {
      const { limiter, setNow } = await open()
      await fc.assert(
        fc.asyncProperty(
          fc.constantFrom(1, 2, 5),
          fc.array(fc.integer({ min: 0, max: 9_000 }), { minLength: 1, maxLength: 20 }),
          async (perMinute, gaps) => {
            const id = fresh()
            let now = START
            for (const gap of gaps) {
              now += gap
              setNow(now)
              const decision = await limiter.take(id, { perMinute, perDay: 10_000 })
              if (decision.allowed) continue
              if (decision.retryAfterS > 1) {
                setNow(now + (decision.retryAfterS - 1) * 1000 - 1)
                expect((await limiter.take(id, { perMinute, perDay: 10_000 })).allowed).toBe(false)
              }
              now += decision.retryAfterS * 1000
              setNow(now)
              expect((await limiter.take(id, { perMinute, perDay: 10_000 })).allowed).toBe(true)
              return
            }
          },
        ),
        { numRuns: runs },
      )
      await limiter.close()
    })

    test('a refusal by one window uses up nothing of the other', async () => {
      const { limiter, setNow } = await open()
      const id = fresh()
      setNow(START)
      expect((await limiter.take(id, { perMinute: 1, perDay: 5 })).day.remaining).toBe(4)
      for (let i = 0; i < 5; i++) {
        expect((await limiter.take(id, { perMinute: 1, perDay: 5 })).day.remaining).toBe(4)
      }
      const other = fresh()
      await limiter.take(other, { perMinute: 10, perDay: 1 })
      const refused = await limiter.take(other, { perMinute: 10, perDay: 1 })
      expect(refused).toMatchObject({ allowed: false, minute: { remaining: 9 }, day: { remaining: 0 } })
      await limiter.close()
    })

    test('the daily quota comes back at midnight UTC and says so', async () => {
      const { limiter, setNow } = await open()
      const id = fresh()
      const midnight = START - (START % DAY_MS) + DAY_MS
      setNow(midnight - 90_000)
      await limiter.take(id, { perMinute: 10, perDay: 1 })
      expect(await limiter.take(id, { perMinute: 10, perDay: 1 })).toMatchObject({
        allowed: false,
        retryAfterS: 90,
      })
      setNow(midnight)
      expect((await limiter.take(id, { perMinute: 10, perDay: 1 })).allowed).toBe(true)
      await limiter.close()
    })

    test('a clock that steps back gives no quota away', async () => {
      const { limiter, setNow } = await open()
      const id = fresh()
      setNow(START)
      expect((await limiter.take(id, { perMinute: 1, perDay: 10 })).allowed).toBe(true)
      setNow(START - 2 * DAY_MS)
      expect((await limiter.take(id, { perMinute: 1, perDay: 10 })).allowed).toBe(false)
      await limiter.close()
    })

    test('callers at the same moment share one quota', async () => {
      const { limiter, setNow } = await open()
      const id = fresh()
      setNow(START)
      const limits = { perMinute: 60, perDay: 10_000 }
      const decisions = await Promise.all(Array.from({ length: 100 }, () => limiter.take(id, limits)))
      expect(decisions.filter((decision) => decision.allowed)).toHaveLength(60)
      await limiter.close()
    })
  })
}

import { currency, money, type Service, uuidV7 } from '@onerouter/core'
import { describe, expect, test } from 'vitest'
import { BREAKER, createBreakers, isHealthy } from './breaker.ts'
import { decide } from './decide.ts'
import type { Candidate } from './payment.ts'
import { NO_RULES } from './snapshot.ts'

const KEY = 'account/test/stripe/1'
const note = (breakers: ReturnType<typeof createBreakers>, healthy: boolean, times: number, atMs: number) => {
  for (let n = 0; n < times; n++) breakers.note(KEY, healthy, atMs)
}

describe('the breaker', () => {
  test('is closed until something is known, and stays closed below both limits', () => {
    const breakers = createBreakers()
    expect(breakers.health(KEY, 0)).toBe('closed')
    note(breakers, true, 17, 0)
    note(breakers, false, 3, 0)
    expect(breakers.health(KEY, 0)).toBe('closed')
  })

  test('opens after failures in a row, however few calls there were', () => {
    const breakers = createBreakers()
    note(breakers, false, BREAKER.failuresInRow - 1, 0)
    expect(breakers.health(KEY, 0)).toBe('closed')
    note(breakers, false, 1, 0)
    expect(breakers.health(KEY, 0)).toBe('open')
  })

  test('opens when a fifth of enough calls fail', () => {
    const breakers = createBreakers()
    for (let n = 0; n < 4; n++) {
      note(breakers, true, 4, n)
      note(breakers, false, 1, n)
    }
    expect(breakers.health(KEY, 5)).toBe('open')
  })

  test('forgets failures that are older than its window', () => {
    const breakers = createBreakers()
    note(breakers, true, 16, 0)
    note(breakers, false, 3, 0)
    note(breakers, true, 1, BREAKER.sliceMs * BREAKER.slices)
    note(breakers, false, 1, BREAKER.sliceMs * BREAKER.slices)
    expect(breakers.health(KEY, BREAKER.sliceMs * BREAKER.slices)).toBe('closed')
  })

  test('lets one payment at a time try after its pause, and closes after enough of them', () => {
    const breakers = createBreakers()
    note(breakers, false, 5, 0)
    expect(breakers.health(KEY, BREAKER.openMs - 1)).toBe('open')
    for (let n = 0; n < BREAKER.probes; n++) {
      expect(breakers.health(KEY, BREAKER.openMs)).toBe('half_open')
      breakers.probe(KEY, BREAKER.openMs)
      expect(breakers.health(KEY, BREAKER.openMs)).toBe('open')
      breakers.note(KEY, true, BREAKER.openMs)
    }
    expect(breakers.health(KEY, BREAKER.openMs)).toBe('closed')
  })

  test('opens for twice as long when a probe fails, up to a bound, and for short again after it was well', () => {
    const breakers = createBreakers()
    note(breakers, false, 5, 0)
    let nowMs = 0
    for (const pauseMs of [30_000, 60_000, 120_000, 240_000, 300_000, 300_000]) {
      expect(breakers.health(KEY, nowMs + pauseMs - 1)).toBe('open')
      nowMs += pauseMs
      expect(breakers.health(KEY, nowMs)).toBe('half_open')
      breakers.probe(KEY, nowMs)
      breakers.note(KEY, false, nowMs)
    }
    nowMs += 300_000
    expect(breakers.health(KEY, nowMs)).toBe('half_open')
    note(breakers, true, BREAKER.probes, nowMs)
    nowMs += BREAKER.wellMs
    note(breakers, false, 5, nowMs)
    expect(breakers.health(KEY, nowMs + BREAKER.openMs)).toBe('half_open')
  })

  test('forgets a probe of which nothing is heard', () => {
    const breakers = createBreakers()
    note(breakers, false, 5, 0)
    expect(breakers.health(KEY, BREAKER.openMs)).toBe('half_open')
    breakers.probe(KEY, BREAKER.openMs)
    expect(breakers.health(KEY, BREAKER.openMs + BREAKER.probeMs)).toBe('half_open')
  })

  test.each([
    [{ kind: 'ok', value: null }, true],
    [{ kind: 'declined', reason: 'card_declined', providerCode: 'x', message: '' }, true],
    [{ kind: 'rejected', reason: 'bad_request', providerCode: null, message: '' }, true],
    [{ kind: 'rejected', reason: 'bad_credentials', providerCode: null, message: '' }, false],
    [{ kind: 'rejected', reason: 'rate_limited', providerCode: null, message: '' }, false],
    [{ kind: 'not_sent', reason: 'dns' }, false],
    [{ kind: 'unknown', reason: 'timeout' }, false],
  ] as const)('counts %o as healthy: %s', (outcome, healthy) => {
    expect(isHealthy(outcome)).toBe(healthy)
  })
})

/** Numbers between 0 and 1 from a seed: a linear congruence is random enough for outages. */
function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

const HEALTHY_RATE = 0.99

/** New payments, each with one try and no failover: Stripe is first and has the outage, PayPal is well. */
function payThrough(
  failing: (atMs: number, random: () => number) => boolean,
  perMinute: number,
  seed: number,
) {
  const breakers = createBreakers()
  const random = seeded(seed)
  const amount = money(1_000n, currency('EUR'))
  const hours = 2
  const total = hours * 60 * perMinute
  let succeeded = 0
  for (let n = 0; n < total; n++) {
    const atMs = Math.floor((n * 60_000) / perMinute)
    const candidates = (['stripe', 'paypal'] as const).map(
      (provider): Candidate => ({ provider, refusal: null, health: breakers.health(provider, atMs) }),
    )
    const id = uuidV7(atMs, new Uint8Array(10))
    const one = { id, amount, method: null, country: null, customerId: null, email: null, metadata: {}, atMs }
    const first: Service = decide(NO_RULES, one, candidates).ranked[0]?.provider ?? 'twilio'
    if (candidates.find(({ provider }) => provider === first)?.health === 'half_open') {
      breakers.probe(first, atMs)
    }
    const worked = random() < HEALTHY_RATE && !(first === 'stripe' && failing(atMs, random))
    breakers.note(first, worked, atMs)
    if (worked) succeeded += 1
  }
  return succeeded / total
}

describe('under an outage of one provider the others carry on', () => {
  const outages = [
    ['three calls in ten fail, all the time', (_: number, random: () => number) => random() < 0.3],
    ['everything fails, three minutes in ten', (atMs: number) => atMs % 600_000 < 180_000],
    ['everything fails, 36 of 120 minutes', (atMs: number) => atMs > 1_800_000 && atMs < 3_960_000],
  ] as const
  test.each(
    outages.flatMap(([name, failing]) =>
      [60, 600].flatMap((perMinute) => [1, 2, 3].map((seed) => [name, perMinute, seed, failing] as const)),
    ),
  )('%s, %i payments a minute (seed %i): within 2 points', (_, perMinute, seed, failing) => {
    expect(payThrough(failing, perMinute, seed)).toBeGreaterThan(HEALTHY_RATE - 0.02)
  })
})

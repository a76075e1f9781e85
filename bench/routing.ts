/**
 * The routing decision alone: what it adds to a payment, with 200 rules of which every kind of condition is asked and only the
 * last one matches, on top of observations of every kind. Each decision is timed by itself.
 */
import { randomBytes } from 'node:crypto'
import type { RoutingRule } from '@onerouter/contract'
import { currency, money, uuidV7 } from '@onerouter/core'
import { decide } from '../apps/api/src/routing/decide.ts'
import { type Candidate, ROUTABLE, type RoutedPayment } from '../apps/api/src/routing/payment.ts'
import { recordOf } from '../apps/api/src/routing/record.ts'
import { makeSnapshot } from '../apps/api/src/routing/snapshot.ts'
import type { Observation } from '../apps/api/src/routing/statistics.ts'

const RULES = 200
const PAYMENTS = 200_000
const WARM_UP = 20_000
const P99_MAX_US = 100

export async function run(): Promise<void> {
  const payments = Array.from({ length: PAYMENTS + WARM_UP }, (_, n) => paymentNo(n))
  const candidates = ROUTABLE.map((provider): Candidate => ({ provider, refusal: null, health: 'closed' }))
  for (const strategy of ['order', 'split', 'least_cost', 'success_rate'] as const) {
    const snapshot = makeSnapshot(
      { version: 1, rules: { rules: rulesEndingIn(strategy), default: null }, trial: null },
      observations(),
    )
    const timesUs: number[] = []
    for (const payment of payments) {
      const begun = performance.now()
      const decision = decide(snapshot, payment, candidates)
      recordOf({ decision, candidates, named: false }, 0)
      timesUs.push((performance.now() - begun) * 1000)
      if (decision.rule !== 'last')
        throw new Error(`${decision.rule ?? 'nothing'} matched instead of the last rule`)
    }
    report(
      strategy,
      timesUs.slice(WARM_UP).sort((a, b) => a - b),
    )
  }
}

function report(strategy: string, sorted: readonly number[]): void {
  const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
  const p99 = at(0.99)
  const verdict = p99 < P99_MAX_US ? 'ok' : `over ${P99_MAX_US} µs`
  const times = [0.5, 0.9, 0.99, 0.999].map((share) => `p${share * 100} ${at(share).toFixed(1)} µs`)
  console.log(`routing, ${RULES} rules, ${strategy.padEnd(12)} ${times.join('   ')}   ${verdict}`)
  if (p99 >= P99_MAX_US) process.exitCode = 1
}

const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const

/** Each of them passes some of its conditions and fails at the last. */
function rulesEndingIn(strategy: 'order' | 'split' | 'least_cost' | 'success_rate'): RoutingRule[] {
  const use = { strategy: 'order', providers: ['stripe'] } satisfies RoutingRule['use']
  const before = Array.from({ length: RULES - 1 }, (_, i): RoutingRule => {
    const name = `rule ${i}`
    const currencies = ['EUR', 'USD']
    if (i % 5 === 0) return { name, when: { currencies, countries: ['DE', 'IN'], methods: ['ideal'] }, use }
    if (i % 5 === 1) return { name, when: { currencies: ['EUR'], amount: { min: '0.01', max: '0.02' } }, use }
    if (i % 5 === 2) return { name, when: { currencies, customers: ['@other.example'] }, use }
    if (i % 5 === 3) return { name, when: { currencies, metadata: { plan: ['free', `v${i}`] } }, use }
    return {
      name,
      when: { time: { days: [...DAYS], from: '03:00', to: '03:01', time_zone: 'Europe/Berlin' } },
      use,
    }
  })
  const weights = ROUTABLE.map((provider, i) => ({ provider, weight: i + 1 }))
  const last =
    strategy === 'split'
      ? { strategy, weights }
      : { strategy, ...(strategy === 'order' && { providers: [...ROUTABLE] }) }
  return [...before, { name: 'last', when: { currencies: ['EUR'] }, use: last }]
}

function observations(): Observation[] {
  return ROUTABLE.flatMap((provider, i) =>
    ['EUR', 'USD', 'INR'].flatMap((code) =>
      ['DE', 'FR', 'IN', 'US'].map((country) => ({
        provider,
        method: 'card',
        currency: code,
        country,
        attempts: 400,
        succeeded: 380 - i,
        priced: 300,
        paid: 1_000_000n,
        fees: 29_000n + BigInt(i),
      })),
    ),
  )
}

function paymentNo(n: number): RoutedPayment {
  const atMs = Date.UTC(2026, 10, 27, 12) + n * 10
  return {
    id: uuidV7(atMs, randomBytes(10)),
    amount: money(BigInt(1_000 + n), currency('EUR')),
    method: 'card',
    country: 'DE',
    customerId: null,
    email: 'ada@shop.example',
    metadata: { plan: 'gold', order: String(n) },
    atMs,
  }
}

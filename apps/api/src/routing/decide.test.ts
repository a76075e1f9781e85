import type { RoutingRule, RoutingUse } from '@onerouter/contract'
import { CURRENCIES, currency, formatId, money, type Service, uuidV7 } from '@onerouter/core'
import { providerNamed } from '@onerouter/providers'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { refusalOf } from '../engine/able.ts'
import { assertRules } from './check-rules.ts'
import { decide } from './decide.ts'
import { type Candidate, type Health, ROUTABLE, type RoutedPayment } from './payment.ts'
import { makeSnapshot, NO_POLICY, NO_RULES, type Snapshot } from './snapshot.ts'
import type { Observation } from './statistics.ts'

const SEED = Number(process.env.ROUTING_SEED ?? 20261127)
const runs = (numRuns: number) => ({ seed: SEED, numRuns, verbose: 1 as const })

const CUSTOMER = formatId('customer', '0190a0b0-0000-7000-8000-0000000000c1')
const AT = Date.parse('2026-11-27T10:30:00Z') // a Friday
const payment = (changes: Partial<RoutedPayment> = {}): RoutedPayment => ({
  id: '0190a0b0-0000-7000-8000-000000000001',
  amount: money(50_000n, currency('EUR')),
  method: null,
  country: null,
  customerId: null,
  email: null,
  metadata: {},
  atMs: AT,
  ...changes,
})
const idOf = (n: number): string => {
  const bytes = new Uint8Array(10)
  new DataView(bytes.buffer).setUint32(6, n)
  return uuidV7(AT + n * 7, bytes)
}
const all: readonly Candidate[] = ROUTABLE.map((provider) => ({ provider, refusal: null, health: 'closed' }))
const but = (changes: Partial<Record<Service, Partial<Candidate>>>): readonly Candidate[] =>
  all.map((one) => ({ ...one, ...changes[one.provider] }))
const under = (
  rules: readonly RoutingRule[],
  fallThrough: RoutingUse | null = null,
  observed: readonly Observation[] = [],
): Snapshot =>
  makeSnapshot({ ...NO_POLICY, version: 3, rules: { rules: [...rules], default: fallThrough } }, observed)
const order = (...providers: Service[]): RoutingUse => ({ strategy: 'order', providers })
const winner = (snapshot: Snapshot, one: RoutedPayment, candidates = all) =>
  decide(snapshot, one, candidates).ranked[0]?.provider

describe('a rule matches', () => {
  const cases: readonly [string, RoutingRule['when'], Partial<RoutedPayment>, boolean][] = [
    ['its currency, in either case', { currencies: ['eur'] }, {}, true],
    ['no other currency', { currencies: ['USD'] }, {}, false],
    ['its country', { countries: ['de'] }, { country: 'DE' }, true],
    ['no payment of which the country is not known', { countries: ['DE'] }, {}, false],
    ['its method', { methods: ['ideal'] }, { method: 'ideal' }, true],
    ['no other method', { methods: ['ideal'] }, { method: 'card' }, false],
    ['its customer', { customers: ['Ada@Shop.example'] }, { email: 'ada@shop.example' }, true],
    ['its customer by id', { customers: [CUSTOMER] }, { customerId: CUSTOMER }, true],
    ['its customers by domain', { customers: ['@shop.example'] }, { email: 'bob@shop.example' }, true],
    [
      'no domain that only ends like it',
      { customers: ['@shop.example'] },
      { email: 'a@eshop.example' },
      false,
    ],
    ['its metadata', { metadata: { plan: ['gold', 'pro'] } }, { metadata: { plan: 'pro' } }, true],
    ['no payment without the metadata', { metadata: { plan: ['gold'] } }, {}, false],
    ['no inherited name as metadata', { metadata: { constructor: ['x'] } }, {}, false],
    ['an amount on its lower edge', { currencies: ['EUR'], amount: { min: '500.00' } }, {}, true],
    ['an amount on its upper edge', { currencies: ['EUR'], amount: { max: '500' } }, {}, true],
    ['no amount a cent above', { currencies: ['EUR'], amount: { max: '499.99' } }, {}, false],
    ['its day', { time: { days: ['fri'] } }, {}, true],
    ['no other day', { time: { days: ['sat'] } }, {}, false],
    ['its hours, the last minute not included', { time: { from: '10:00', to: '10:30' } }, {}, false],
    [
      'its hours elsewhere on earth',
      { time: { from: '16:00', to: '16:01', time_zone: 'Asia/Kolkata' } },
      {},
      true,
    ],
    [
      'hours over midnight by the day they began',
      { time: { days: ['thu'], from: '22:00', to: '11:00' } },
      {},
      true,
    ],
    [
      'no hours over midnight that begin later',
      { time: { days: ['fri'], from: '22:00', to: '11:00' } },
      {},
      false,
    ],
    ['from its beginning on', { time: { starts_at: '2026-11-27T10:30:00Z' } }, {}, true],
    ['not at its end', { time: { ends_at: '2026-11-27T10:30:00Z' } }, {}, false],
    ['only when all of it holds', { currencies: ['EUR'], methods: ['ideal'] }, {}, false],
    ['everything, without conditions', undefined, {}, true],
  ]
  test.each(cases)('%s', (_, when, changes, expected) => {
    const rule: RoutingRule = { name: 'r', use: order('paypal'), ...(when !== undefined && { when }) }
    assertRules({ rules: [rule] })
    expect(decide(under([rule]), payment(changes), all).rule).toBe(expected ? 'r' : null)
  })

  test('the first that matches decides, and one that is off does not', () => {
    const rules: RoutingRule[] = [
      { name: 'off', enabled: false, use: order('stripe') },
      { name: 'first', use: order('paypal') },
      { name: 'second', use: order('razorpay') },
    ]
    expect(decide(under(rules), payment(), all)).toMatchObject({ rule: 'first', version: 3 })
  })
})

describe('ranking', () => {
  test('without a rule it is the default order; rupees go home', () => {
    expect(decide(NO_RULES, payment(), all).ranked.map(({ provider }) => provider)).toEqual([...ROUTABLE])
  })

  test('whom the rule does not name comes after, unless the rule says who does', () => {
    const names = (use: RoutingUse) =>
      decide(under([], use), payment(), all).ranked.map(({ provider }) => provider)
    expect(names(order('razorpay'))).toEqual(['razorpay', 'stripe', 'paypal'])
    expect(names({ ...order('razorpay'), fallback: ['paypal'] })).toEqual(['razorpay', 'paypal'])
    expect(names({ ...order('razorpay'), fallback: [] })).toEqual(['razorpay'])
    const left = decide(under([], { ...order('razorpay'), fallback: [] }), payment(), all).leftOut
    expect(left).toEqual(['stripe', 'paypal'])
  })

  test('who is out of order comes last and is still there', () => {
    const decision = decide(
      under([], order('paypal', 'stripe')),
      payment(),
      but({ paypal: { health: 'open' } }),
    )
    expect(decision.ranked.map(({ provider }) => provider)).toEqual(['stripe', 'razorpay', 'paypal'])
    expect(decision.ranked.at(-1)?.why).toContain('set back')
  })

  const seen = (provider: Service, attempts: number, succeeded: number, fees = 0n): Observation => ({
    provider,
    method: null,
    currency: 'EUR',
    country: null,
    attempts,
    succeeded,
    priced: attempts,
    paid: 1_000_000n,
    fees,
  })

  test('the cheapest by observed fees, whoever has too few of them only as an exploration', () => {
    const observed = [
      seen('stripe', 80, 80, 29_000n),
      seen('paypal', 80, 80, 34_900n),
      seen('razorpay', 3, 3, 1n),
    ]
    const snapshot = under([], { strategy: 'least_cost', explore_percent: 10 }, observed)
    const counts = { stripe: 0, paypal: 0, razorpay: 0, twilio: 0 }
    for (let n = 0; n < 10_000; n++) counts[winner(snapshot, payment({ id: idOf(n) })) ?? 'twilio'] += 1
    expect(counts).toMatchObject({ paypal: 0, twilio: 0 })
    expect(counts.razorpay / 10_000).toBeGreaterThan(0.09)
    expect(counts.razorpay / 10_000).toBeLessThan(0.11)
    const { ranked } = decide(snapshot, payment({ id: idOf(1) }), all)
    expect(ranked.find(({ provider }) => provider === 'stripe')).toMatchObject({ score: 0.029 })
  })

  test('the most successful by the narrowest sum that is large enough', () => {
    const narrow = { country: 'DE', method: 'card' } as const
    const observed = [
      seen('stripe', 500, 490),
      { ...seen('stripe', 60, 20), ...narrow },
      seen('paypal', 500, 400),
      { ...seen('paypal', 10, 1), ...narrow },
    ]
    const snapshot = under([], { strategy: 'success_rate', explore_percent: 0 }, observed)
    expect(winner(snapshot, payment())).toBe('stripe')
    // Sixty German card payments speak against Stripe; ten against PayPal are too few to say anything.
    expect(winner(snapshot, payment({ method: 'card', country: 'DE' }))).toBe('paypal')
  })

  test('without anything observed it is the default order', () => {
    expect(winner(under([], { strategy: 'success_rate' }), payment({ id: idOf(9) }))).toBe('stripe')
  })

  test('a trial takes its percentage of payments, always the same ones', () => {
    const trial = { version: 4, percent: 20, rules: { rules: [], default: order('paypal') } }
    const snapshot = makeSnapshot({ ...NO_POLICY, version: 3, trial }, [])
    const ids = Array.from({ length: 20_000 }, (_, n) => idOf(n))
    const tried = ids.filter((id) => decide(snapshot, payment({ id }), all).trial)
    expect(tried.length / ids.length).toBeGreaterThan(0.19)
    expect(tried.length / ids.length).toBeLessThan(0.21)
    expect(tried.every((id) => winner(snapshot, payment({ id })) === 'paypal')).toBe(true)
  })
})

describe('volume split', () => {
  test.each([
    [{ stripe: 70, paypal: 30 }],
    [{ stripe: 1, paypal: 1, razorpay: 1 }],
    [{ stripe: 90, paypal: 9, razorpay: 1 }],
  ])('%o is kept within 1 % over 100,000 payments', (weights) => {
    const entries = Object.entries(weights) as [Service, number][]
    const use: RoutingUse = {
      strategy: 'split',
      weights: entries.map(([provider, weight]) => ({ provider, weight })),
    }
    const snapshot = under([], use)
    const counts = new Map<Service | undefined, number>()
    for (let n = 0; n < 100_000; n++) {
      const first = winner(snapshot, payment({ id: idOf(n) }))
      counts.set(first, (counts.get(first) ?? 0) + 1)
    }
    const total = entries.reduce((sum, [, weight]) => sum + weight, 0)
    for (const [provider, weight] of entries) {
      const off = Math.abs((counts.get(provider) ?? 0) / 100_000 - weight / total)
      expect(off, provider).toBeLessThan(0.01)
    }
  })

  test('a provider that cannot take part loses its own share only', () => {
    const weights = ROUTABLE.map((provider) => ({ provider, weight: 10 }))
    const snapshot = under([], { strategy: 'split', weights })
    for (let n = 0; n < 2_000; n++) {
      const one = payment({ id: idOf(n) })
      const before = winner(snapshot, one)
      const after = winner(snapshot, one, but({ paypal: { refusal: 'no' } }))
      if (before !== 'paypal') expect(after).toBe(before)
    }
  })
})

const services = fc.uniqueArray(fc.constantFrom(...ROUTABLE), { minLength: 1, maxLength: 3 })
const withFallback = (use: fc.Arbitrary<RoutingUse>) =>
  fc
    .tuple(use, fc.option(fc.uniqueArray(fc.constantFrom(...ROUTABLE), { maxLength: 3 })))
    .map(([made, fallback]): RoutingUse => (fallback === null ? made : { ...made, fallback }))
const anyUse = withFallback(
  fc.oneof(
    services.map((providers): RoutingUse => ({ strategy: 'order', providers })),
    fc.tuple(services, fc.integer({ min: 1, max: 100 })).map(
      ([of, weight]): RoutingUse => ({
        strategy: 'split',
        weights: of.map((provider, i) => ({ provider, weight: weight + i })),
      }),
    ),
    fc
      .option(services)
      .map((providers): RoutingUse => ({ strategy: 'least_cost', ...(providers !== null && { providers }) })),
    fc
      .integer({ min: 0, max: 50 })
      .map((explore_percent): RoutingUse => ({ strategy: 'success_rate', explore_percent, min_samples: 10 })),
  ),
)
const anyRule = fc.record({
  when: fc.record(
    {
      currencies: fc.uniqueArray(fc.constantFrom('EUR', 'USD', 'INR', 'JPY'), { minLength: 1 }),
      countries: fc.uniqueArray(fc.constantFrom('DE', 'IN'), { minLength: 1 }),
      methods: fc.uniqueArray(fc.constantFrom('card', 'upi', 'ideal', 'pay_later'), { minLength: 1 }),
    },
    { requiredKeys: [] },
  ),
  use: anyUse,
})
const anyRules = fc
  .array(anyRule, { maxLength: 6 })
  .map((rules) => rules.map((rule, i): RoutingRule => ({ name: `rule ${i}`, ...rule })))
const anyObservations = fc.array(
  fc.record({
    provider: fc.constantFrom(...ROUTABLE),
    method: fc.constantFrom(null, 'card'),
    currency: fc.constantFrom('EUR', 'USD', 'INR'),
    country: fc.constantFrom(null, 'DE'),
    attempts: fc.integer({ min: 0, max: 200 }),
    succeeded: fc.constant(5),
    priced: fc.integer({ min: 0, max: 200 }),
    paid: fc.bigInt({ min: 0n, max: 10n ** 9n }),
    fees: fc.bigInt({ min: 0n, max: 10n ** 7n }),
  }),
  { maxLength: 8 },
)
const anyPayment = fc.record({
  id: fc.integer({ min: 0, max: 2 ** 31 }).map(idOf),
  amount: fc
    .tuple(fc.bigInt({ min: 1n, max: 10n ** 14n }), fc.constantFrom(...CURRENCIES))
    .map(([minor, code]) => money(minor, code)),
  method: fc.constantFrom(null, 'card', 'upi', 'ideal', 'pay_later', 'netbanking', 'nonsense'),
  country: fc.constantFrom(null, 'DE', 'IN'),
  customerId: fc.constant(null),
  email: fc.constant(null),
  metadata: fc.constant({}),
  atMs: fc.constant(AT),
})
const anyHealth = fc.constantFrom<Health>('closed', 'open', 'half_open')

describe(`properties (seed ${SEED})`, () => {
  test('no rule set routes to a provider that cannot take the payment, by the providers own word', () => {
    fc.assert(
      fc.property(
        anyRules,
        anyUse,
        anyObservations,
        anyPayment,
        fc.tuple(anyHealth, anyHealth, anyHealth),
        fc.uniqueArray(fc.constantFrom(...ROUTABLE)),
        (rules, fallThrough, observed, one, health, connected) => {
          const refusal = (service: Service): string | null => {
            const payments = providerNamed(service)?.payments
            if (payments === undefined || !connected.includes(service)) return 'not connected'
            const asked = {
              amount: one.amount,
              capture: 'automatic' as const,
              ...(one.method !== null && { method: one.method }),
            }
            return refusalOf(payments, asked, service, new Set())?.message ?? null
          }
          const candidates = ROUTABLE.map(
            (provider, i): Candidate => ({
              provider,
              refusal: refusal(provider),
              health: health[i] ?? 'closed',
            }),
          )
          const { ranked, leftOut } = decide(under(rules, fallThrough, observed), one, candidates)
          const able = candidates.filter((each) => each.refusal === null).map(({ provider }) => provider)
          const told = [...ranked.map(({ provider }) => provider), ...leftOut]
          // Nobody who cannot, nobody twice, and nobody who can is forgotten without a word.
          expect([...told].sort()).toEqual([...able].sort())
        },
      ),
      runs(3_000),
    )
  })

  test('the same payment goes the same way under the same snapshot, and under one made again', () => {
    fc.assert(
      fc.property(anyRules, anyUse, anyObservations, anyPayment, (rules, fallThrough, observed, one) => {
        const snapshot = under(rules, fallThrough, observed)
        const first = decide(snapshot, one, all)
        expect(decide(snapshot, one, all)).toEqual(first)
        expect(decide(under(rules, fallThrough, observed), one, all)).toEqual(first)
      }),
      runs(1_000),
    )
  })

  test('who is in order always comes before who is not', () => {
    fc.assert(
      fc.property(
        anyRules,
        anyUse,
        anyPayment,
        fc.tuple(anyHealth, anyHealth, anyHealth),
        (rules, use, one, health) => {
          const candidates = all.map((each, i) => ({ ...each, health: health[i] ?? 'closed' }))
          const states = decide(under(rules, use), one, candidates).ranked.map(
            ({ provider }) => candidates.find((each) => each.provider === provider)?.health === 'open',
          )
          expect(states).toEqual([...states].sort((a, b) => Number(a) - Number(b)))
        },
      ),
      runs(1_000),
    )
  })
})

import { currency, formatId, money, uuidV7 } from '@onerouter/core'
import type { SubscriptionCharge } from '@onerouter/providers'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Booked, bookCharges, totalsOf } from './charges.ts'
import { addIntervals, periodAt } from './periods.ts'
import type { SubscriptionChargeRow, SubscriptionRow } from './rows.ts'

const DAY = 86_400_000
const START = Date.UTC(2026, 0, 31, 12)
const MONTHLY = { interval: 'month', interval_count: 1 } as const

let made = 0
const newId = () => uuidV7(START + made++, new Uint8Array(10))
// Only what booking reads.
const SUBSCRIPTION = {
  account_id: newId(),
  environment: 'test',
  id: newId(),
  provider: 'stripe',
  currency: 'USD',
} as unknown as SubscriptionRow

const monthAfter = (n: number) => addIntervals(START, MONTHLY, n)

function charge(more: Partial<SubscriptionCharge> & { readonly chargeRef: string }): SubscriptionCharge {
  return {
    paymentRef: null,
    status: 'succeeded',
    providerStatus: 'paid',
    amount: money(2_900n, currency('USD')),
    refunded: 0n,
    fee: null,
    periodStartMs: null,
    periodEndMs: null,
    chargedAtMs: START,
    failure: null,
    ...more,
  }
}

function book(
  before: readonly SubscriptionChargeRow[],
  listed: readonly SubscriptionCharge[],
  current: { startMs: number; endMs: number } | null = { startMs: START, endMs: monthAfter(1) },
): Booked {
  const world = { subscription: SUBSCRIPTION, plan: MONTHLY, current, at: new Date(START), newId }
  return bookCharges(world, before, listed)
}

describe('one row per period', () => {
  test('H43: a renewal heard of twice, from a webhook and from the list, is one row', () => {
    const first = book([], [charge({ chargeRef: 'in_1' })])
    const again = book(first.all, [charge({ chargeRef: 'in_1' }), charge({ chargeRef: 'in_1' })])
    expect(again.all).toHaveLength(1)
    expect(again.changed).toEqual([])
    expect(again.paid).toEqual([])
  })

  test('tries with names of their own are one row that ends as the last one did', () => {
    const failed = { status: 'failed' as const, providerStatus: 'declined' }
    const tries = [
      charge({ chargeRef: 'a', ...failed, chargedAtMs: START }),
      charge({ chargeRef: 'b', ...failed, chargedAtMs: START + 5 * DAY }),
      charge({ chargeRef: 'c', chargedAtMs: START + 10 * DAY }),
    ]
    const { all, paid } = book([], tries)
    expect(all).toMatchObject([{ provider_charge_id: 'c', status: 'succeeded', attempts: 3, kind: 'period' }])
    expect(paid).toHaveLength(1)
    // What failed before stays where it is, however often it is listed.
    expect(book(all, tries).changed).toEqual([])
  })

  test('money taken a second time in a period that is paid is kept, and is no second period', () => {
    const listed = [
      charge({ chargeRef: 'in_1' }),
      charge({ chargeRef: 'in_2', amount: money(500n, currency('USD')), chargedAtMs: START + 3 * DAY }),
    ]
    const { all, paid } = book([], listed)
    expect(all.map(({ kind, amount }) => [kind, amount])).toEqual([
      ['period', 2_900n],
      ['extra', 500n],
    ])
    expect(paid.map(({ provider_charge_id }) => provider_charge_id)).toEqual(['in_1'])
    expect(totalsOf(all)).toMatchObject({ charged: 3_400n, paidPeriods: 1 })
  })

  test('a free period is no charge, and a word nobody knows is none yet', () => {
    const free = charge({ chargeRef: 'in_0', amount: money(0n, currency('USD')) })
    const odd = charge({ chargeRef: 'in_x', status: 'unrecognised' })
    expect(book([], [free, odd])).toMatchObject({ all: [], contradictions: [] })
  })

  test('what was paid stays paid: a contradiction is told and changes nothing', () => {
    const { all } = book([], [charge({ chargeRef: 'in_1' })])
    for (const word of [
      { status: 'failed' as const },
      { amount: money(1n, currency('USD')) },
      { refunded: 9_999n },
      { amount: money(2_900n, currency('EUR')) },
    ]) {
      const after = book(all, [charge({ chargeRef: 'in_1', ...word })])
      expect(after.changed).toEqual([])
      expect(after.contradictions).toHaveLength(1)
    }
  })

  test('a refund that the provider does not count leaves what was known of it', () => {
    const { all } = book([], [charge({ chargeRef: 'in_1', refunded: 400n })])
    expect(book(all, [charge({ chargeRef: 'in_1', refunded: null })]).all).toMatchObject([{ refunded: 400n }])
  })
})

test('any history of charges, listed in any parts and any order, comes to the same books', () => {
  const months = fc.array(fc.constantFrom('paid', 'failed', 'retried'), { minLength: 1, maxLength: 14 })
  fc.assert(
    fc.property(months, fc.infiniteStream(fc.nat(1_000)), (history, random) => {
      const truth = history.flatMap((kind, n) => {
        const at = { periodStartMs: monthAfter(n), periodEndMs: monthAfter(n + 1) }
        const failed = { ...at, chargeRef: `f${n}`, status: 'failed' as const, chargedAtMs: monthAfter(n) }
        const paid = { ...at, chargeRef: `p${n}`, chargedAtMs: monthAfter(n) + 5 * DAY }
        if (kind === 'paid') return [charge(paid)]
        return kind === 'failed' ? [charge(failed)] : [charge(failed), charge(paid)]
      })
      const draw = () => random.next().value ?? 0
      let rows: readonly SubscriptionChargeRow[] = []
      for (let look = 0; look < 6; look++) {
        const part = truth.filter(() => draw() % 3 > 0).sort(() => (draw() % 2) - 0.5)
        rows = book(rows, part).all
      }
      rows = book(rows, truth).all
      const paid = history.filter((kind) => kind !== 'failed').length
      expect(rows).toHaveLength(history.length)
      expect(new Set(rows.map(({ period_start }) => period_start.getTime())).size).toBe(rows.length)
      expect(totalsOf(rows)).toMatchObject({ charged: BigInt(paid) * 2_900n, paidPeriods: paid })
    }),
    { numRuns: 200 },
  )
})

describe('periods', () => {
  test('a month ends on its last day where it lacks the one it began on', () => {
    const ends = [1, 2, 3, 12].map((n) => new Date(monthAfter(n)).toISOString().slice(0, 10))
    expect(ends).toEqual(['2026-02-28', '2026-03-31', '2026-04-30', '2027-01-31'])
  })

  test.each([
    [0, 0],
    [14, 0],
    [28.6, 1],
    [40, 1],
    [-20, -1],
    [400, 13],
  ])('a charge %s days after the start is of period %s', (days, n) => {
    const period = periodAt(START + days * DAY, { startMs: START, endMs: monthAfter(1) }, MONTHLY)
    expect(period).toEqual({ startMs: monthAfter(n), endMs: monthAfter(n + 1) })
  })

  test('without a period that is known, a charge begins its own', () => {
    expect(periodAt(START, null, MONTHLY)).toEqual({ startMs: START, endMs: monthAfter(1) })
  })
})

test('charge ids are ids of the API', () => {
  const [row] = book([], [charge({ chargeRef: 'in_1' })]).all
  expect(formatId('subscription_charge', row?.id ?? '')).toMatch(/^schg_[0-9a-z]{26}$/)
})

import { describe, expect, test } from 'vitest'
import { answer, lost, NOW_MS, scripted, usd } from './scripted.fixture.ts'
import {
  billingInfo,
  subscriptionHandle as handle,
  NEXT_BILLING,
  pendingBody,
  SUBSCRIPTION_ID,
  subscriptionBody,
  transactionBody,
} from './subscription.fixture.ts'
import { subscriptionOf } from './subscription-from-wire.ts'
import { readSubscription } from './subscription-wire.ts'
import { subscriptions } from './subscriptions.ts'

type Body = Readonly<Record<string, unknown>>

function snapshotOf(over: Body = {}) {
  const wire = readSubscription(subscriptionBody(over))
  return wire && subscriptionOf(wire, { refs: {} }, NOW_MS)
}
const owing = { outstanding_balance: { currency_code: 'USD', value: '10.00' }, failed_payments_count: 1 }

describe('a subscription', () => {
  test.each([
    ['APPROVAL_PENDING', 'pending_approval'],
    ['APPROVED', 'pending_approval'],
    ['ACTIVE', 'active'],
    ['SUSPENDED', 'paused'],
    ['CANCELLED', 'canceled'],
    ['EXPIRED', 'completed'],
    ['HIBERNATING', 'unrecognised'],
  ])('%s is %s', (word, status) => {
    expect(snapshotOf({ status: word })).toMatchObject({ status, providerStatus: word })
  })

  test('is past due when it owes after a failure, and only then', () => {
    expect(snapshotOf({ billing_info: billingInfo(owing) })?.status).toBe('past_due')
    expect(snapshotOf({ billing_info: billingInfo({ ...owing, failed_payments_count: 0 }) })?.status).toBe(
      'active',
    )
    const paid = { outstanding_balance: { currency_code: 'USD', value: '0' } }
    expect(snapshotOf({ billing_info: billingInfo({ ...owing, ...paid }) })?.status).toBe('active')
    expect(snapshotOf({ status: 'SUSPENDED', billing_info: billingInfo(owing) })?.status).toBe('paused')
  })

  test.each(['next_payment_retry_time', 'next_payment_retry_date'])('tries again at %s', (name) => {
    const last_failed_payment = { reason_code: 'PAYMENT_DENIED', [name]: '2026-12-06T10:00:00Z' }
    const late = snapshotOf({ billing_info: billingInfo({ ...owing, last_failed_payment }) })
    expect(late).toMatchObject({ nextChargeAtMs: Date.UTC(2026, 11, 6, 10), failedCount: 1 })
  })

  test('is on trial until it starts', () => {
    const start_time = '2026-12-15T10:00:00Z'
    const trial = snapshotOf({ start_time, billing_info: billingInfo({ last_payment: undefined }) })
    expect(trial).toMatchObject({ status: 'trialing', trialEndMs: Date.parse(start_time) })
    expect(snapshotOf()?.trialEndMs).toBeNull()
  })

  test('tells its period, its charges and its payer', () => {
    expect(snapshotOf({ quantity: '4' })).toMatchObject({
      currentPeriodStartMs: Date.UTC(2026, 11, 1, 10),
      currentPeriodEndMs: Date.parse(NEXT_BILLING),
      nextChargeAtMs: Date.parse(NEXT_BILLING),
      paidCount: 2,
      failedCount: 0,
      quantity: 4,
      customerRef: 'N7KN9DEGHUQVZ',
      approvalUrl: null,
    })
  })

  test.each([
    ['no plan', { plan_id: undefined }],
    ['half a unit', { quantity: '1.5' }],
    ['an id that leaves its path', { id: '../x' }],
  ])('with %s is no answer', (_what, over) => {
    expect(snapshotOf(over)).toBeUndefined()
  })

  test('nobody has approved has no period', () => {
    const wire = readSubscription(pendingBody())
    expect(wire && subscriptionOf(wire, { refs: {} }, NOW_MS)).toMatchObject({
      currentPeriodEndMs: null,
      nextChargeAtMs: null,
      paidCount: null,
    })
  })
})

describe('charges', () => {
  const window = { fromMs: Date.UTC(2026, 10, 1), toMs: Date.UTC(2027, 0, 1), cursor: null }
  const charges = (...answers: Parameters<typeof scripted>[0]) =>
    subscriptions.listCharges(scripted(answers).ctx, handle(), window)

  test('a transaction tells amount and fee to the cent', async () => {
    const { ctx, calls } = scripted([answer(200, { transactions: [transactionBody()] })])
    expect(await subscriptions.listCharges(ctx, handle(), window)).toEqual({
      kind: 'ok',
      value: {
        nextCursor: null,
        items: [
          {
            chargeRef: '1A615453BF810315T',
            paymentRef: '1A615453BF810315T',
            status: 'succeeded',
            providerStatus: 'COMPLETED',
            amount: usd(1_000n),
            refunded: 0n,
            fee: { amount: 84n, tax: 0n, currency: 'USD' },
            periodStartMs: null,
            periodEndMs: null,
            chargedAtMs: Date.UTC(2026, 11, 1, 10),
            failure: null,
          },
        ],
      },
    })
    expect(calls()[0]).toBe(
      `GET /v1/billing/subscriptions/${SUBSCRIPTION_ID}/transactions` +
        '?start_time=2026-11-01T00%3A00%3A00.000Z&end_time=2027-01-01T00%3A00%3A00.000Z',
    )
  })

  test.each([
    ['COMPLETED', 'succeeded', 0n],
    ['REFUNDED', 'succeeded', 1_000n],
    ['PARTIALLY_REFUNDED', 'succeeded', null],
    ['PENDING', 'pending', 0n],
    ['DECLINED', 'failed', 0n],
    ['EVAPORATED', 'unrecognised', 0n],
  ])('%s is %s', async (status, ours, refunded) => {
    const listed = await charges(answer(200, { transactions: [transactionBody({ status })] }))
    expect(listed).toMatchObject({ value: { items: [{ status: ours, refunded }] } })
    const item = listed.kind === 'ok' ? listed.value.items[0] : undefined
    expect(item?.failure !== null).toBe(ours === 'failed')
    expect(item?.paymentRef !== null).toBe(ours === 'succeeded')
  })

  test('newest first, the window’s alone, and no list where there is none', async () => {
    const at = (id: string, time: string) => transactionBody({ id, time })
    const listed = await charges(
      answer(200, {
        transactions: [
          at('A', '2026-11-05T00:00:00Z'),
          at('B', '2026-12-05T00:00:00Z'),
          at('C', '2027-01-01T00:00:00Z'),
        ],
      }),
    )
    expect(listed.kind === 'ok' && listed.value.items.map(({ chargeRef }) => chargeRef)).toEqual(['B', 'A'])
    expect(await charges(answer(200, {}))).toEqual({ kind: 'ok', value: { items: [], nextCursor: null } })
  })

  test('another page is a query of ours, whatever host its link names', async () => {
    const links = [{ rel: 'next', href: 'https://evil.example/v1/x?start_time=a&page=2' }]
    const first = await charges(answer(200, { transactions: [], links }))
    expect(first).toMatchObject({ value: { nextCursor: 'start_time=a&page=2' } })
    const { ctx, calls } = scripted([answer(200, {})])
    await subscriptions.listCharges(ctx, handle(), { ...window, cursor: 'start_time=a&page=2' })
    expect(calls()[0]).toBe(
      `GET /v1/billing/subscriptions/${SUBSCRIPTION_ID}/transactions?start_time=a&page=2`,
    )
  })

  test.each([
    ['without an amount', { amount_with_breakdown: {} }],
    ['without a time', { time: 'yesterday' }],
    [
      'with more decimals than there are',
      { amount_with_breakdown: { gross_amount: { currency_code: 'USD', value: '1.005' } } },
    ],
  ])('a transaction %s leaves the list unknown', async (_what, over) => {
    expect((await charges(answer(200, { transactions: [transactionBody(over)] }))).kind).toBe('unknown')
    expect((await charges(lost)).kind).toBe('unknown')
  })
})

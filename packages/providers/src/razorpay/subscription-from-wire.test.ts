import { describe, expect, test } from 'vitest'
import { listCharges } from './charges.ts'
import { answer, collection, failedBody, inr, lost, NOW_S, PAYMENT_ID, scripted } from './scripted.fixture.ts'
import {
  createdBody,
  INVOICE_ID,
  invoiceBody,
  PERIOD_END_S,
  renewalBody,
  SUBSCRIPTION_ID,
  subscriptionBody,
} from './subscription.fixture.ts'
import { subscriptionOf } from './subscription-from-wire.ts'
import { readSubscription } from './subscription-wire.ts'

type Body = Readonly<Record<string, unknown>>

function snapshotOf(body: Body) {
  const wire = readSubscription(body)
  return wire && subscriptionOf(wire, {})
}

describe('a subscription', () => {
  test.each([
    ['created', 'pending_approval'],
    ['authenticated', 'trialing'],
    ['active', 'active'],
    ['pending', 'past_due'],
    ['halted', 'past_due'],
    ['paused', 'paused'],
    ['cancelled', 'canceled'],
    ['completed', 'completed'],
    ['expired', 'expired'],
    ['resting', 'unrecognised'],
  ])('%s is %s', (word, status) => {
    expect(snapshotOf(subscriptionBody({ status: word }))).toMatchObject({ status, providerStatus: word })
  })

  test('tells its period, its next charge and what it counted', () => {
    expect(snapshotOf(subscriptionBody({ paid_count: 3, quantity: 2 }))).toMatchObject({
      currentPeriodStartMs: NOW_S * 1000,
      currentPeriodEndMs: PERIOD_END_S * 1000,
      nextChargeAtMs: PERIOD_END_S * 1000,
      paidCount: 3,
      failedCount: 0,
      quantity: 2,
      customerRef: 'cust_LocAlEmul0001A',
      trialEndMs: null,
      approvalUrl: null,
    })
    expect(snapshotOf(subscriptionBody({ status: 'pending', auth_attempts: 2 }))?.failedCount).toBe(2)
  })

  test('on trial charges first when it starts', () => {
    const trial = createdBody({ status: 'authenticated', start_at: PERIOD_END_S, charge_at: PERIOD_END_S })
    expect(snapshotOf(trial)).toMatchObject({
      trialEndMs: PERIOD_END_S * 1000,
      nextChargeAtMs: PERIOD_END_S * 1000,
      currentPeriodEndMs: null,
    })
  })

  test.each([
    ['another object’s id', { id: 'order_1' }],
    ['no plan', { plan_id: null }],
    ['no status', { status: '' }],
  ])('with %s is no answer', (_what, over) => {
    expect(snapshotOf(subscriptionBody(over))).toBeUndefined()
  })

  test('is never approved at an address that is none', () => {
    for (const url of ['javascript:alert(1)', '', null, 7]) {
      expect(snapshotOf(createdBody({ short_url: url }))?.approvalUrl).toBeNull()
    }
  })
})

describe('charges', () => {
  const window = { fromMs: NOW_S * 1000, toMs: (NOW_S + 60) * 1000, cursor: null }
  const charges = (...answers: Parameters<typeof scripted>[0]) =>
    listCharges(scripted(answers).ctx, SUBSCRIPTION_ID, window)

  test('a paid invoice tells payment, period, fee and refunds to the paisa', async () => {
    const payment = renewalBody({ amount_refunded: 9_900, fee: 1650, tax: 252 })
    expect(await charges(answer(200, collection(invoiceBody())), answer(200, payment))).toEqual({
      kind: 'ok',
      value: {
        nextCursor: null,
        items: [
          {
            chargeRef: INVOICE_ID,
            paymentRef: PAYMENT_ID,
            status: 'succeeded',
            providerStatus: 'paid/captured',
            amount: inr(69_900n),
            refunded: 9_900n,
            fee: { amount: 1_650n, tax: 252n, currency: 'INR' },
            periodStartMs: NOW_S * 1000,
            periodEndMs: PERIOD_END_S * 1000,
            chargedAtMs: (NOW_S + 4) * 1000,
            failure: null,
          },
        ],
      },
    })
  })

  test('an invoice whose tries failed has failed for now, with the last reason', async () => {
    const unpaid = invoiceBody({ status: 'issued', payment_id: null, paid_at: null })
    const tries = collection(
      failedBody({ id: 'pay_LocAlEmul0000A', created_at: NOW_S - 9, error_reason: 'card_declined' }),
      failedBody(),
    )
    expect(await charges(answer(200, collection(unpaid)), answer(200, tries))).toMatchObject({
      value: {
        items: [
          { status: 'failed', paymentRef: null, failure: { reason: 'insufficient_funds' }, refunded: 0n },
        ],
      },
    })
  })

  test.each([
    ['issued', 'pending'],
    ['draft', 'pending'],
    ['partially_paid', 'pending'],
    ['cancelled', 'failed'],
    ['expired', 'failed'],
    ['folded', 'unrecognised'],
  ])('an invoice that is %s and untried is %s', async (word, status) => {
    const invoice = invoiceBody({ status: word, payment_id: null, order_id: null })
    expect(await charges(answer(200, collection(invoice)))).toMatchObject({ value: { items: [{ status }] } })
  })

  test('what lies outside the window is dropped, and a full page has a next one', async () => {
    const old = Array.from({ length: 10 }, () => invoiceBody({ issued_at: NOW_S - 1 }))
    expect(await charges(answer(200, collection(...old)))).toEqual({
      kind: 'ok',
      value: { items: [], nextCursor: '10' },
    })
    const { ctx, sent } = scripted([answer(200, collection())])
    await listCharges(ctx, SUBSCRIPTION_ID, { ...window, cursor: '10' })
    expect(sent[0]?.path).toBe(`/v1/invoices?subscription_id=${SUBSCRIPTION_ID}&count=10&skip=10`)
  })

  test.each([
    [
      'another subscription’s invoice',
      answer(200, collection(invoiceBody({ subscription_id: 'sub_other' }))),
    ],
    ['an invoice without an amount', answer(200, collection(invoiceBody({ amount: 699.5 })))],
    ['no answer', lost],
  ])('%s is no list', async (_what, result) => {
    expect((await charges(result)).kind).toBe('unknown')
  })

  test('a payment that cannot be read leaves the charge unknown', async () => {
    expect((await charges(answer(200, collection(invoiceBody())), lost)).kind).toBe('unknown')
    const dollars = renewalBody({ currency: 'USD' })
    expect((await charges(answer(200, collection(invoiceBody())), answer(200, dollars))).kind).toBe('unknown')
  })
})

import { describe, expect, test } from 'vitest'
import { ofHandle, ofLink, ofOrder, paymentOf, refundOf, type Subject } from './from-wire.ts'
import { readReference, referencePresent } from './reference.fixture.ts'
import {
  failedBody,
  handle,
  heldBody,
  KEY_ID,
  LINK_ID,
  linkBody,
  NOW_S,
  ORDER_ID,
  orderBody,
  PAYMENT_ID,
  paymentBody,
  REFERENCE,
  refundBody,
} from './scripted.fixture.ts'
import { readLink, readOrder, readPayment, readRefund } from './wire.ts'

type Body = Readonly<Record<string, unknown>>

function must<T>(read: T | undefined): T {
  if (read === undefined) throw new Error('the fixture is unreadable')
  return read
}
const order = (over: Body = {}): Subject => ofOrder(must(readOrder(orderBody(over))), {})
const link = (over: Body = {}): Subject => ofLink(must(readLink(linkBody(over))), {})
const snapshotOf = (subject: Subject, ...bodies: readonly Body[]) =>
  paymentOf(
    subject,
    bodies.map((body) => must(readPayment(body))),
    KEY_ID,
  )

describe('an order and its payments', () => {
  test('nobody has paid: the checkout can be opened', () => {
    expect(snapshotOf(order())).toEqual({
      orderRef: ORDER_ID,
      paymentRef: null,
      refs: {},
      status: 'requires_action',
      providerStatus: 'created',
      amount: { minor: 50_000n, currency: 'INR' },
      captured: 0n,
      refunded: 0n,
      reference: REFERENCE,
      method: null,
      fee: null,
      failure: null,
      checkoutUrl: null,
      checkoutOptions: { key: KEY_ID, order_id: ORDER_ID, amount: 50_000, currency: 'INR' },
    })
  })

  test('a failed try leaves it payable and says why', () => {
    expect(snapshotOf(order({ status: 'attempted' }), failedBody())).toMatchObject({
      status: 'requires_action',
      paymentRef: null,
      providerStatus: 'attempted, payment failed (insufficient_funds)',
      failure: { reason: 'insufficient_funds', providerCode: 'insufficient_funds' },
      checkoutOptions: { order_id: ORDER_ID },
    })
  })

  test('the youngest failed try is the one told', () => {
    const older = failedBody({ error_reason: 'card_declined', created_at: NOW_S - 60 })
    expect(snapshotOf(order({ status: 'attempted' }), older, failedBody())?.failure?.reason).toBe(
      'insufficient_funds',
    )
    expect(snapshotOf(order({ status: 'attempted' }), failedBody(), older)?.failure?.reason).toBe(
      'insufficient_funds',
    )
  })

  test.each([
    ['created', { status: 'created', captured: false }, 'processing'],
    ['pending cash', { status: 'pending', method: 'cod', captured: false }, 'processing'],
    ['authorized', { status: 'authorized', captured: false }, 'authorized'],
    ['captured', { status: 'captured' }, 'succeeded'],
    ['captured, written as text', { status: 'captured', captured: '1' }, 'succeeded'],
    ['partly refunded', { status: 'captured', refund_status: 'partial', amount_refunded: 1 }, 'succeeded'],
    ['refunded', { status: 'refunded', refund_status: 'full', amount_refunded: 50_000 }, 'succeeded'],
    ['lapsed', { status: 'refunded', captured: false, amount_refunded: 50_000, fee: null }, 'canceled'],
    ['refunded, unsaid whether captured', { status: 'refunded', captured: null, fee: null }, 'unrecognised'],
    ['refunded, and a fee was taken', { status: 'refunded', captured: null }, 'succeeded'],
    ['a word nobody knows', { status: 'levitating' }, 'unrecognised'],
    ['a word of JavaScript', { status: 'constructor' }, 'unrecognised'],
  ])('a payment that is %s', (_what, over, status) => {
    expect(snapshotOf(order({ status: 'attempted' }), paymentBody(over))?.status).toBe(status)
  })

  test('money taken outweighs every other try, in any order of the list', () => {
    const tries = [
      failedBody({ id: 'pay_1' }),
      heldBody({ id: 'pay_2', created_at: NOW_S + 9 }),
      paymentBody({ id: 'pay_3', created_at: NOW_S - 9 }),
      paymentBody({ id: 'pay_4', status: 'created', captured: false }),
    ]
    for (const bodies of [tries, tries.toReversed()]) {
      expect(snapshotOf(order({ status: 'paid' }), ...bodies)).toMatchObject({
        status: 'succeeded',
        paymentRef: 'pay_3',
        captured: 50_000n,
        failure: null,
        checkoutOptions: null,
      })
    }
  })

  test('money held outweighs a failed and a running try', () => {
    const bodies = [failedBody({ id: 'pay_1' }), paymentBody({ id: 'pay_2', status: 'created' }), heldBody()]
    expect(snapshotOf(order({ status: 'attempted' }), ...bodies)).toMatchObject({
      status: 'authorized',
      paymentRef: PAYMENT_ID,
      captured: 0n,
    })
  })

  test('refunds are stated and change no status', () => {
    const partly = paymentBody({ amount_refunded: 12_345, refund_status: 'partial' })
    expect(snapshotOf(order({ status: 'paid' }), partly)).toMatchObject({
      status: 'succeeded',
      captured: 50_000n,
      refunded: 12_345n,
    })
  })

  test('what lapsed was neither taken nor refunded', () => {
    const lapsed = heldBody({ status: 'refunded', amount_refunded: 50_000 })
    expect(snapshotOf(order({ status: 'attempted' }), lapsed)).toMatchObject({
      status: 'canceled',
      captured: 0n,
      refunded: 0n,
      checkoutOptions: null,
    })
  })

  test('of two payments taken for one order the first is the order’s, and the other one is told as a duplicate', () => {
    const first = paymentBody()
    const second = paymentBody({
      id: 'pay_2',
      created_at: Number(first.created_at) + 60,
      amount_refunded: 20_000,
    })
    for (const payments of [
      [first, second],
      [second, first],
    ]) {
      expect(snapshotOf(order({ status: 'paid' }), ...payments)).toMatchObject({
        paymentRef: first.id,
        captured: 50_000n,
        refunded: 0n,
        fee: { amount: 1_180n },
        duplicates: [{ paymentRef: 'pay_2', captured: 50_000n, refunded: 20_000n }],
      })
    }
  })

  test('a paid order without a payment, or a payment in another currency, is a contradiction', () => {
    expect(snapshotOf(order({ status: 'paid' }))).toBeUndefined()
    expect(snapshotOf(order({ status: 'paid' }), failedBody())).toBeUndefined()
    expect(snapshotOf(order(), paymentBody({ currency: 'USD' }))).toBeUndefined()
  })

  test('an order status nobody knows is not payable', () => {
    expect(snapshotOf(order({ status: 'archived' }))).toMatchObject({
      status: 'unrecognised',
      checkoutOptions: null,
    })
  })
})

describe('fees are in the settlement currency', () => {
  test.each([
    ['rupees', {}, { amount: 1_180n, tax: 180n, currency: 'INR' }],
    ['named', { currency: 'USD', base_currency: 'INR' }, { amount: 1_180n, tax: 180n, currency: 'INR' }],
    ['not named for foreign money', { currency: 'USD' }, null],
    ['not booked yet', { fee: null, tax: null }, null],
    ['without tax', { tax: null }, { amount: 1_180n, tax: 0n, currency: 'INR' }],
  ])('%s', (_what, over, fee) => {
    const body = paymentBody(over)
    const subject = order({ status: 'paid', currency: body.currency })
    expect(snapshotOf(subject, body)?.fee).toEqual(fee)
  })
})

describe('payment links', () => {
  test('an open link sends the payer to its page and offers nothing to embed', () => {
    expect(snapshotOf(link())).toMatchObject({
      orderRef: LINK_ID,
      status: 'requires_action',
      checkoutUrl: 'https://rzp.io/rzp/Local2',
      checkoutOptions: null,
      reference: REFERENCE,
    })
  })

  test.each([
    ['cancelled', 'canceled'],
    ['expired', 'expired'],
    ['partially_paid', 'unrecognised'],
    ['new_word', 'unrecognised'],
  ])('%s is %s and has no page any more', (status, ours) => {
    expect(snapshotOf(link({ status }))).toMatchObject({ status: ours, checkoutUrl: null })
  })

  test('what its payment says outweighs the link', () => {
    expect(snapshotOf(link({ status: 'expired' }), paymentBody())).toMatchObject({ status: 'succeeded' })
    expect(snapshotOf(link({ status: 'paid' }), heldBody())).toMatchObject({ status: 'authorized' })
    expect(snapshotOf(link({ status: 'paid' }))).toBeUndefined()
  })

  test('its order is remembered, and a script is no page', () => {
    expect(link({ order_id: ORDER_ID }).refs).toMatchObject({ order: ORDER_ID })
    expect(link({ short_url: 'javascript:alert(1)' }).checkoutUrl).toBeNull()
  })

  test.each([
    [null, []],
    [[], []],
    [[{ payment_id: PAYMENT_ID, amount: '50000' }], [PAYMENT_ID]],
    [{ payment_id: PAYMENT_ID }, [PAYMENT_ID]],
  ])('payments %j are read', (payments, ids) => {
    expect(readLink(linkBody({ payments }))?.paymentIds).toEqual(ids)
  })
})

describe('notes of every shape', () => {
  test.each([
    [{ onerouter_ref: 'op_9' }, 'op_9'],
    [[], REFERENCE],
    [null, REFERENCE],
    [undefined, REFERENCE],
    [{ other: 1 }, REFERENCE],
    [{ onerouter_ref: '' }, REFERENCE],
  ])('%j', (notes, reference) => {
    expect(readOrder(orderBody({ notes }))?.reference).toBe(reference)
  })
})

describe('what cannot be read is not read', () => {
  test.each([
    [{ id: 'order_../x' }],
    [{ id: 1 }],
    [{ amount: 1.5 }],
    [{ amount: null }],
    [{ currency: 'XXX' }],
    [{ status: null }],
  ])('order with %j', (over) => {
    expect(readOrder(orderBody(over))).toBeUndefined()
  })

  test('payment with an unreadable refunded amount', () => {
    expect(readPayment(paymentBody({ amount_refunded: 'many' }))).toBeUndefined()
    expect(readPayment(paymentBody({ amount_refunded: null }))?.refunded).toBe(0n)
  })
})

describe('refunds', () => {
  test.each([
    ['pending', 'pending'],
    ['processed', 'succeeded'],
    ['failed', 'failed'],
    ['reversed', 'unrecognised'],
  ])('%s is %s', (status, ours) => {
    const snapshot = refundOf(must(readRefund(refundBody({ status }))))
    expect(snapshot.status).toBe(ours)
    expect(snapshot.failure === null).toBe(ours !== 'failed')
  })

  test('the reference is the note, else the receipt', () => {
    expect(readRefund(refundBody({ notes: [] }))?.reference).toBe('re_1')
    expect(readRefund(refundBody({ notes: [], receipt: null }))?.reference).toBeNull()
  })
})

describe('every status of the published schemas', () => {
  interface Spec {
    readonly components: {
      readonly schemas: Readonly<
        Record<string, { readonly properties: Readonly<Record<string, { readonly enum?: string[] }>> }>
      >
    }
  }
  const statuses = (schema: string): string[] =>
    referencePresent
      ? (readReference<Spec>('specs/razorpay.openapi.json').components.schemas[schema]?.properties.status
          ?.enum ?? [])
      : []

  test.skipIf(!referencePresent)('is one we know', () => {
    expect(statuses('Payment').length).toBe(5)
    for (const status of statuses('Payment')) {
      const subject = order({ status: 'attempted' })
      expect(snapshotOf(subject, paymentBody({ status }))?.status).not.toBe('unrecognised')
    }
    expect(statuses('Order')).toEqual(['created', 'attempted', 'paid'])
    for (const status of statuses('Order')) {
      expect(snapshotOf(order({ status }), paymentBody())?.status).toBe('succeeded')
    }
    for (const status of statuses('Refund')) {
      expect(refundOf(must(readRefund(refundBody({ status })))).status).not.toBe('unrecognised')
    }
    expect(statuses('PaymentLink').sort()).toEqual([
      'cancelled',
      'created',
      'expired',
      'paid',
      'partially_paid',
    ])
  })
})

test('a remembered order takes amount and reference from what we know', () => {
  const known = { ...handle({ refs: { method: 'upi' } }), orderRef: ORDER_ID }
  expect(snapshotOf(ofHandle(known), paymentBody())).toMatchObject({
    orderRef: ORDER_ID,
    reference: REFERENCE,
    refs: { method: 'upi' },
    status: 'succeeded',
  })
})

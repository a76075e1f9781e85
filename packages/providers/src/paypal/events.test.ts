import { describe, expect, test } from 'vitest'
import { parseEvent } from './events.ts'
import { readReference, referencePresent } from './reference.fixture.ts'

const bytes = (value: unknown) => new TextEncoder().encode(JSON.stringify(value))
const event = (event_type: string, resource: unknown, more: object = {}) =>
  parseEvent(bytes({ id: 'WH-1', event_type, create_time: '2026-01-02T03:04:05.678Z', resource, ...more }))
const link = (rel: string, path: string) => ({
  rel,
  href: `https://api.sandbox.paypal.com${path}`,
  method: 'GET',
})

describe('what a PayPal event is about', () => {
  test('an approved order, by its id and our reference', () => {
    const order = { id: 'ORDER1', purchase_units: [{ custom_id: 'op_1' }] }
    expect(event('CHECKOUT.ORDER.APPROVED', order)).toEqual({
      id: 'WH-1',
      type: 'CHECKOUT.ORDER.APPROVED',
      occurredAtMs: Date.UTC(2026, 0, 2, 3, 4, 5, 678),
      livemode: null,
      about: { kind: 'payment', reference: 'op_1', orderRef: 'ORDER1', paymentRef: null },
    })
  })

  test('a lapsed approval, by the order it names', () => {
    const about = event('CHECKOUT.PAYMENT-APPROVAL.REVERSED', { order_id: 'ORDER1' })?.about
    expect(about).toEqual({ kind: 'payment', reference: null, orderRef: 'ORDER1', paymentRef: null })
  })

  test.each([
    [{ supplementary_data: { related_ids: { order_id: 'ORDER1' } }, links: [] }, 'ORDER1'],
    [{ links: [link('up', '/v2/checkout/orders/ORDER2')] }, 'ORDER2'],
    [{ links: [link('up', '/v2/payments/authorizations/AUTH1')] }, null],
    [{ links: [link('up', '/v2/checkout/orders/')] }, null],
    [{ links: [link('self', '/v2/checkout/orders/ORDER3')] }, null],
  ])('a capture finds its order in %j', (resource, orderRef) => {
    const about = event('PAYMENT.CAPTURE.COMPLETED', { id: 'CAP1', custom_id: 'op_1', ...resource })?.about
    expect(about).toEqual({ kind: 'payment', reference: 'op_1', orderRef, paymentRef: 'CAP1' })
  })

  test('the custom id outranks the invoice id', () => {
    const resource = { id: 'CAP1', custom_id: 'op_1', invoice_id: 'inv_1' }
    expect(event('PAYMENT.CAPTURE.DENIED', resource)?.about).toMatchObject({ reference: 'op_1' })
    expect(event('PAYMENT.CAPTURE.DENIED', { id: 'CAP1', invoice_id: 'inv_1' })?.about).toMatchObject({
      reference: 'inv_1',
    })
  })

  test.each(['PAYMENT.CAPTURE.REFUNDED', 'PAYMENT.CAPTURE.REVERSED', 'PAYMENT.REFUND.FAILED'])(
    '%s is about a refund and finds its capture in the link upwards',
    (type) => {
      const resource = {
        id: 'REF1',
        custom_id: 're_1',
        links: [link('up', '/v2/payments/captures/CAP1?x=1')],
      }
      expect(event(type, resource)?.about).toEqual({
        kind: 'refund',
        refundRef: 'REF1',
        reference: 're_1',
        orderRef: null,
        paymentRef: 'CAP1',
      })
    },
  )

  test('a subscription names itself, and a sale the subscription it was made for', () => {
    const about = {
      kind: 'subscription',
      reference: 'op_2',
      orderRef: null,
      subscriptionRef: 'I-BW452GLLEP1G',
    }
    const subscription = { id: 'I-BW452GLLEP1G', custom_id: 'op_2' }
    expect(event('BILLING.SUBSCRIPTION.RE-ACTIVATED', subscription)?.about).toEqual(about)
    const sale = { id: '1A615453BF810315T', billing_agreement_id: 'I-BW452GLLEP1G', custom: 'op_2' }
    expect(event('PAYMENT.SALE.COMPLETED', sale)?.about).toEqual(about)
  })

  test('what was given back of a sale names the sale, and a sale that belongs to nothing is nothing', () => {
    const refund = { id: 'REF1', sale_id: '1A615453BF810315T', amount: { total: '-4.00', currency: 'USD' } }
    expect(event('PAYMENT.SALE.REFUNDED', refund)?.about).toEqual({
      kind: 'refund',
      refundRef: 'REF1',
      reference: null,
      orderRef: null,
      paymentRef: '1A615453BF810315T',
    })
    expect(event('PAYMENT.SALE.COMPLETED', { id: '1A615453BF810315T' })?.about).toEqual({ kind: 'other' })
  })

  test.each(['BILLING.PLAN.CREATED', 'CUSTOMER.DISPUTE.CREATED', 'NEW.EVENT'])(
    '%s is kept, and about nothing we handle here',
    (type) => {
      expect(event(type, { id: 'X', custom_id: 'sub_1' })?.about).toEqual({ kind: 'other' })
    },
  )

  test('ids that could leave their place in a path are no ids', () => {
    expect(event('PAYMENT.CAPTURE.COMPLETED', { id: '../orders/X' })?.about).toEqual({ kind: 'other' })
    expect(event('PAYMENT.REFUND.PENDING', { id: 'a/b' })?.about).toEqual({ kind: 'other' })
  })

  test('an impossible date is no date', () => {
    const found = event('BILLING.SUBSCRIPTION.CANCELLED', {}, { create_time: '2018-19-12T22:20:32.000Z' })
    expect(found?.occurredAtMs).toBeNull()
  })

  test.each([
    ['empty', ''],
    ['no JSON', '<html>'],
    ['a list', '[]'],
    ['without id', '{"event_type":"X"}'],
    ['without type', '{"id":"WH-1"}'],
    ['a type that is no text', '{"id":"WH-1","event_type":{}}'],
  ])('%s is no event', (_what, text) => {
    expect(parseEvent(new TextEncoder().encode(text))).toBeNull()
  })

  test.skipIf(!referencePresent)('every sample names the payment, refund or subscription it is about', () => {
    const { samples } = readReference<{ samples: { event_type: string; raw_body: string }[] }>(
      'recorded/paypal-webhook-samples.json',
    )
    for (const { event_type, raw_body } of samples) {
      const about = parseEvent(new TextEncoder().encode(raw_body))?.about
      const refund = /^PAYMENT\.(CAPTURE\.REFUNDED|CAPTURE\.REVERSED|REFUND\.)/.test(event_type)
      if (/^(BILLING|PAYMENT\.SALE)\./.test(event_type)) {
        expect([event_type, about]).toEqual([event_type, BILLED[event_type] ?? SUBSCRIPTION])
        continue
      }
      expect([event_type, about?.kind]).toEqual([event_type, refund ? 'refund' : 'payment'])
      if (about?.kind === 'payment')
        expect(about).toMatchObject({ orderRef: 'GJ9BYNLALDDVH0SAH', reference: 'or_pay_1' })
      if (about?.kind === 'refund')
        expect(about).toMatchObject({ refundRef: 'WQNBURAGTA2RHTDFH', paymentRef: 'ZPJCA8GK12SXKAKMD' })
    }
  })
})

const SUBSCRIPTION = {
  kind: 'subscription',
  reference: 'or_sub_1',
  orderRef: null,
  subscriptionRef: 'I-PSRYAS372M3S',
}
/** A reversal names nothing but itself. */
const BILLED: Readonly<Record<string, object>> = {
  'PAYMENT.SALE.REFUNDED': {
    kind: 'refund',
    refundRef: 'WQNBURAGTA2RHTDFH',
    reference: null,
    orderRef: null,
    paymentRef: 'LTFGXBNH1GNN0HMSY',
  },
  'PAYMENT.SALE.REVERSED': {
    kind: 'refund',
    refundRef: 'WQNBURAGTA2RHTDFH',
    reference: null,
    orderRef: null,
    paymentRef: null,
  },
}

import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  CANCELED_BY_US,
  intentSnapshot,
  REFUND_STATUS,
  refundSnapshot,
  sessionSnapshot,
} from './from-wire.ts'
import { readPaymentIntent, readRefund, readSession } from './wire.ts'

const SPECS = new URL('../../../../../shared/reference/specs/', import.meta.url)
const present = existsSync(SPECS)
if (!present) console.warn('SKIPPED: ../shared/reference is absent (Stripe statuses and objects)')
const load = (name: string) => JSON.parse(readFileSync(new URL(name, SPECS), 'utf8'))

const handle = { orderRef: null, refs: {} }
const known = { refs: {}, publishableKey: undefined }

const intent = (over: object = {}) => ({
  id: 'pi_1',
  object: 'payment_intent',
  status: 'requires_payment_method',
  amount: 50_000,
  amount_received: 0,
  currency: 'usd',
  metadata: { onerouter_ref: 'op_1' },
  ...over,
})
const session = (over: object = {}) => ({
  id: 'cs_test_1',
  object: 'checkout.session',
  mode: 'payment',
  status: 'open',
  payment_status: 'unpaid',
  amount_total: 50_000,
  currency: 'usd',
  payment_intent: null,
  url: 'https://checkout.stripe.com/c/pay/cs_test_1#fid',
  metadata: { onerouter_ref: 'op_1' },
  ...over,
})
const ofIntent = (body: object) => {
  const wire = readPaymentIntent(body)
  return wire === undefined ? undefined : intentSnapshot(wire, handle)
}
const ofSession = (body: object, refs: Record<string, string> = {}) => {
  const wire = readSession(body)
  return wire === undefined ? undefined : sessionSnapshot(wire, { ...known, refs })
}
const declined = {
  type: 'card_error',
  code: 'card_declined',
  decline_code: 'insufficient_funds',
  message: 'No.',
}

describe('status of a PaymentIntent', () => {
  test.each([
    ['requires_payment_method', {}, 'requires_action'],
    ['requires_payment_method', { last_payment_error: declined }, 'requires_action'],
    ['requires_confirmation', {}, 'requires_action'],
    ['requires_action', {}, 'requires_action'],
    ['processing', {}, 'processing'],
    ['requires_capture', {}, 'authorized'],
    ['succeeded', { amount_received: 50_000 }, 'succeeded'],
    ['canceled', { cancellation_reason: 'requested_by_customer' }, 'canceled'],
    ['canceled', { cancellation_reason: 'automatic' }, 'expired'],
    ['canceled', { cancellation_reason: 'expired' }, 'expired'],
    ['something_new', {}, 'unrecognised'],
    ['constructor', {}, 'unrecognised'],
  ])('%s %j is %s', (status, over, expected) => {
    expect(ofIntent(intent({ status, ...over }))).toMatchObject({ status: expected, providerStatus: status })
  })

  test.skipIf(!present)('every documented status is known', () => {
    for (const status of load('stripe.enums.json').payment_intent_status) {
      expect(ofIntent(intent({ status }))?.status).not.toBe('unrecognised')
    }
  })
})

describe('status of a session', () => {
  const complete = (pi: object) => session({ status: 'complete', url: null, payment_intent: intent(pi) })
  test.each([
    ['open, nobody there', session(), 'requires_action'],
    [
      'open after a decline',
      session({ payment_intent: intent({ last_payment_error: declined }) }),
      'requires_action',
    ],
    [
      'open in 3-D Secure',
      session({ payment_intent: intent({ status: 'requires_action' }) }),
      'requires_action',
    ],
    ['open but already paid', session({ payment_intent: intent({ status: 'succeeded' }) }), 'succeeded'],
    ['complete and paid', complete({ status: 'succeeded' }), 'succeeded'],
    ['complete and held', complete({ status: 'requires_capture' }), 'authorized'],
    ['complete, slow bank', complete({ status: 'processing' }), 'processing'],
    ['complete, voucher not yet paid', complete({ status: 'requires_action' }), 'processing'],
    ['complete, slow bank said no', complete({ last_payment_error: declined }), 'failed'],
    [
      'complete, hold released',
      complete({ status: 'canceled', cancellation_reason: 'abandoned' }),
      'canceled',
    ],
    ['complete, hold ran out', complete({ status: 'canceled', cancellation_reason: 'automatic' }), 'expired'],
    ['complete, intent not shown', session({ status: 'complete', payment_intent: 'pi_1' }), 'processing'],
    ['complete without intent', session({ status: 'complete' }), 'unrecognised'],
    ['expired', session({ status: 'expired', url: null }), 'expired'],
    [
      'expired after a decline',
      session({ status: 'expired', payment_intent: intent({ status: 'canceled' }) }),
      'expired',
    ],
    [
      'expired yet paid',
      session({ status: 'expired', payment_intent: intent({ status: 'succeeded' }) }),
      'succeeded',
    ],
    ['a new word', session({ status: 'paused' }), 'unrecognised'],
  ])('%s', (_name, body, expected) => {
    expect(ofSession(body)?.status).toBe(expected)
  })

  test('a session we expired on the merchant’s word is canceled, for ever', () => {
    expect(ofSession(session({ status: 'expired' }), CANCELED_BY_US)?.status).toBe('canceled')
    expect(ofSession(session({ status: 'expired' }), CANCELED_BY_US)?.refs).toEqual(CANCELED_BY_US)
  })
})

describe('what a snapshot states', () => {
  test('the checkout’s address keeps its fragment while it can be paid, and is gone after', () => {
    expect(ofSession(session())?.checkoutUrl).toBe('https://checkout.stripe.com/c/pay/cs_test_1#fid')
    expect(ofSession(session())?.checkoutOptions).toEqual({ session_id: 'cs_test_1' })
    const wire = readSession(session())
    const shown = wire && sessionSnapshot(wire, { refs: {}, publishableKey: 'pk_test_1' })
    expect(shown?.checkoutOptions).toEqual({ session_id: 'cs_test_1', publishable_key: 'pk_test_1' })
    expect(ofSession(session({ status: 'expired' }))).toMatchObject({
      checkoutUrl: null,
      checkoutOptions: null,
    })
  })

  test('a declined try is told as failure and forgotten after success', () => {
    const tried = ofSession(session({ payment_intent: intent({ last_payment_error: declined }) }))
    expect(tried?.failure).toEqual({
      reason: 'insufficient_funds',
      providerCode: 'insufficient_funds',
      message: 'No.',
    })
    expect(ofIntent(intent({ status: 'succeeded', last_payment_error: declined }))?.failure).toBeNull()
  })

  test('fees are read in the settlement currency with their taxes', () => {
    const charge = (balance: object | string | null) => ({
      id: 'ch_1',
      object: 'charge',
      amount_refunded: 20_000,
      payment_method_details: { type: 'card' },
      balance_transaction: balance,
    })
    const booked = {
      id: 'txn_1',
      object: 'balance_transaction',
      fee: 1_480,
      currency: 'eur',
      fee_details: [
        { type: 'stripe_fee', amount: 1_254 },
        { type: 'tax', amount: 226 },
      ],
    }
    const paid = (balance: object | string | null) =>
      ofIntent(intent({ status: 'succeeded', amount_received: 50_000, latest_charge: charge(balance) }))
    expect(paid(booked)).toMatchObject({
      captured: 50_000n,
      refunded: 20_000n,
      method: 'card',
      fee: { amount: 1_480n, tax: 226n, currency: 'EUR' },
    })
    expect(paid(null)?.fee).toBeNull()
    expect(paid('txn_1')?.fee).toBeNull()
  })

  test.each([
    ['a hold that is there', 'requires_capture', { amount_captured: 0, amount_refunded: 0 }, 0n],
    ['a hold that was let go', 'canceled', { amount_captured: 0, amount_refunded: 50_000 }, 0n],
    ['a part taken, the rest let go', 'succeeded', { amount_captured: 20_000, amount_refunded: 30_000 }, 0n],
    [
      'a part taken, some given back',
      'succeeded',
      { amount_captured: 20_000, amount_refunded: 30_500 },
      500n,
    ],
    ['all taken, all given back', 'succeeded', { amount_captured: 50_000, amount_refunded: 50_000 }, 50_000n],
  ])('only money that was taken was given back: %s', (_name, status, amounts, refunded) => {
    const charge = { id: 'ch_1', object: 'charge', amount: 50_000, ...amounts }
    const over = { status, amount_received: amounts.amount_captured, latest_charge: charge }
    expect(ofIntent(intent(over))?.refunded).toBe(refunded)
  })

  test.each([
    ['a fraction', { amount: 1.5 }],
    ['text', { amount: '50000' }],
    ['an unknown currency', { currency: 'zzz' }],
    ['no amount', { amount: undefined }],
  ])('an answer with %s for an amount is unreadable', (_name, over) => {
    expect(ofIntent(intent(over))).toBeUndefined()
  })

  test('refunds: every status, and failure after success', () => {
    const refund = (over: object) => ({ id: 're_1', object: 'refund', amount: 100, currency: 'usd', ...over })
    for (const [status, expected] of Object.entries(REFUND_STATUS)) {
      expect(refundSnapshot(readRefund(refund({ status })) ?? expect.fail())?.status).toBe(expected)
    }
    const failed = readRefund(refund({ status: 'failed', failure_reason: 'expired_or_canceled_card' }))
    expect(failed && refundSnapshot(failed)?.failure?.reason).toBe('expired_card')
    const strange = readRefund(refund({ status: 'new' }))
    expect(strange && refundSnapshot(strange)?.status).toBe('unrecognised')
  })

  test.skipIf(!present)('the documented example objects are all readable', () => {
    const { resources } = load('stripe.objects.clean.json')
    expect(ofSession(resources['checkout.session'])?.status).toBe('requires_action')
    expect(ofIntent(resources.payment_intent)).toBeDefined()
    expect(refundSnapshot(readRefund(resources.refund) ?? expect.fail())?.status).toBe('succeeded')
  })
})

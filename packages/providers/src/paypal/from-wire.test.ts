import { describe, expect, test } from 'vitest'
import { paymentOf, refundOf } from './from-wire.ts'
import { readReference, referencePresent } from './reference.fixture.ts'
import {
  AUTHORIZATION_ID,
  authorizationBody,
  CAPTURE_ID,
  captureBody,
  NOW_MS,
  orderBody,
  refundBody,
} from './scripted.fixture.ts'
import { readOrder, readRefund } from './wire.ts'

function snapshot(body: unknown, refs: Record<string, string> = {}) {
  const order = readOrder(body)
  return order && paymentOf(order, { refs }, NOW_MS)
}
const completed = (payments: Parameters<typeof orderBody>[1]) => snapshot(orderBody('COMPLETED', payments))

interface Spec {
  readonly components: { readonly schemas: Record<string, unknown> }
}
/** The enum of a schema, or of its `status` property. */
function words(file: string, schema: string): readonly string[] {
  const found = readReference<Spec>(`specs/${file}`).components.schemas[schema]
  const text = JSON.stringify(found)
  const match = /"enum":(\[[^\]]*\])/.exec(text)?.[1] ?? '[]'
  return JSON.parse(match) as string[] // an enum of the specification
}

describe('order status', () => {
  test.each([
    ['CREATED', 'requires_action'],
    ['SAVED', 'requires_action'],
    ['PAYER_ACTION_REQUIRED', 'requires_action'],
    ['APPROVED', 'approved'],
    ['VOIDED', 'canceled'],
    ['COMPLETED', 'unrecognised'],
    ['SOMETHING_NEW', 'unrecognised'],
    ['toString', 'unrecognised'],
  ])('%s without payments is %s', (status, expected) => {
    expect(snapshot(orderBody(status))?.status).toBe(expected)
  })

  test('approval alone never counts as money', () => {
    expect(snapshot(orderBody('APPROVED'))).toMatchObject({
      captured: 0n,
      paymentRef: null,
      checkoutUrl: null,
    })
  })

  test.each([
    ['COMPLETED', 'succeeded'],
    ['PARTIALLY_REFUNDED', 'succeeded'],
    ['REFUNDED', 'succeeded'],
    ['PENDING', 'processing'],
    ['DECLINED', 'failed'],
    ['FAILED', 'failed'],
    ['SOMETHING_NEW', 'unrecognised'],
  ])('a completed order with a capture %s is %s', (status, expected) => {
    expect(completed({ captures: [captureBody({ status })] })?.status).toBe(expected)
  })

  test.each([
    ['CREATED', 'authorized'],
    ['PENDING', 'processing'],
    ['DENIED', 'failed'],
    ['VOIDED', 'canceled'],
    ['CAPTURED', 'unrecognised'],
    ['PARTIALLY_CAPTURED', 'unrecognised'],
    ['SOMETHING_NEW', 'unrecognised'],
  ])('a completed order with an authorization %s is %s', (status, expected) => {
    expect(completed({ authorizations: [authorizationBody({ status })] })?.status).toBe(expected)
  })

  test.skipIf(!referencePresent)('every status in the specifications has a meaning of its own', () => {
    const orders = words('paypal.checkout_orders_v2.json', 'order_status')
    const captures = words('paypal.payments_payment_v2.json', 'capture_status')
    const refunds = words('paypal.payments_payment_v2.json', 'refund_status')
    expect([orders.length, captures.length, refunds.length]).toEqual([6, 6, 4])
    const open = orders.filter((status) => status !== 'COMPLETED')
    const statuses = [
      ...open.map((status) => snapshot(orderBody(status))?.status),
      ...captures.map((status) => completed({ captures: [captureBody({ status })] })?.status),
      ...refunds.map((status) => {
        const refund = readRefund(refundBody({ status }))
        return refund && refundOf(refund)?.status
      }),
    ]
    expect(statuses).not.toContain('unrecognised')
    expect(statuses).not.toContain(undefined)
  })

  test('an authorization past its expiration time is expired, whatever its status says', () => {
    const lapsed = authorizationBody({ expiration_time: '2026-11-30T12:00:00Z' })
    expect(completed({ authorizations: [lapsed] })?.status).toBe('expired')
  })

  test('a declined capture of an authorization leaves the money held', () => {
    const payments = {
      authorizations: [authorizationBody()],
      captures: [captureBody({ status: 'DECLINED' })],
    }
    expect(completed(payments)).toMatchObject({ status: 'authorized', captured: 0n, failure: null })
  })
})

describe('what a snapshot reports', () => {
  test('ids, amounts, reference and fee of a capture', () => {
    expect(completed({ captures: [captureBody()] })).toMatchObject({
      paymentRef: CAPTURE_ID,
      refs: { capture: CAPTURE_ID },
      amount: { minor: 10_000n, currency: 'USD' },
      captured: 10_000n,
      refunded: 0n,
      reference: 'op_1',
      method: 'paypal',
      fee: { amount: 398n, tax: 0n, currency: 'USD' },
      providerStatus: 'COMPLETED, capture COMPLETED',
    })
  })

  test('several captures of one authorization add up, fees too', () => {
    const captures = [
      captureBody({ amount: { currency_code: 'USD', value: '40.00' } }),
      captureBody({ id: 'SECOND00000000000', amount: { currency_code: 'USD', value: '25.50' } }),
    ]
    const status = 'PARTIALLY_CAPTURED'
    expect(completed({ authorizations: [authorizationBody({ status })], captures })).toMatchObject({
      status: 'succeeded',
      captured: 6_550n,
      fee: { amount: 796n },
      refs: { authorization: AUTHORIZATION_ID, capture: CAPTURE_ID },
    })
  })

  test('the fee stays unknown until PayPal tells it', () => {
    const captures = [captureBody({ seller_receivable_breakdown: undefined })]
    expect(completed({ captures })?.fee).toBeNull()
  })

  test('refunds count when completed, and leave the status alone', () => {
    const refunds = [
      refundBody(),
      refundBody({ id: 'R2', status: 'PENDING' }),
      refundBody({ id: 'R3', status: 'FAILED' }),
    ]
    const now = completed({ captures: [captureBody({ status: 'PARTIALLY_REFUNDED' })], refunds })
    expect(now).toMatchObject({ status: 'succeeded', captured: 10_000n, refunded: 1_000n })
  })

  test('the reason PayPal holds a capture back is shown to the merchant', () => {
    const status_details = { reason: 'RECEIVING_PREFERENCE_MANDATES_MANUAL_ACTION' }
    const now = completed({ captures: [captureBody({ status: 'PENDING', status_details })] })
    expect(now?.providerStatus).toBe(
      'COMPLETED, capture PENDING (RECEIVING_PREFERENCE_MANDATES_MANUAL_ACTION)',
    )
  })

  test.each([
    [{ processor_response: { response_code: '5120' } }, 'insufficient_funds', '5120'],
    [{ processor_response: { response_code: '9500' } }, 'fraud_suspected', '9500'],
    [
      { status_details: { reason: 'DECLINED_BY_RISK_FRAUD_FILTERS' } },
      'fraud_suspected',
      'DECLINED_BY_RISK_FRAUD_FILTERS',
    ],
    [{ status_details: { reason: 'NEW' } }, 'other', 'NEW'],
    [{}, 'other', 'DECLINED'],
  ])('a failed capture with %j failed for %s', (details, reason, providerCode) => {
    const now = completed({ captures: [captureBody({ status: 'DECLINED', ...details })] })
    expect(now?.failure).toMatchObject({ reason, providerCode })
  })

  test('both dialects lead the payer to the same page, by the name of the link', () => {
    const page = 'https://www.sandbox.paypal.com/checkoutnow?token=5O190127TN364715T'
    expect(snapshot(orderBody('CREATED'))?.checkoutUrl).toBe(page)
    expect(snapshot(orderBody('PAYER_ACTION_REQUIRED'))?.checkoutUrl).toBe(page)
  })

  test('a link that is no web page leads nowhere', () => {
    const body = { ...orderBody('CREATED'), links: [{ rel: 'approve', href: 'javascript:alert(1)' }] }
    expect(snapshot(body)?.checkoutUrl).toBeNull()
  })

  test('an answer to a capture without the unit amount takes it from the capture', () => {
    const body = orderBody('COMPLETED')
    const unit = { reference_id: 'default', payments: { captures: [captureBody()] } }
    expect(snapshot({ ...body, purchase_units: [unit] })).toMatchObject({
      amount: { minor: 10_000n },
      reference: 'op_1',
    })
  })

  test('refund times with the Pacific offset and impossible ones are read or ignored, never fatal', () => {
    expect(readRefund(refundBody())?.createdAtMs).toBe(Date.UTC(2026, 10, 30, 12))
    expect(readRefund(refundBody({ create_time: '2018-19-12T22:20:32.000Z' }))?.createdAtMs).toBeNull()
  })
})

describe('unreadable answers are no answers', () => {
  test.each([
    ['a list', []],
    ['no id', { ...orderBody('CREATED'), id: undefined }],
    ['an id that is a path', { ...orderBody('CREATED'), id: '../../x' }],
    ['a capture without status', orderBody('COMPLETED', { captures: [captureBody({ status: 7 })] })],
    [
      'captures that are no list',
      { ...orderBody('COMPLETED'), purchase_units: [{ payments: { captures: {} } }] },
    ],
  ])('%s', (_what, body) => {
    expect(readOrder(body)).toBeUndefined()
  })

  test.each([
    ['no amount', { ...orderBody('CREATED'), purchase_units: [{}] }],
    [
      'a capture that took an unknown amount',
      orderBody('COMPLETED', { captures: [captureBody({ amount: null })] }),
    ],
    [
      'a capture in another currency',
      orderBody('COMPLETED', {
        captures: [captureBody({ amount: { currency_code: 'EUR', value: '100.00' } })],
      }),
    ],
  ])('%s', (_what, body) => {
    expect(readOrder(body)).toBeDefined()
    expect(snapshot(body)).toBeUndefined()
  })
})

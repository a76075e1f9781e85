import { currency } from '@onerouter/core'
import { describe, expect, test } from 'vitest'
import type { CreatePayment, HttpResult, PaymentHandle } from '../spec.ts'
import { payments } from './payments.ts'
import {
  AUTHORIZATION_ID,
  answer,
  authorizationBody,
  CAPTURE_ID,
  captureBody,
  handle,
  issue,
  lost,
  notSent,
  ORDER_ID,
  orderBody,
  SECRET,
  scripted,
  usd,
} from './scripted.fixture.ts'

const request: CreatePayment = {
  reference: 'op_1',
  amount: usd(10_000n),
  capture: 'automatic',
  returnUrl: 'https://pay.example.com/return',
  cancelUrl: 'https://pay.example.com/cancel',
}
const held = handle({
  capture: 'manual',
  paymentRef: AUTHORIZATION_ID,
  refs: { authorization: AUTHORIZATION_ID },
})
const missing = issue(404, 'INVALID_RESOURCE_ID', 'RESOURCE_NOT_FOUND')
const paid = orderBody('COMPLETED', { captures: [captureBody()] })
const authorized = orderBody('COMPLETED', { authorizations: [authorizationBody()] })
const voided = orderBody('COMPLETED', { authorizations: [authorizationBody({ status: 'VOIDED' })] })
const capturedPart = orderBody('COMPLETED', {
  authorizations: [authorizationBody({ status: 'CAPTURED' })],
  captures: [captureBody({ amount: { currency_code: 'USD', value: '40.00' } })],
})
const GET_ORDER = `GET /v2/checkout/orders/${ORDER_ID}`

function verbs(results: readonly HttpResult[], send: 'first' | 'later' = 'first') {
  const script = scripted(results, { ctx: { send } })
  const { ctx } = script
  return {
    ...script,
    create: (changes: Partial<CreatePayment> = {}) =>
      payments.create(ctx, { ...request, ...changes }, 'key-c'),
    fetch: (payment: PaymentHandle = handle()) => payments.fetch(ctx, payment),
    confirm: async (payment: PaymentHandle = handle()) => payments.confirm?.(ctx, payment, 'key-f'),
    capture: async (minor: bigint, payment = held) => payments.capture?.(ctx, payment, usd(minor), 'key-p'),
    cancel: async (payment = held) => payments.cancel?.(ctx, payment, 'key-v'),
  }
}

describe('create', () => {
  test.each([
    ['200 with a payer-action link', answer(200, orderBody('PAYER_ACTION_REQUIRED'))],
    ['201 with an approve link', answer(201, orderBody('CREATED'))],
  ])('accepts both dialects: %s', async (_what, result) => {
    const paypal = verbs([result])
    expect(await paypal.create()).toMatchObject({
      kind: 'ok',
      value: {
        orderRef: ORDER_ID,
        status: 'requires_action',
        checkoutUrl: `https://www.sandbox.paypal.com/checkoutnow?token=${ORDER_ID}`,
      },
    })
  })

  test('sends the key as PayPal-Request-Id and wants the whole order back', async () => {
    const paypal = verbs([answer(201, orderBody('CREATED'))])
    await paypal.create()
    expect(paypal.sent[1]?.headers).toMatchObject({
      'paypal-request-id': 'key-c',
      prefer: 'return=representation',
      'content-type': 'application/json',
    })
  })

  test.each([
    ['a lost answer', lost, 'first', 'unknown'],
    ['a refused connection', notSent, 'first', 'not_sent'],
    ['a refused connection at a later send', notSent, 'later', 'unknown'],
    ['500', answer(500, '{}'), 'first', 'unknown'],
    ['429', answer(429, '{"name":"RATE_LIMIT_REACHED"}'), 'first', 'not_sent'],
    ['an unlisted issue', issue(422, 'BRAND_NEW'), 'first', 'unknown'],
    ['HTML with 200', answer(200, '<html>'), 'first', 'unknown'],
    [
      'an order without a way to pay',
      answer(201, { ...orderBody('CREATED'), links: [] }),
      'first',
      'unknown',
    ],
    ['a bad currency', issue(422, 'INVALID_CURRENCY_CODE'), 'first', 'rejected'],
  ] as const)('%s is %s %s', async (_what, result, send, kind) => {
    expect((await verbs([result], send).create()).kind).toBe(kind)
  })

  test('accepts only what PayPal can express, before anything is sent', () => {
    expect(payments.accepts({ amount: usd(1n), capture: 'automatic' })).toBeNull()
    expect(payments.accepts({ amount: usd(1n), capture: 'manual', method: 'paypal_classic' })).toBeNull()
    const method = payments.accepts({ amount: usd(1n), capture: 'automatic', method: 'upi' })
    expect(method?.code).toBe('unsupported_method')
    const inr = { minor: 100n, currency: currency('INR') }
    expect(payments.accepts({ amount: inr, capture: 'automatic' })?.code).toBe('unsupported_currency')
  })
})

describe('fetch', () => {
  test('a known order PayPal has forgotten has expired', async () => {
    expect(await verbs([missing]).fetch()).toMatchObject({
      kind: 'ok',
      value: { status: 'expired', captured: 0n, orderRef: ORDER_ID },
    })
  })

  test('the order of a paid payment cannot expire', async () => {
    expect((await verbs([missing]).fetch(handle({ paymentRef: CAPTURE_ID }))).kind).toBe('unknown')
  })

  test('a 404 that is not PayPal’s says nothing', async () => {
    expect((await verbs([answer(404, '<html>not found</html>')]).fetch()).kind).toBe('unknown')
  })

  test('an answer about another order is no answer', async () => {
    const other = { ...orderBody('APPROVED'), id: 'ANOTHER0000000000' }
    expect((await verbs([answer(200, other)]).fetch()).kind).toBe('unknown')
  })

  test('without an order id nothing is sent and nothing is known', async () => {
    const paypal = verbs([])
    expect((await paypal.fetch(handle({ orderRef: null }))).kind).toBe('unknown')
    expect(paypal.sent).toEqual([])
  })
})

describe('confirm', () => {
  test('captures an order of automatic capture', async () => {
    const paypal = verbs([answer(201, paid)])
    expect(await paypal.confirm()).toMatchObject({
      kind: 'ok',
      value: { status: 'succeeded', captured: 10_000n, paymentRef: CAPTURE_ID },
    })
    expect(paypal.calls()).toEqual([`POST /v2/checkout/orders/${ORDER_ID}/capture`])
    expect(paypal.sent[1]?.headers?.['paypal-request-id']).toBe('key-f')
  })

  test('authorizes an order of manual capture', async () => {
    const paypal = verbs([answer(201, authorized)])
    expect(await paypal.confirm(handle({ capture: 'manual' }))).toMatchObject({
      kind: 'ok',
      value: { status: 'authorized', captured: 0n, refs: { authorization: AUTHORIZATION_ID } },
    })
    expect(paypal.calls()).toEqual([`POST /v2/checkout/orders/${ORDER_ID}/authorize`])
  })

  test('a capture PayPal still reviews is processing, not success', async () => {
    const pending = orderBody('COMPLETED', { captures: [captureBody({ status: 'PENDING' })] })
    expect(await verbs([answer(201, pending)]).confirm()).toMatchObject({ value: { status: 'processing' } })
  })

  test.each(['INSTRUMENT_DECLINED', 'PAYER_ACTION_REQUIRED', 'REDIRECT_PAYER_FOR_ALTERNATE_FUNDING'])(
    '%s opens the order again, with the decline in failure and the way back',
    async (code) => {
      const paypal = verbs([issue(422, code), answer(200, orderBody('APPROVED'))])
      expect(await paypal.confirm()).toMatchObject({
        kind: 'ok',
        value: {
          status: 'requires_action',
          failure: { providerCode: code },
          checkoutUrl: `https://www.sandbox.paypal.com/checkoutnow?token=${ORDER_ID}`,
        },
      })
      expect(paypal.calls()[1]).toBe(GET_ORDER)
    },
  )

  test('an order the payer has not approved is no decline', async () => {
    const paypal = verbs([issue(422, 'ORDER_NOT_APPROVED'), answer(200, orderBody('CREATED'))])
    expect(await paypal.confirm()).toMatchObject({
      kind: 'ok',
      value: { status: 'requires_action', failure: null },
    })
  })

  test('a decline that turns out paid is paid', async () => {
    const paypal = verbs([issue(422, 'INSTRUMENT_DECLINED'), answer(200, paid)])
    expect(await paypal.confirm()).toMatchObject({ kind: 'ok', value: { status: 'succeeded' } })
  })

  test.each(['ORDER_ALREADY_CAPTURED', 'ORDER_COMPLETION_IN_PROGRESS', 'DUPLICATE_INVOICE_ID'])(
    '%s is success when the order shows the capture',
    async (code) => {
      const paypal = verbs([issue(422, code), answer(200, paid)])
      expect(await paypal.confirm()).toMatchObject({ kind: 'ok', value: { captured: 10_000n } })
      expect(paypal.calls()[1]).toBe(GET_ORDER)
    },
  )

  test('"already captured" with another amount is not success', async () => {
    const less = orderBody('COMPLETED', {
      captures: [captureBody({ amount: { currency_code: 'USD', value: '1.00' } })],
    })
    const paypal = verbs([issue(422, 'ORDER_ALREADY_CAPTURED'), answer(200, less)])
    expect(await paypal.confirm()).toMatchObject({ kind: 'rejected', providerCode: 'ORDER_ALREADY_CAPTURED' })
  })

  test.each([
    [
      'a capture in progress that does not show',
      'ORDER_COMPLETION_IN_PROGRESS',
      answer(200, orderBody('APPROVED')),
    ],
    ['a look that fails', 'ORDER_ALREADY_CAPTURED', notSent],
    ['a look after a decline that fails', 'INSTRUMENT_DECLINED', lost],
  ])('%s leaves the outcome unknown', async (_what, code, look) => {
    expect((await verbs([issue(422, code), look]).confirm())?.kind).toBe('unknown')
  })

  test.each([
    ['TRANSACTION_REFUSED', 'declined'],
    ['MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED', 'declined'],
    ['PAYEE_ACCOUNT_RESTRICTED', 'rejected'],
    ['ACTION_DOES_NOT_MATCH_INTENT', 'rejected'],
  ])('%s is %s without a look', async (code, kind) => {
    const paypal = verbs([issue(422, code)])
    expect(await paypal.confirm()).toMatchObject({ kind, providerCode: code })
    expect(paypal.calls()).toHaveLength(1)
  })
})

describe('capture', () => {
  const made = captureBody({ amount: { currency_code: 'USD', value: '40.00' } })

  test('takes a part of the authorization and releases the rest', async () => {
    const paypal = verbs([answer(201, made), answer(200, capturedPart)])
    expect(await paypal.capture(4_000n)).toMatchObject({
      kind: 'ok',
      value: { status: 'succeeded', captured: 4_000n, paymentRef: CAPTURE_ID },
    })
    expect(paypal.sent[1]).toMatchObject({
      path: `/v2/payments/authorizations/${AUTHORIZATION_ID}/capture`,
      headers: { 'paypal-request-id': 'key-p' },
      body: { json: { amount: { currency_code: 'USD', value: '40.00' }, final_capture: true } },
    })
  })

  test('a capture the bank declined is declined, and the payment stays held', async () => {
    const declined = captureBody({ status: 'DECLINED', processor_response: { response_code: '5120' } })
    expect(await verbs([answer(201, declined)]).capture(4_000n)).toMatchObject({
      kind: 'declined',
      reason: 'insufficient_funds',
    })
  })

  test('a capture the order does not show yet is not told as a fact', async () => {
    expect((await verbs([answer(201, made), answer(200, authorized)]).capture(4_000n))?.kind).toBe('unknown')
    expect((await verbs([answer(201, made), notSent]).capture(4_000n))?.kind).toBe('unknown')
  })

  test('"already captured" is success only for the same amount', async () => {
    const already = issue(422, 'AUTHORIZATION_ALREADY_CAPTURED')
    expect(await verbs([already, answer(200, capturedPart)]).capture(4_000n)).toMatchObject({ kind: 'ok' })
    expect(await verbs([already, answer(200, capturedPart)]).capture(5_000n)).toMatchObject({
      kind: 'rejected',
      reason: 'invalid_state',
    })
  })

  test.each([
    ['MAX_CAPTURE_AMOUNT_EXCEEDED', 'amount'],
    ['AUTHORIZATION_EXPIRED', 'invalid_state'],
    ['AUTHORIZATION_VOIDED', 'invalid_state'],
    ['AUTH_CAPTURE_CURRENCY_MISMATCH', 'currency'],
  ])('%s is rejected for %s', async (code, reason) => {
    expect(await verbs([issue(422, code)]).capture(4_000n)).toMatchObject({ kind: 'rejected', reason })
  })

  test('without an authorization nothing is sent', async () => {
    const paypal = verbs([])
    expect(await paypal.capture(4_000n, handle())).toMatchObject({
      kind: 'rejected',
      reason: 'invalid_state',
    })
    expect(paypal.sent).toEqual([])
  })
})

describe('cancel', () => {
  test.each([
    ['200 with the authorization', answer(200, authorizationBody({ status: 'VOIDED' }))],
    ['204 with nothing', answer(204)],
  ])('voids an authorization: %s', async (_what, result) => {
    const paypal = verbs([result, answer(200, voided)])
    expect(await paypal.cancel()).toMatchObject({ kind: 'ok', value: { status: 'canceled', captured: 0n } })
    expect(paypal.calls()).toEqual([`POST /v2/payments/authorizations/${AUTHORIZATION_ID}/void`, GET_ORDER])
    expect(paypal.sent[1]?.headers?.['paypal-request-id']).toBeUndefined()
  })

  test('"previously voided" is success when the order shows it', async () => {
    const paypal = verbs([issue(422, 'PREVIOUSLY_VOIDED'), answer(200, voided)])
    expect(await paypal.cancel()).toMatchObject({ kind: 'ok', value: { status: 'canceled' } })
  })

  test('"previously captured" is a refusal', async () => {
    const paypal = verbs([issue(422, 'PREVIOUSLY_CAPTURED'), answer(200, capturedPart)])
    expect(await paypal.cancel()).toMatchObject({ kind: 'rejected', reason: 'invalid_state' })
  })

  test('a void in progress that does not show is unknown', async () => {
    const running = issue(409, 'PREVIOUS_REQUEST_IN_PROGRESS', 'RESOURCE_CONFLICT')
    expect((await verbs([running, answer(200, authorized)]).cancel())?.kind).toBe('unknown')
  })

  test.each(['CREATED', 'PAYER_ACTION_REQUIRED', 'APPROVED'])(
    'an unpaid order (%s) is given up after a look, without any call that changes it',
    async (status) => {
      const paypal = verbs([answer(200, orderBody(status))])
      expect(await paypal.cancel(handle())).toMatchObject({
        kind: 'ok',
        value: { status: 'canceled', checkoutUrl: null, providerStatus: `${status}, given up` },
      })
      expect(paypal.calls()).toEqual([GET_ORDER])
    },
  )

  test('an order that turns out paid is not canceled', async () => {
    expect(await verbs([answer(200, paid)]).cancel(handle())).toMatchObject({
      kind: 'rejected',
      reason: 'invalid_state',
    })
  })

  test('an authorization found by the look is voided', async () => {
    const paypal = verbs([
      answer(200, authorized),
      answer(200, authorizationBody({ status: 'VOIDED' })),
      answer(200, voided),
    ])
    expect(await paypal.cancel(handle({ capture: 'manual' }))).toMatchObject({
      value: { status: 'canceled' },
    })
  })

  test('an order that cannot be looked at is not given up', async () => {
    expect((await verbs([lost]).cancel(handle()))?.kind).toBe('unknown')
  })
})

test('no outcome and no call but the token call carries the client secret', async () => {
  const paypal = verbs([issue(422, 'INSTRUMENT_DECLINED'), answer(200, orderBody('APPROVED'))])
  const outcome = await paypal.confirm()
  const plain = (value: unknown) =>
    JSON.stringify(value, (_key, item) => (typeof item === 'bigint' ? `${item}` : item))
  expect(plain(outcome)).not.toContain(SECRET)
  expect(plain(paypal.sent.slice(1))).not.toContain(SECRET)
})

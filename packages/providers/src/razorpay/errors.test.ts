import { DECLINE_REASONS } from '@onerouter/core'
import { describe, expect, test } from 'vitest'
import type { HttpResult } from '../spec.ts'
import { ask } from './call.ts'
import { declineOf, verdictOfReason } from './reasons.ts'
import { readReference, referencePresent } from './reference.fixture.ts'
import { verdictOfText } from './refusal-texts.ts'
import { answer, KEY_SECRET, lost, notSent, refusal, scripted } from './scripted.fixture.ts'
import { isRecord } from './wire.ts'

interface Catalogue {
  readonly by_operation: Readonly<Record<string, readonly { readonly description: string }[]>>
  readonly payment_error_reasons: Readonly<Record<string, readonly string[]>>
}
const catalogue = referencePresent
  ? readReference<Catalogue>('specs/razorpay.errors.json')
  : { by_operation: {}, payment_error_reasons: {} }
const texts = [
  ...new Set(Object.values(catalogue.by_operation).flatMap((list) => list.map((entry) => entry.description))),
]
const reasons = [...new Set(Object.values(catalogue.payment_error_reasons).flat())]

async function outcomeOf(result: HttpResult, send: 'first' | 'later' = 'first') {
  const { ctx } = scripted([result], { send })
  const call = { method: 'POST', path: '/v1/orders', json: {} } as const
  const { outcome } = await ask(ctx, call, (body) => (isRecord(body) && 'id' in body ? body : undefined))
  return outcome
}

describe('the sentence of a refusal', () => {
  test.skipIf(!referencePresent)('every documented sentence has a verdict', () => {
    expect(texts.length).toBeGreaterThan(200)
    expect(texts.filter((text) => verdictOfText(text) === undefined)).toEqual([])
  })

  test.skipIf(!referencePresent)(
    'no documented sentence that claims an effect is taken for a refusal',
    () => {
      const claims = texts.filter((text) => /already|duplicate|in progress/i.test(text))
      const believed = claims.filter((text) => verdictOfText(text)?.kind === 'rejected')
      expect(claims.length).toBeGreaterThan(12)
      expect(believed).toEqual(['cannot cancel or expire an already paid/partially paid link'])
    },
  )

  test.each([
    ['The API {key/secret} provided is invalid.', { kind: 'rejected', reason: 'bad_credentials' }],
    ['Authentication failed', { kind: 'rejected', reason: 'bad_credentials' }],
    ['The amount must be at least INR 1.00', { kind: 'rejected', reason: 'amount' }],
    ['Amount exceeds maximum amount allowed.', { kind: 'rejected', reason: 'amount' }],
    ['Capture amount must be equal to the amount authorized', { kind: 'rejected', reason: 'amount' }],
    ['currency: validation_failure: BAD_REQUEST_INVALID_CURRENCY.', { kind: 'rejected', reason: 'currency' }],
    ['order_Abc is not a valid id', { kind: 'rejected', reason: 'not_found' }],
    ['The id provided does not exist', { kind: 'rejected', reason: 'not_found' }],
    ['foo is/are not required and should not be sent', { kind: 'rejected', reason: 'bad_request' }],
    [
      'Your account does not have enough balance to carry out the refund operation.',
      {
        kind: 'rejected',
        reason: 'account_problem',
      },
    ],
    [
      'The payment status should be captured for action to be taken.',
      {
        kind: 'rejected',
        reason: 'invalid_state',
      },
    ],
    ['The payment has already been either captured or voided.', { kind: 'look', reason: 'invalid_state' }],
    ['The payment has been fully refunded already', { kind: 'look', reason: 'amount' }],
    ['The refund amount provided is greater than amount captured', { kind: 'look', reason: 'amount' }],
    ['Duplicate request. This request has already been processed.', { kind: 'done' }],
    ['Duplicate receipt found for this refund request.', { kind: 'done' }],
    ['payment link creation with reference ID already attempted', { kind: 'done' }],
    ['Different request with the same idempotency key has already been processed.', { kind: 'done' }],
    ['Another request with the same idempotency key is still in progress.', { kind: 'running' }],
    [
      'Request failed because another payment operation is in progress.',
      {
        kind: 'turned_away',
        reason: 'locked',
      },
    ],
    [
      'Request failed because another order operation is in progress.',
      {
        kind: 'turned_away',
        reason: 'locked',
      },
    ],
    ['Too many requests, please slow down', { kind: 'turned_away', reason: 'rate_limited' }],
  ])('%s', (text, verdict) => {
    expect(verdictOfText(text)).toEqual(verdict)
  })

  test.each(['', 'Payment failed', 'Something else happened.', 'x'.repeat(100_000)])(
    'an undocumented sentence proves nothing: %#',
    (text) => {
      expect(verdictOfText(text)).toBeUndefined()
    },
  )
})

describe('the reason of a failed payment', () => {
  test.skipIf(!referencePresent)('every documented reason is a decline of ours', () => {
    expect(reasons.length).toBe(110)
    for (const reason of reasons) expect(DECLINE_REASONS).toContain(declineOf(reason))
  })

  test.each([
    ['insufficient_funds', 'insufficient_funds'],
    ['card_expired', 'expired_card'],
    ['payment_cancelled', 'payer_canceled'],
    ['payment_timed_out', 'timed_out'],
    ['incorrect_cvv', 'incorrect_details'],
    ['incorrect_otp', 'authentication_failed'],
    ['payment_risk_check_failed', 'fraud_suspected'],
    ['transaction_daily_limit_exceeded', 'limit_exceeded'],
    ['international_transaction_not_allowed', 'method_not_supported'],
    ['debit_instrument_blocked', 'payer_account_problem'],
    ['gateway_technical_error', 'processing_error'],
    ['card_declined', 'card_declined'],
  ])('%s is %s', (reason, decline) => {
    expect(declineOf(reason)).toBe(decline)
  })

  test('why a payment failed is no verdict on a request of ours', () => {
    for (const reason of ['insufficient_funds', 'payment_timed_out', 'server_error', 'capture_failed']) {
      expect(verdictOfReason(reason)).toBeUndefined()
    }
  })
})

describe('answers', () => {
  test.each([
    ['a documented refusal', refusal('The amount must be an integer.'), 'rejected', 'rejected'],
    ['an undocumented sentence', refusal('The moon is full.'), 'unknown', 'unknown'],
    [
      'an undocumented sentence with a reason about the request',
      refusal('New words.', { reason: 'input_validation_failed' }),
      'rejected',
      'rejected',
    ],
    [
      'a lock',
      refusal('Request failed because another order operation is in progress.'),
      'not_sent',
      'unknown',
    ],
    ['too many requests', refusal('Too many requests', {}, 429), 'not_sent', 'unknown'],
    ['a 429 without words', answer(429), 'not_sent', 'unknown'],
    ['wrong keys', refusal('Authentication failed', {}, 401), 'rejected', 'unknown'],
    ['wrong keys with status 400', refusal('Authentication failed'), 'rejected', 'unknown'],
    ['a suspended account', refusal('Refunds cannot be created on your account.'), 'rejected', 'unknown'],
    ['trouble behind Razorpay', refusal('Payment failed', { code: 'GATEWAY_ERROR' }), 'unknown', 'unknown'],
    [
      'trouble behind Razorpay in documented words',
      refusal('Payment is not in authorized state.', { code: 'GATEWAY_ERROR' }),
      'unknown',
      'unknown',
    ],
    [
      'SERVER_ERROR',
      refusal('We are facing some trouble', { code: 'SERVER_ERROR' }, 500),
      'unknown',
      'unknown',
    ],
    [
      'a documented sentence with status 502',
      refusal('The amount must be an integer.', {}, 502),
      'unknown',
      'unknown',
    ],
    ['an HTML page', answer(502, '<html>Bad gateway</html>'), 'unknown', 'unknown'],
    ['an HTML page with status 400', answer(400, '<html></html>'), 'unknown', 'unknown'],
    [
      'the gateway before the API',
      answer(404, { message: 'no Route matched with those values' }),
      'unknown',
      'unknown',
    ],
    ['half an answer', answer(200, '{"id":"order_'), 'unknown', 'unknown'],
    ['an answer about something else', answer(200, { entity: 'order' }), 'unknown', 'unknown'],
    ['a lost answer', lost, 'unknown', 'unknown'],
    ['a refused connection', notSent, 'not_sent', 'unknown'],
    ['success', answer(200, { id: 'x' }), 'ok', 'ok'],
  ])('%s', async (_what, result, first, later) => {
    expect((await outcomeOf(result, 'first')).kind).toBe(first)
    expect((await outcomeOf(result, 'later')).kind).toBe(later)
  })

  test('a refusal carries the reason where Razorpay gives one, else its class of error', async () => {
    const text = 'The amount must be at least INR 1.00'
    expect(await outcomeOf(refusal(text, { reason: 'input_validation_failed' }))).toEqual({
      kind: 'rejected',
      reason: 'amount',
      providerCode: 'input_validation_failed',
      message: text,
    })
    expect(await outcomeOf(refusal(text))).toMatchObject({ providerCode: 'BAD_REQUEST_ERROR' })
  })

  test('a secret that comes back in a sentence does not go further', async () => {
    const outcome = await outcomeOf(refusal(`${KEY_SECRET} is/are not required and should not be sent`))
    expect(outcome.kind).toBe('rejected')
    expect(JSON.stringify(outcome)).not.toContain(KEY_SECRET)
  })
})

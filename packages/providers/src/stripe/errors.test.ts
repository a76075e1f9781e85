import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { DECLINES, REFUND_FAILURES, REJECTIONS, UNDECIDED } from './error-codes.ts'
import { failureOf, meaningOfCode, readRefusal, refundFailureOf } from './errors.ts'

const ENUMS = new URL('../../../../../shared/reference/specs/stripe.enums.json', import.meta.url)
const present = existsSync(ENUMS)
if (!present) console.warn('SKIPPED: ../shared/reference is absent (list of Stripe error codes)')

const credentials = { secret_key: 'sk_test_verysecret1' }
const first = { credentials, send: 'first' } as const
const later = { credentials, send: 'later' } as const
const body = (error: object) => ({ error: { message: 'Because.', ...error } })

describe('codes', () => {
  test.skipIf(!present)('every documented error code and decline code has an explicit meaning', () => {
    const enums = JSON.parse(readFileSync(ENUMS, 'utf8'))
    const codes = [...enums.error_codes, ...enums.card_decline_codes, ...enums.lpm_decline_codes]
    expect(codes.filter((code: string) => meaningOfCode(code) === undefined)).toEqual([])
    expect(codes.length).toBeGreaterThan(270)
  })

  test('no code means two things', () => {
    const all = [...Object.values(DECLINES), ...Object.values(REJECTIONS), UNDECIDED].flatMap((codes) =>
      codes.split(' '),
    )
    expect(all.filter((code, index) => all.indexOf(code) !== index)).toEqual([])
  })

  test.each(['fraudulent', 'lost_card', 'stolen_card', 'merchant_blacklist', 'lost_or_stolen_card'])(
    '%s is shown as a plain decline',
    (declineCode) => {
      const error = {
        type: 'card_error',
        code: 'card_declined',
        param: null,
        message: 'Stolen!',
        declineCode,
      }
      expect(failureOf(error)).toEqual({
        reason: 'card_declined',
        providerCode: 'generic_decline',
        message: 'The card was declined.',
      })
    },
  )

  test.each(Object.values(REFUND_FAILURES).flatMap((codes) => codes.split(' ')))(
    'refund failure %s is explained',
    (code) => {
      expect(refundFailureOf(code)).toMatchObject({ providerCode: code })
    },
  )
})

describe('refusals', () => {
  test.each([
    [
      'a decline with its reason',
      402,
      { type: 'card_error', code: 'card_declined', decline_code: 'insufficient_funds' },
      { kind: 'declined', reason: 'insufficient_funds', providerCode: 'insufficient_funds' },
    ],
    [
      'an expired card',
      402,
      { type: 'card_error', code: 'expired_card' },
      { kind: 'declined', reason: 'expired_card' },
    ],
    [
      'a decline unheard of',
      402,
      { type: 'card_error', code: 'card_declined', decline_code: 'new_one' },
      { kind: 'declined', reason: 'card_declined', providerCode: 'new_one' },
    ],
    [
      'failed authentication',
      402,
      { type: 'card_error', code: 'payment_intent_authentication_failure' },
      { kind: 'declined', reason: 'authentication_failed' },
    ],
    [
      'a missing parameter',
      400,
      { type: 'invalid_request_error', code: 'parameter_missing' },
      { kind: 'rejected', reason: 'bad_request' },
    ],
    [
      'too small',
      400,
      { type: 'invalid_request_error', code: 'amount_too_small' },
      { kind: 'rejected', reason: 'amount' },
    ],
    [
      'over-refund, which has no code',
      400,
      { type: 'invalid_request_error', param: 'amount' },
      { kind: 'rejected', reason: 'amount', providerCode: null },
    ],
    [
      'an unknown currency, which has no code',
      400,
      { type: 'invalid_request_error', param: 'currency' },
      { kind: 'rejected', reason: 'currency' },
    ],
    [
      'no such object',
      404,
      { type: 'invalid_request_error', code: 'resource_missing' },
      { kind: 'rejected', reason: 'not_found' },
    ],
    [
      'a wrong state',
      400,
      { type: 'invalid_request_error', code: 'payment_intent_unexpected_state' },
      { kind: 'rejected', reason: 'invalid_state' },
    ],
    [
      'a key of other parameters',
      400,
      { type: 'idempotency_error' },
      { kind: 'rejected', reason: 'bad_request' },
    ],
  ])('%s', (_name, status, error, expected) => {
    expect(readRefusal(first, body(error), status)).toMatchObject(expected)
  })

  test.each([
    [
      'a running request with the same key',
      409,
      { type: 'invalid_request_error', code: 'idempotency_key_in_use' },
    ],
    ['a locked object', 400, { type: 'invalid_request_error', code: 'lock_timeout' }],
    ['a failed dependency', 424, { type: 'invalid_request_error' }],
    ['an error of Stripe', 400, { type: 'api_error' }],
    ['a body without an error', 400, null],
  ])('%s is not believed to be a refusal', (_name, status, error) => {
    expect(readRefusal(first, error === null ? {} : body(error), status)).toBeUndefined()
  })

  test('a key of other parameters proves nothing about an earlier send', () => {
    expect(readRefusal(later, body({ type: 'idempotency_error' }), 400)).toBeUndefined()
  })

  test('messages lose the secret key and stay short', () => {
    const message = `Key sk_test_verysecret1 is bad ${'x'.repeat(1000)}`
    const refusal = readRefusal(first, body({ type: 'invalid_request_error', message }), 400)
    expect(refusal?.message).not.toContain('verysecret1')
    expect(refusal?.message.length).toBeLessThanOrEqual(300)
  })
})

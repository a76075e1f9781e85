import { describe, expect, test } from 'vitest'
import { issueOf, readIssue, refusalOf, verdictOf } from './errors.ts'
import { readReference, referencePresent } from './reference.fixture.ts'
import { answer, issue } from './scripted.fixture.ts'

/** Every operation of PayPal the adapter calls and that documents issues. */
const USED = [
  'POST /v2/checkout/orders',
  'GET /v2/checkout/orders/{id}',
  'POST /v2/checkout/orders/{id}/authorize',
  'POST /v2/checkout/orders/{id}/capture',
  'GET /v2/payments/authorizations/{authorization_id}',
  'POST /v2/payments/authorizations/{authorization_id}/capture',
  'POST /v2/payments/authorizations/{authorization_id}/void',
  'GET /v2/payments/captures/{capture_id}',
  'POST /v2/payments/captures/{capture_id}/refund',
  'GET /v2/payments/refunds/{refund_id}',
  'POST /v1/catalogs/products',
  'GET /v1/catalogs/products/{product_id}',
  'POST /v1/billing/plans',
  'POST /v1/billing/subscriptions',
  'GET /v1/billing/subscriptions/{id}',
  'POST /v1/billing/subscriptions/{id}/revise',
  'POST /v1/billing/subscriptions/{id}/suspend',
  'POST /v1/billing/subscriptions/{id}/activate',
  'POST /v1/billing/subscriptions/{id}/cancel',
  'GET /v1/billing/subscriptions/{id}/transactions',
]

describe('PayPal issues', () => {
  test.skipIf(!referencePresent)('every documented issue of the operations in use has a verdict', () => {
    const catalogue = readReference<Record<string, Record<string, Record<string, string>>>>(
      'specs/paypal.issue-codes.json',
    )
    const codes = USED.flatMap((operation) => Object.values(catalogue[operation] ?? {}).flatMap(Object.keys))
    expect(codes.length).toBeGreaterThan(200)
    expect(codes.filter((code) => verdictOf(code) === undefined)).toEqual([])
  })

  test.each([
    ['INSTRUMENT_DECLINED', { kind: 'repeatable', reason: 'card_declined' }],
    ['ORDER_NOT_APPROVED', { kind: 'repeatable', reason: null }],
    ['PAYER_ACTION_REQUIRED', { kind: 'repeatable', reason: 'authentication_failed' }],
    ['ORDER_ALREADY_CAPTURED', { kind: 'look', reason: 'invalid_state' }],
    ['PREVIOUSLY_VOIDED', { kind: 'look', reason: 'invalid_state' }],
    ['CAPTURE_FULLY_REFUNDED', { kind: 'look', reason: 'amount' }],
    ['SUBSCRIPTION_STATUS_INVALID', { kind: 'look', reason: 'invalid_state' }],
    ['PLAN_PRODUCT_NOT_COMPATIBLE', { kind: 'rejected', reason: 'bad_request' }],
    ['DUPLICATE_INVOICE_ID', { kind: 'look', reason: 'bad_request' }],
    ['PREVIOUS_REQUEST_IN_PROGRESS', { kind: 'running' }],
    ['ORDER_COMPLETION_IN_PROGRESS', { kind: 'running' }],
    ['TRANSACTION_REFUSED', { kind: 'declined', reason: 'card_declined' }],
    ['PAYEE_ACCOUNT_RESTRICTED', { kind: 'rejected', reason: 'account_problem' }],
    ['DECIMALS_NOT_SUPPORTED', { kind: 'rejected', reason: 'amount' }],
    ['INVALID_RESOURCE_ID', { kind: 'rejected', reason: 'not_found' }],
  ])('%s means %o', (code, verdict) => {
    expect(verdictOf(code)).toEqual(verdict)
  })

  test('a request still running is no refusal', () => {
    const found = issueOf(issue(409, 'PREVIOUS_REQUEST_IN_PROGRESS', 'RESOURCE_CONFLICT'))
    expect(found && refusalOf(found)).toBeUndefined()
  })

  test('the first listed issue counts among several, and the name where there are none', () => {
    const both = { name: 'UNPROCESSABLE_ENTITY', details: [{ issue: 'NEW_ONE' }, { issue: 'CARD_EXPIRED' }] }
    expect(readIssue(both)?.code).toBe('CARD_EXPIRED')
    expect(readIssue({ name: 'RESOURCE_NOT_FOUND', message: 'gone' })?.code).toBe('RESOURCE_NOT_FOUND')
  })

  test.each([
    ['an unlisted code', issue(422, 'BRAND_NEW_ISSUE')],
    ['a 5xx that names a listed code', issue(503, 'TRANSACTION_REFUSED')],
    ['HTML', answer(422, '<html>Bad gateway</html>')],
    ['a JSON list', answer(422, [])],
    ['prototype names', issue(422, 'constructor')],
  ])('believes nothing of %s', (_what, result) => {
    expect(issueOf(result)).toBeUndefined()
  })
})

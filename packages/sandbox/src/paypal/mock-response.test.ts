import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ISSUES, type IssueOperation } from './issues.ts'
import { issuesOf, openMerchant } from './test-merchant.ts'
import { reference, referencePresent } from './test-spec.ts'

const CALLS: Record<IssueOperation, [method: string, path: string]> = {
  'orders.create': ['POST', '/v2/checkout/orders'],
  'orders.get': ['GET', '/v2/checkout/orders/{id}'],
  'orders.patch': ['PATCH', '/v2/checkout/orders/{id}'],
  'orders.confirm': ['POST', '/v2/checkout/orders/{id}/confirm-payment-source'],
  'orders.authorize': ['POST', '/v2/checkout/orders/{id}/authorize'],
  'orders.capture': ['POST', '/v2/checkout/orders/{id}/capture'],
  'authorizations.get': ['GET', '/v2/payments/authorizations/{authorization_id}'],
  'authorizations.capture': ['POST', '/v2/payments/authorizations/{authorization_id}/capture'],
  'authorizations.reauthorize': ['POST', '/v2/payments/authorizations/{authorization_id}/reauthorize'],
  'authorizations.void': ['POST', '/v2/payments/authorizations/{authorization_id}/void'],
  'captures.get': ['GET', '/v2/payments/captures/{capture_id}'],
  'captures.refund': ['POST', '/v2/payments/captures/{capture_id}/refund'],
  'refunds.get': ['GET', '/v2/payments/refunds/{refund_id}'],
}

// Keys of the table are its type; Object.keys widens them to string.
const OPERATIONS = Object.keys(ISSUES) as IssueOperation[]

describe('PayPal-Mock-Response', () => {
  test.each(OPERATIONS)('%s answers every issue it documents with its status', async (operation) => {
    const merchant = await openMerchant()
    const [method, path] = CALLS[operation]
    for (const [status, issues] of Object.entries(ISSUES[operation])) {
      for (const issue of issues) {
        const mock = JSON.stringify({ mock_application_codes: issue })
        const reply = await merchant.call(method, path.replace(/\{[^}]+\}/, 'ANY'), undefined, {
          'paypal-mock-response': mock,
        })
        expect([issue, reply.status, issuesOf(reply)]).toEqual([issue, Number(status), [issue]])
      }
    }
  })

  test('unknown codes and broken headers are ignored', async () => {
    const merchant = await openMerchant()
    for (const mock of ['{"mock_application_codes":"NO_SUCH_CODE"}', 'INSTRUMENT_DECLINED', '[]']) {
      const reply = await merchant.call('GET', '/v2/payments/refunds/NONE', undefined, {
        'paypal-mock-response': mock,
      })
      expect(reply.status).toBe(404)
    }
  })
})

test.skipIf(!referencePresent)('the issue table equals the one of the published specs', () => {
  const file: Record<string, Record<string, Record<string, string>>> = JSON.parse(
    readFileSync(reference('specs/paypal.issue-codes.json'), 'utf8'),
  )
  for (const operation of OPERATIONS) {
    const theirs = Object.entries(file[CALLS[operation].join(' ')] ?? {})
    const sorted = theirs.map(([status, issues]) => [status, Object.keys(issues).sort()])
    expect([operation, Object.fromEntries(sorted)]).toEqual([operation, ISSUES[operation]])
  }
})

/** A provider that is down or talks nonsense: said so, believed in nothing, nothing lost, never a 500. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expectProblem } from './problem.ts'
import { createStack, type Intercept, type Merchant, PAYMENT_SERVICES, type Stack } from './stack.ts'

let stack: Stack
let merchant: Merchant
beforeAll(async () => {
  stack = await createStack()
  merchant = await stack.merchant()
})
beforeEach(() => {
  stack.intercept = null
})
afterAll(() => stack.close())

const CURRENCY = { stripe: 'USD', paypal: 'USD', razorpay: 'INR' } as const
const payments = (body: unknown) => merchant.call('POST', '/v1/payments', body)

const replace =
  (from: RegExp, to: string): Intercept =>
  async (_, next) => {
    const answer = await next()
    const text = (await answer.text()).replaceAll(from, to)
    return new Response(text, { status: answer.status, headers: { 'content-type': 'application/json' } })
  }
const answerWith =
  (status: number, text: string, type = 'application/json'): Intercept =>
  async (wire, next) => {
    // Tokens are another matter: what is broken here is the answer about money.
    if (wire.path.includes('oauth2')) return next()
    await next()
    return new Response(text, { status, headers: { 'content-type': type } })
  }

describe.each(PAYMENT_SERVICES)('when %s is down or talks nonsense', (provider) => {
  const own = { amount: '500.00', currency: CURRENCY[provider], provider }

  test('refused connections are a 503 that says nothing happened, and nothing did', async () => {
    stack.intercept = () => Promise.reject({ sent: false })
    const before = stack.sandbox.book(provider).length
    const answer = await payments(own)
    expectProblem(answer, 503, 'provider_unavailable')
    expect(answer.json()).toMatchObject({ provider, retryable: true })
    expect(stack.sandbox.book(provider)).toHaveLength(before)
  })

  test.each<[string, Intercept]>([
    ['HTML', answerWith(200, '<html><body>OK</body></html>', 'text/html')],
    ['an HTML gateway error', answerWith(502, '<html>Bad Gateway</html>', 'text/html')],
    ['half a document', answerWith(200, '{"id":"x","amo')],
    ['an empty answer', answerWith(200, '')],
    ['an empty object', answerWith(200, '{}')],
    ['null', answerWith(200, 'null')],
    ['a list', answerWith(200, '[]')],
    ['a number', answerWith(200, '7')],
    ['NUL bytes', answerWith(200, '\0\0\0')],
    ['two megabytes', answerWith(200, `"${'x'.repeat(2_000_000)}"`)],
    ['a redirect', answerWith(302, '', 'text/html')],
    ['a status nobody knows', answerWith(418, '{"error":{"message":"teapot"}}')],
    ['another amount', replace(/50000|500\.00/g, provider === 'paypal' ? '500.01' : '50001')],
    ['another currency', replace(/"(usd|USD|INR)"/g, provider === 'stripe' ? '"eur"' : '"EUR"')],
    [
      'an amount that is no integer',
      replace(/:\s*50000|"500\.00"/g, provider === 'paypal' ? '"5e2"' : ':500.5'),
    ],
  ])('%s: no 500, no false success, no second order', async (_, intercept) => {
    const key = `nonsense-${provider}-${stack.sandbox.book(provider).length}`
    stack.intercept = intercept
    const answer = await payments({ ...own, idempotency_key: key })
    expect([201, 202, 402, 502, 503], answer.body).toContain(answer.statusCode)
    if (answer.statusCode >= 400) expectProblem(answer, answer.statusCode, answer.json().code)
    else {
      // What is not known is said to be so: never paid, and no page to pay on with the wrong amount.
      expect(['processing', 'requires_action']).toContain(answer.json().status)
      expect(answer.json()).toMatchObject({ amount: '500.00', amount_captured: '0.00' })
    }
    stack.intercept = null
    const book = stack.sandbox.book(provider).length
    const again = await payments({ ...own, idempotency_key: key })
    expect(again.statusCode).toBeLessThan(600)
    expect(again.statusCode).not.toBe(500)
    expect(stack.sandbox.book(provider).length - book).toBeLessThanOrEqual(1)
    const { rows } = await stack.api.deps.db.engine.query(
      'SELECT count(*)::int AS n FROM idempotency WHERE account_id = $1 AND key = $2',
      [merchant.accountId, key],
    )
    expect(rows[0]?.n).toBe(1)
  })

  test('an answer about another object changes nothing', async () => {
    const mine = (await payments(own)).json()
    const other = (await payments(own)).json()
    merchant.pay(other)
    // Asked about mine, the provider tells of the other, which was paid.
    stack.intercept = async (wire, next) => {
      if (!wire.path.includes(mine.provider_order_id)) return next()
      const path = wire.path.replaceAll(mine.provider_order_id, other.provider_order_id)
      const headers = { authorization: wire.authorization ?? '' }
      return stack.sandbox.fetch(provider)(new Request(wire.origin + path, { method: wire.method, headers }))
    }
    const synced = (await merchant.call('POST', `/v1/payments/${mine.id}/sync`)).json()
    expect(synced).toMatchObject({ status: 'requires_action', amount_captured: '0.00' })
  })
})

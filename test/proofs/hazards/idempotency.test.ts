/** What makes two HTTP requests the same: account, environment, operation, path and body, and nothing else. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createStack, type Merchant, type Stack } from '../stack.ts'

let stack: Stack
let merchant: Merchant
beforeAll(async () => {
  stack = await createStack()
  merchant = await stack.merchant({ services: ['stripe'] })
})
afterAll(() => stack.close())

const body = {
  amount: '10.50',
  currency: 'USD',
  provider: 'stripe',
  receipt: 'R-1',
  metadata: { a: '1', b: '2' },
}

const send = (key: string, url: string, content: unknown, as = merchant.key) =>
  stack.api.app.inject({
    method: 'POST',
    url,
    headers: { authorization: `Bearer ${as}`, 'content-type': 'application/json', 'idempotency-key': key },
    payload: JSON.stringify(content),
  })

test('H5: one key with any other body is refused, and nothing is made', async () => {
  const first = await send('h5', '/v1/payments', body)
  expect(first.statusCode, first.body).toBe(201)
  const orders = stack.sandbox.book('stripe').length
  const other = fc.oneof(
    fc.integer({ min: 1, max: 99_999 }).map((minor) => ({ amount_minor: minor, amount: undefined })),
    fc.constantFrom('EUR', 'GBP', 'JPY').map((currency) => ({ currency, amount: '11' })),
    fc.constantFrom('R-2', 'r-1', 'R-1 ').map((receipt) => ({ receipt })),
    fc
      .constantFrom({}, { a: '1' }, { a: '2', b: '1' }, { a: '1', b: '2', c: '3' })
      .map((metadata) => ({ metadata })),
    fc.constant({ capture: 'manual' }),
  )
  await fc.assert(
    fc.asyncProperty(other, async (change) => {
      const answer = await send('h5', '/v1/payments', { ...body, ...change })
      expect([answer.statusCode, answer.json().code]).toEqual([422, 'idempotency_key_reused'])
    }),
    { numRuns: 40 },
  )
  expect(stack.sandbox.book('stripe').length).toBe(orders)
})

test('H5: the order of its members and its spacing do not make a body another', async () => {
  const first = await send('h5-order', '/v1/payments', body)
  const { metadata, ...rest } = body
  const turned = { metadata: { b: metadata.b, a: metadata.a }, ...rest }
  const again = await send('h5-order', '/v1/payments', turned)
  expect(again.body).toBe(first.body)
})

test('H6: one key on another route, or on another object, is refused', async () => {
  const payments = [await send('h6-one', '/v1/payments', body), await send('h6-two', '/v1/payments', body)]
  const [one, two] = payments.map((answer) => answer.json().id)
  const first = await send('h6', `/v1/payments/${one}/cancel`, {})
  expect(first.statusCode, first.body).toBe(200)
  for (const [url, content] of [
    [`/v1/payments/${two}/cancel`, {}],
    [`/v1/payments/${one}/capture`, {}],
    ['/v1/payments', body],
  ] as const) {
    const answer = await send('h6', url, content)
    expect([url, answer.statusCode, answer.json().code]).toEqual([url, 422, 'idempotency_key_reused'])
  }
  expect((await merchant.call('GET', `/v1/payments/${two}`)).json().status).toBe('requires_action')
})

test('H6: another API key of the account gets the same answer; another account gets a request of its own', async () => {
  const first = await send('h6-keys', '/v1/payments', body)
  const colleague = await stack.api.newKey({ accountId: merchant.accountId })
  const same = await send('h6-keys', '/v1/payments', body, colleague.plain)
  expect([same.body, same.headers['idempotent-replayed']]).toEqual([first.body, 'true'])
  const stranger = await stack.merchant({ services: ['stripe'] })
  const own = await send('h6-keys', '/v1/payments', body, stranger.key)
  expect(own.statusCode).toBe(201)
  expect(own.json().id).not.toBe(first.json().id)
})

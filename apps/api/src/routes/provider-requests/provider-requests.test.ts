import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStack, type Merchant, type Stack } from '../../../../../test/proofs/stack.ts'
import { ALL_SCOPES } from '../../testing/open-app.ts'

let stack: Stack
let merchant: Merchant
beforeAll(async () => {
  stack = await createStack()
  merchant = await stack.merchant({ scopes: ALL_SCOPES })
})
afterAll(() => stack.close())

const ask = (provider: string, body: object, as: Merchant = merchant) =>
  as.call('POST', `/v1/providers/${provider}/requests`, body)

describe('a call of your own to a provider', () => {
  test.each([
    ['stripe', '/v1/customers'],
    ['razorpay', '/v1/payments'],
    ['paypal', '/v1/notifications/webhooks'],
  ])('reads %s with the credentials of the account: %s', async (provider, path) => {
    const answer = await ask(provider, { method: 'GET', path })
    expect(answer.statusCode, answer.body).toBe(200)
    expect(answer.json()).toMatchObject({ provider, environment: 'test', status: 200, truncated: false })
    expect(typeof answer.json().body).toBe('object')
    expect(stack.wire.at(-1)).toMatchObject({ provider, method: 'GET', path })
  })

  test('writes what moves no money, once under one key', async () => {
    const body = { method: 'POST', path: '/v1/customers', body: { name: 'Asha', metadata: { shop: '7' } } }
    const twice = [
      await ask('stripe', { ...body, idempotency_key: 'customer-7' }),
      await ask('stripe', { ...body, idempotency_key: 'customer-7' }),
    ].map((answer) => answer.json().body)
    expect(twice[0]).toMatchObject({ object: 'customer', name: 'Asha', metadata: { shop: '7' } })
    expect(twice[1].id).toBe(twice[0].id)
    expect(stack.wire.at(-1)?.body).toBe('name=Asha&metadata[shop]=7')
  })

  test("the provider's own refusal is passed on as it is", async () => {
    const answer = await ask('stripe', { method: 'GET', path: '/v1/customers/cus_nobody' })
    expect(answer.json()).toMatchObject({ status: 404, body: { error: { type: 'invalid_request_error' } } })
  })

  test.each([
    ['stripe', 'POST', '/v1/payment_intents'],
    ['stripe', 'POST', '/v1/charges'],
    ['stripe', 'POST', '/v1/refunds'],
    ['stripe', 'POST', '/v1/checkout/sessions'],
    ['stripe', 'POST', '/v1/customers/cus_1/balance_transactions'],
    ['stripe', 'POST', '/v1/payouts'],
    ['razorpay', 'POST', '/v1/payments/pay_1/capture'],
    ['paypal', 'POST', '/v2/checkout/orders/1/capture'],
    ['paypal', 'POST', '/v1/customer/disputes/PP-1/accept-claim'],
    ['twilio', 'POST', '/2010-04-01/Accounts/AC1/Messages.json'],
    ['stripe', 'GET', 'https://evil.example/v1/customers'],
    ['stripe', 'GET', '//evil.example/v1/customers'],
    ['stripe', 'GET', '/v1/customers/../refunds'],
    ['stripe', 'GET', '/v1/customers/%2e%2e/refunds'],
    ['stripe', 'GET', '/v1/customers%2f..%2frefunds'],
    ['stripe', 'GET', '/v1/customers?expand=all'],
    ['stripe', 'GET', '/v1/customers#x'],
    ['stripe', 'GET', '/v1/customers\\..\\refunds'],
    ['stripe', 'GET', '/v1/customers\r\nhost: evil'],
    ['stripe', 'GET', '@evil.example/v1/customers'],
    ['stripe', 'GET', '/v1/customers/'],
    ['stripe', 'GET', '/v1/webhook_endpoints'],
    ['stripe', 'GET', '/v2/customers'],
  ])('%s %s %j is not passed on', async (provider, method, path) => {
    const before = stack.wire.length
    const answer = await ask(provider, { method, path })
    expect(answer.json()).toMatchObject({ status: 422, code: 'capability_unsupported' })
    expect(stack.wire.length).toBe(before)
  })

  test('needs a scope of its own, which no key has by default', async () => {
    const ordinary = await stack.merchant()
    const answer = await ask('stripe', { method: 'GET', path: '/v1/balance' }, ordinary)
    expect(answer.json()).toMatchObject({ code: 'insufficient_scope', required_scope: 'providers:write' })
  })

  test('never reaches live with a test key, nor a provider without credentials', async () => {
    const call = { method: 'GET', path: '/v1/customers' }
    expect((await ask('stripe', { ...call, environment: 'live' })).json().code).toBe(
      'environment_not_allowed',
    )
    const bare = await stack.merchant({ services: ['paypal'], scopes: ALL_SCOPES })
    expect((await ask('stripe', call, bare)).json().code).toBe('provider_not_configured')
    expect((await ask('nobody', call)).json().code).toBe('not_found')
  })
})

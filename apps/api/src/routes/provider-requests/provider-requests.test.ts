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

describe('the idempotency key of a call of your own', () => {
  const write = (key: string, name = 'Asha') => ({
    method: 'POST',
    path: '/v1/customers',
    body: { name },
    idempotency_key: key,
  })

  test('answers a repetition byte for byte, without asking the provider again, and says so', async () => {
    const first = await ask('stripe', write('again-1'))
    const before = stack.wire.length
    const again = await ask('stripe', write('again-1'))
    expect(again.body).toBe(first.body)
    expect(again.headers).toMatchObject({
      'idempotent-replayed': 'true',
      'original-request-id': first.headers['request-id'],
    })
    expect(stack.wire.length).toBe(before)
    expect((await ask('stripe', write('again-1', 'Ravi'))).json()).toMatchObject({
      status: 422,
      code: 'idempotency_key_reused',
    })
  })

  test('of two at once one asks, and both get its answer', async () => {
    const before = stack.wire.length
    const both = await Promise.all([ask('stripe', write('at-once')), ask('stripe', write('at-once'))])
    expect(both[0]?.body).toBe(both[1]?.body)
    expect(stack.wire.length).toBe(before + 1)
  })

  test('an answer that was lost is answered as unknown, and the call is not made again', async () => {
    stack.sandbox.faults.add({ provider: 'stripe', fault: 'lost_answer', count: 1, match: '/v1/customers' })
    const first = await ask('stripe', write('lost-1'))
    expect(first.statusCode).toBe(202)
    expect(first.json()).toMatchObject({ object: 'provider_response', status: null, body: null })
    const before = stack.wire.length
    const again = await ask('stripe', write('lost-1'))
    expect([again.statusCode, again.body]).toEqual([202, first.body])
    expect(stack.wire.length).toBe(before)
  })

  test('a read that got no answer changed nothing: 503, and the key may be used again', async () => {
    stack.sandbox.faults.add({ provider: 'stripe', fault: 'lost_answer', count: 1, match: '/v1/products' })
    const read = { method: 'GET', path: '/v1/products', idempotency_key: 'read-1' }
    expect((await ask('stripe', read)).json()).toMatchObject({ status: 503, code: 'provider_unavailable' })
    expect((await ask('stripe', read)).statusCode).toBe(200)
  })

  test('a process that died during the call leaves an unknown outcome, once nobody can be at work on it', async () => {
    const first = await ask('stripe', write('died-1'))
    const rewind = (age: string) =>
      stack.engine.db.query({
        text: `update idempotency set status = null, body = null, created_at = now() - $1::interval
          where key = 'died-1'`,
        values: [age],
      })
    await rewind('1 second')
    expect((await ask('stripe', write('died-1'))).json()).toMatchObject({
      status: 409,
      code: 'idempotency_request_in_progress',
    })
    await rewind('1 hour')
    const before = stack.wire.length
    const again = await ask('stripe', write('died-1'))
    expect([again.statusCode, again.json().status]).toEqual([202, null])
    expect(again.body).not.toBe(first.body)
    expect(stack.wire.length).toBe(before)
  })
})

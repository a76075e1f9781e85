/** Saved payment methods through the whole stack: by consent, for one customer, charged once, and gone when deleted. */
import { parseId } from '@onerouter/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ALL_SCOPES } from '../../apps/api/src/testing/open-app.ts'
import { createStack, type Merchant, type PaymentService, type Stack } from './stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await createStack()
})
beforeEach(() => stack.sandbox.faults.clear())
afterAll(() => stack.close())

const PROVIDERS: readonly PaymentService[] = ['stripe', 'paypal']

interface Body {
  readonly id: string
  readonly status: string
  readonly code?: string
  readonly [name: string]: unknown
}

async function post(merchant: Merchant, url: string, body: object = {}, key?: string) {
  const answer = await stack.api.app.inject({
    method: 'POST',
    url,
    headers: {
      authorization: `Bearer ${merchant.key}`,
      'content-type': 'application/json',
      ...(key !== undefined && { 'idempotency-key': key }),
    },
    payload: JSON.stringify(body),
  })
  return { status: answer.statusCode, body: answer.json() as Body }
}

const open = (provider: PaymentService) => stack.merchant({ services: [provider], scopes: ALL_SCOPES })

const order = { amount: '500.00', currency: 'USD' }

async function customerOf(merchant: Merchant): Promise<Body> {
  return (await post(merchant, '/v1/customers', { name: 'Asha Rao', email: 'asha@example.com' })).body
}

/** A customer whose payer has agreed, and has paid. */
async function keep(merchant: Merchant, provider: PaymentService, customer?: Body) {
  const owner = customer ?? (await customerOf(merchant))
  const asked = { ...order, provider, customer: owner.id, save_payment_method: true }
  const made = await post(merchant, '/v1/payments', asked)
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  expect(await listed(merchant, owner)).toEqual(customer === undefined ? [] : expect.anything())
  const { provider_order_id: orderRef } = made.body
  merchant.pay({ provider, provider_order_id: String(orderRef) })
  await stack.settle()
  const [method] = await listed(merchant, owner)
  return { customer: owner, payment: made.body, method: method ?? expect.fail('nothing was kept') }
}

const listed = async (merchant: Merchant, { id }: Body): Promise<Body[]> =>
  (await merchant.call('GET', `/v1/saved-payment-methods?customer=${id}`)).json().data

const charge = (merchant: Merchant, method: Body, more: object = {}, key?: string) =>
  post(
    merchant,
    '/v1/payments',
    { amount: '20.00', currency: 'USD', payment_method: method.id, off_session: true, ...more },
    key,
  )

/** Everything due becomes due, as often as it takes. */
async function later(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    for (const table of ['operation', 'saved_payment_method']) {
      await stack.api.deps.db.engine.query(
        `update ${table} set due_at = clock_timestamp() where due_at is not null`,
      )
    }
    await stack.settle()
  }
}

/** What the merchant's payers have paid beside the payment that kept the method, at the provider's own books. */
function taken(provider: PaymentService, kept: Body): bigint {
  const book = stack.sandbox.book(provider)
  const own = book.find(({ orderRef }) => orderRef === kept.provider_order_id)
  return book
    .filter((entry) => entry.accountId === own?.accountId && entry !== own)
    .reduce((sum, { captured }) => sum + captured, 0n)
}

describe.each(PROVIDERS)('%s', (provider) => {
  test('a method is kept by consent, named, charged without its payer and deleted', async () => {
    const merchant = await open(provider)
    const { customer, payment, method } = await keep(merchant, provider)
    expect(method).toMatchObject({
      object: 'saved_payment_method',
      customer_id: customer.id,
      payment_id: payment.id,
      provider,
      environment: 'test',
      nickname: null,
    })
    const named = await merchant.call('PATCH', `/v1/saved-payment-methods/${method.id}`, { nickname: 'Mine' })
    expect(named.json()).toMatchObject({ nickname: 'Mine', consented_at: method.consented_at })
    const charged = await charge(merchant, method, { description: 'October' })
    expect(charged.status, JSON.stringify(charged.body)).toBe(201)
    expect(charged.body).toMatchObject({
      status: 'succeeded',
      amount_captured: '20.00',
      provider,
      checkout_url: null,
      customer: { id: customer.id },
    })
    const why = (await merchant.call('GET', `/v1/payments/${charged.body.id}/routing`)).json()
    expect(why.reason).toContain('saved payment method')
    const refunded = await post(merchant, '/v1/refunds', { payment_id: charged.body.id })
    expect(refunded.status, JSON.stringify(refunded.body)).toBe(201)
    const deleted = await merchant.call('DELETE', `/v1/saved-payment-methods/${method.id}`)
    expect(deleted.json()).toEqual({ id: method.id, object: 'saved_payment_method', deleted: true })
    expect(await listed(merchant, customer)).toEqual([])
    expect((await merchant.call('GET', `/v1/saved-payment-methods/${method.id}`)).statusCode).toBe(404)
    const refused = await charge(merchant, method)
    expect([refused.status, refused.body.code]).toEqual([409, 'invalid_state'])
  })

  test.each(['lost_answer', 'error_after', 'lost_request', 'error_before'] as const)(
    'a charge that ends in %s takes the money once, and its key answers the same for ever',
    async (fault) => {
      const merchant = await open(provider)
      const { method, payment } = await keep(merchant, provider)
      stack.sandbox.faults.add({ provider, fault, count: 1, match: 'POST /v' })
      const first = await charge(merchant, method, {}, 'the-key')
      expect([201, 202, 503], JSON.stringify(first.body)).toContain(first.status)
      await later()
      const again = await charge(merchant, method, {}, 'the-key')
      expect(again.status, JSON.stringify(again.body)).toBe(201)
      expect(again.body).toMatchObject({ status: 'succeeded', amount_captured: '20.00' })
      expect((await charge(merchant, method, {}, 'the-key')).body.id).toBe(again.body.id)
      expect(taken(provider, payment)).toBe(2_000n)
    },
  )

  test('a method that is deleted while its charge is in the dark settles first, then goes', async () => {
    const merchant = await open(provider)
    const { method, payment } = await keep(merchant, provider)
    stack.sandbox.faults.add({ provider, fault: 'lost_answer', count: 1, match: 'POST /v' })
    expect((await charge(merchant, method, {}, 'the-key')).status).toBe(202)
    await merchant.call('DELETE', `/v1/saved-payment-methods/${method.id}`)
    expect((await charge(merchant, method)).body.code).toBe('invalid_state')
    await later()
    expect((await charge(merchant, method, {}, 'the-key')).body).toMatchObject({ status: 'succeeded' })
    expect(taken(provider, payment)).toBe(2_000n)
    await later()
    expect(await stateOf(method)).toMatchObject({ state: 'deleted', sealed: null, last4: null })
  })

  test('the token is in no column, no event and no answer as plain text', async () => {
    const merchant = await open(provider)
    const { method } = await keep(merchant, provider)
    const { sealed, key_id: _key, digest: _digest, ...plain } = await stateOf(method)
    expect(sealed).toBeInstanceOf(Buffer)
    expect(JSON.stringify(plain)).not.toMatch(/"pm_[A-Za-z0-9]{14,}/)
    expect(JSON.stringify(plain)).not.toMatch(/[0-9]{13,19}"/)
  })

  test('kept twice it is one, and a deleted customer takes it along', async () => {
    const merchant = await open(provider)
    const { customer } = await keep(merchant, provider)
    await keep(merchant, provider, customer)
    const all = await listed(merchant, customer)
    expect((await merchant.call('DELETE', `/v1/customers/${customer.id}`)).statusCode).toBe(200)
    await later()
    for (const method of all) expect(await stateOf(method)).toMatchObject({ state: 'deleted', sealed: null })
    expect((await charge(merchant, all[0] as Body)).body.code).toBe('invalid_state')
  })
})

async function stateOf({ id }: Body): Promise<Record<string, unknown>> {
  const { rows } = await stack.api.deps.db.engine.query('select * from saved_payment_method where id = $1', [
    parseId('saved_payment_method', id),
  ])
  return rows[0] as Record<string, unknown>
}

test('what the bank wants its payer to confirm is declined with what to do', async () => {
  const merchant = await open('stripe')
  const { method } = await keep(merchant, 'stripe')
  stack.intercept = async (wire, next) =>
    wire.path === '/v1/payment_intents' && wire.method === 'POST'
      ? Response.json(
          {
            error: {
              type: 'card_error',
              code: 'authentication_required',
              decline_code: 'authentication_required',
              message: 'Your card was declined. This transaction requires authentication.',
            },
          },
          { status: 402 },
        )
      : await next()
  const declined = await charge(merchant, method)
  stack.intercept = null
  expect(declined.body).toMatchObject({
    status: 402,
    code: 'payment_declined',
    decline_reason: 'authentication_required',
    detail: expect.stringContaining('checkout_url'),
    payment: { status: 'failed' },
  })
})

test('a method is its account’s, its customer’s and its environment’s alone', async () => {
  const merchant = await open('stripe')
  const { method } = await keep(merchant, 'stripe')
  const stranger = await open('stripe')
  expect((await charge(stranger, method)).status).toBe(404)
  for (const verb of ['GET', 'DELETE'] as const) {
    const answer = await stranger.call(verb, `/v1/saved-payment-methods/${method.id}`)
    expect(answer.statusCode).toBe(404)
  }
  const other = await customerOf(merchant)
  expect((await charge(merchant, method, { customer: other.id })).status).toBe(404)
  const live = await stack.merchant({ accountId: merchant.accountId, services: [], environment: 'live' })
  expect((await charge(live, method, { environment: 'live' })).status).toBe(404)
  expect((await charge(merchant, method, { provider: 'paypal' })).body.code).toBe('invalid_request')
})

test.each([
  [{ off_session: false }, '/off_session'],
  [{ method: 'card' }, '/method'],
  [{ save_payment_method: true }, '/save_payment_method'],
])('a charge with %j says what is wrong', async (more, pointer) => {
  const merchant = await open('stripe')
  const method = { id: 'pm_00000000000000000000000000', status: '' }
  const refused = await charge(merchant, method, more)
  expect(refused.body).toMatchObject({ code: 'invalid_request', errors: [{ pointer }] })
})

test('keeping needs a customer by id, and a provider that keeps', async () => {
  const merchant = await stack.merchant({ services: ['razorpay'], scopes: ALL_SCOPES })
  const save = { ...order, currency: 'INR', save_payment_method: true }
  const nobody = await post(merchant, '/v1/payments', { ...save, customer: { email: 'a@example.com' } })
  expect(nobody.body).toMatchObject({ code: 'invalid_request', errors: [{ pointer: '/customer' }] })
  const customer = await customerOf(merchant)
  const named = await post(merchant, '/v1/payments', { ...save, customer: customer.id, provider: 'razorpay' })
  expect(named.body.code).toBe('capability_unsupported')
  const routed = await post(merchant, '/v1/payments', { ...save, customer: customer.id })
  expect(routed.body).toMatchObject({ code: 'provider_not_configured' })
  expect((await post(merchant, '/v1/payments', { ...order, off_session: true })).body.code).toBe(
    'invalid_request',
  )
})

test('a customer is deleted or a subscription begins with them: never both', async () => {
  const merchant = await open('stripe')
  const plan = (
    await post(merchant, '/v1/plans', { name: 'Pro', amount: '9.00', currency: 'USD', interval: 'month' })
  ).body
  for (let round = 0; round < 6; round++) {
    const customer = await customerOf(merchant)
    const [gone, begun] = await Promise.all([
      merchant.call('DELETE', `/v1/customers/${customer.id}`),
      post(merchant, '/v1/subscriptions', { plan_id: plan.id, customer: customer.id }),
    ])
    const both = gone.statusCode === 200 && begun.status === 201
    expect(both, `${gone.statusCode} ${begun.status} ${JSON.stringify(begun.body)}`).toBe(false)
    expect(gone.statusCode === 200 || begun.status === 201).toBe(true)
  }
})

/** The SDK against the real API in a process of its own, with the provider sandbox behind it. */
import {
  AuthenticationError,
  ConflictError,
  IdempotencyError,
  NotFoundError,
  OneRouter,
  type Payment,
  PermissionError,
  ValidationError,
} from 'onerouter'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { toWire } from '../../packages/sdk/src/case.ts'
import { type ApiProcess, createInstallation, type Installation } from '../harness/processes.ts'

let installation: Installation
let api: ApiProcess
let client: OneRouter
beforeAll(async () => {
  installation = await createInstallation()
  api = await installation.start()
  client = new OneRouter({ apiKey: api.apiKey, baseUrl: api.url })
}, 120_000)
afterAll(() => installation?.close())

const order = { amount: '500.00', currency: 'USD', provider: 'stripe' } as const

async function paid(params: Partial<Parameters<typeof client.payments.create>[0]> = {}): Promise<Payment> {
  const payment = await client.payments.create({ ...order, ...params } as typeof order) // one amount stays
  await client.simulations.payment(payment.id, 'succeed')
  return await client.payments.get(payment.id)
}

describe.each([
  ['stripe', 'USD'],
  ['paypal', 'USD'],
  ['razorpay', 'INR'],
] as const)('through %s', (provider, currency) => {
  test('create, pay, get, refund in part and in full', async () => {
    const created = await client.payments.create({
      amount: 500,
      currency,
      provider,
      metadata: { order_id: '1' },
    })
    expect(created).toMatchObject({ status: 'requires_action', amount: '500.00', amountMinor: 50_000 })
    expect(created.checkoutUrl).toMatch(/^http/)
    expect(created.metadata).toEqual({ order_id: '1' })
    const simulated = await client.simulations.payment(created.id, 'succeed')
    expect(simulated.payment?.amountCapturedMinor).toBe(50_000)
    const part = await client.payments.refund(created.id, { amount: '120.00', reason: 'damaged' })
    expect(part).toMatchObject({
      object: 'refund',
      amount: '120.00',
      paymentId: created.id,
      reason: 'damaged',
    })
    const rest = await client.refunds.create({ paymentId: created.id })
    expect(rest.amountMinor).toBe(38_000)
    const listed = await client.refunds.list({ paymentId: created.id })
    expect(listed.data.map(({ id }) => id)).toEqual([rest.id, part.id])
    expect(await client.refunds.get(part.id)).toMatchObject({ id: part.id })
    expect(await client.payments.retrieve(created.id)).toMatchObject({ status: 'succeeded' })
  })

  test('authorize, then capture or cancel', async () => {
    const authorized = await paid({ currency, provider, capture: 'manual' })
    expect(authorized.status).toBe('authorized')
    expect(await client.payments.capture(authorized.id)).toMatchObject({ status: 'succeeded' })
    const open = await client.payments.create({ ...order, currency, provider })
    expect(await client.payments.cancel(open.id)).toMatchObject({ status: 'canceled', checkoutUrl: null })
  })
})

test('what the SDK answers is what the wire says, respelled and nothing else', async () => {
  const payment = await paid({ metadata: { order_id: '7' }, customer: { email: 'a@example.com' } })
  const [event] = (await client.events.list({ limit: 1 })).data
  let wire: unknown
  const tapped = new OneRouter({
    apiKey: api.apiKey,
    baseUrl: api.url,
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      wire = await response.clone().json()
      return response
    },
  })
  for (const call of [
    () => tapped.payments.get(payment.id),
    () => tapped.payments.timeline(payment.id),
    () => tapped.payments.routing(payment.id),
    () => tapped.events.get(event?.id ?? ''),
    () => tapped.services.status('stripe'),
  ]) {
    expect(toWire(await call())).toEqual(wire)
  }
})

test('sync asks the provider; timeline and routing explain', async () => {
  const payment = await paid()
  expect(await client.payments.sync(payment.id)).toMatchObject({ id: payment.id, status: 'succeeded' })
  const { data } = await client.payments.timeline(payment.id)
  expect(data.map(({ kind }) => kind)).toContain('provider_call')
  expect(await client.payments.routing(payment.id)).toMatchObject({ paymentId: payment.id, chosen: 'stripe' })
})

test('lists: for await over several pages finds each payment once; filters reach the server', async () => {
  const receipt = 'sdk-list'
  const made: string[] = []
  for (let n = 0; n < 5; n++) made.push((await client.payments.create({ ...order, receipt })).id)
  const found: string[] = []
  for await (const { id } of client.payments.list({ receipt, limit: 2 })) found.push(id)
  expect(found).toEqual(made.toReversed())
  const future = new Date(Date.now() + 3_600_000)
  expect((await client.payments.list({ receipt, created: { gte: future } })).data).toEqual([])
  expect((await client.payments.list({ receipt, created: { lt: future }, limit: 1 })).hasMore).toBe(true)
})

test('an answer lost on the way: the retry finds the same payment, and says that it is a replay', async () => {
  const receipt = 'sdk-lost'
  let calls = 0
  const losing = new OneRouter({
    apiKey: api.apiKey,
    baseUrl: api.url,
    fetch: async (input, init) => {
      const response = await fetch(input, init)
      if (++calls > 1) return response
      throw new TypeError('the line went dead after the request arrived')
    },
  })
  const { data, replayed } = await losing.payments.create({ ...order, receipt }).withResponse()
  expect([calls, replayed]).toEqual([2, true])
  const { data: all } = await client.payments.list({ receipt })
  expect(all.map(({ id }) => id)).toEqual([data.id])
})

test('eight callers with one idempotency key make one payment', async () => {
  const options = { idempotencyKey: 'sdk-race', maxRetries: 5 }
  const made = await Promise.all(Array.from({ length: 8 }, () => client.payments.create(order, options)))
  expect(new Set(made.map(({ id }) => id)).size).toBe(1)
})

test('every answer carries request id and limits', async () => {
  const { requestId, headers } = await client.payments.list().withResponse()
  expect(requestId).toMatch(/^req_/)
  expect(headers.get('ratelimit')).toContain('minute')
})

describe('refusals', () => {
  const caught = (call: PromiseLike<unknown>): Promise<unknown> =>
    Promise.resolve(call).then(
      () => 'no error',
      (error: unknown) => error,
    )

  test('an inexact amount: ValidationError that points at the field', async () => {
    for (const amount of ['10.005', 10.005, 0.1 + 0.2, 1e21, '-1', '0']) {
      const error = await caught(client.payments.create({ ...order, amount }))
      expect(ValidationError.isInstance(error) && error.code, String(amount)).toBe('invalid_amount')
    }
  })

  test('an unknown field, however it is spelled: ValidationError with its pointer', async () => {
    const extra: object = { cardNumber: '4242' }
    const error = await caught(client.payments.create({ ...order, ...extra }))
    expect(ValidationError.isInstance(error) && error.errors[0]?.pointer).toBe('/card_number')
  })

  test("somebody else's or no payment: NotFoundError", async () => {
    expect(NotFoundError.isInstance(await caught(client.payments.get('pay_nothing')))).toBe(true)
  })

  test('a canceled payment cannot be captured: ConflictError', async () => {
    const { id } = await client.payments.create(order)
    await client.payments.cancel(id)
    const error = await caught(client.payments.capture(id))
    expect(ConflictError.isInstance(error) && error.code).toBe('invalid_state')
  })

  test('more than was captured: ValidationError, and nothing is refunded', async () => {
    const { id } = await paid()
    const error = await caught(client.payments.refund(id, { amountMinor: 50_001 }))
    expect(ValidationError.isInstance(error) && error.code).toBe('amount_exceeds_captured')
    expect((await client.payments.get(id)).amountRefundedMinor).toBe(0)
  })

  test('one idempotency key for two different payments: IdempotencyError', async () => {
    const options = { idempotencyKey: 'sdk-reused' }
    await client.payments.create(order, options)
    const error = await caught(client.payments.create({ ...order, amount: '501.00' }, options))
    expect(IdempotencyError.isInstance(error) && error.code).toBe('idempotency_key_reused')
  })

  test('a key of nobody: AuthenticationError', async () => {
    const wrong = api.apiKey.slice(0, -1) + (api.apiKey.endsWith('0') ? '1' : '0')
    const stranger = new OneRouter({ apiKey: wrong, baseUrl: api.url })
    expect(AuthenticationError.isInstance(await caught(stranger.payments.list()))).toBe(true)
  })

  test('a key without the scope: PermissionError that names it', async () => {
    const { apiKey } = await client.keys.create({ name: 'reader', scopes: ['payments:read'] })
    const reader = new OneRouter({ apiKey, baseUrl: api.url })
    expect((await reader.payments.list({ limit: 1 })).data).toHaveLength(1)
    const error = await caught(reader.payments.create(order))
    expect(PermissionError.isInstance(error) && error.message).toContain('payments:write')
  })
})

test('a key is made, changed, rotated and revoked', async () => {
  const { apiKey, ...made } = await client.keys.create({ name: 'shop', services: ['paypal'] })
  expect(apiKey).toMatch(/^unf_test_/)
  expect(await client.keys.get(made.id)).toEqual(made)
  const updated = await client.keys.update(made.id, {
    name: 'shop 2',
    rateLimitPerMinute: 600,
    expiresAt: null,
  })
  expect(updated).toMatchObject({ name: 'shop 2', rateLimitPerMinute: 600 })
  const successor = await client.keys.rotate(made.id, { overlapSeconds: 3600 })
  expect(successor.apiKey).not.toBe(apiKey)
  const shop = new OneRouter({ apiKey: successor.apiKey, baseUrl: api.url })
  await expect(shop.payments.create(order)).rejects.toMatchObject({ code: 'service_not_allowed' })
  expect((await client.keys.revoke(successor.id)).revokedAt).not.toBeNull()
  await expect(shop.payments.list()).rejects.toMatchObject({ code: 'unauthenticated', status: 401 })
  const ids: string[] = []
  for await (const { id } of client.keys.list({ limit: 2 })) ids.push(id)
  expect(ids).toEqual(expect.arrayContaining([made.id, successor.id]))
})

describe('services', () => {
  test('list, status, readiness, and what a switch without live credentials says', async () => {
    const { data } = await client.services.list()
    expect(data.map(({ serviceName }) => serviceName)).toContain('razorpay')
    expect(await client.services.status('paypal')).toMatchObject({ environment: 'test', configured: true })
    const ready = await client.services.canGoLive()
    expect([ready.canGoLive, ready.servicesMissingLive]).toEqual([false, ready.servicesWithTest])
    const refusal = { code: 'live_credentials_missing' }
    await expect(client.services.switchEnvironment('stripe', 'live')).rejects.toMatchObject(refusal)
    await expect(client.services.switchAllEnvironments('live')).rejects.toMatchObject(refusal)
    expect(await client.services.switchAllEnvironments('test')).toMatchObject({ status: 'switched' })
  })

  test('credentials are saved under either spelling, and tried first', async () => {
    const saved = await client.services.saveCredentials('stripe', { environment: 'test', sandbox: true })
    expect(saved.credentials.test).toMatchObject({ configured: true, sandbox: true })
    for (const credentials of [{ secretKey: 'sk_live_x' }, { secret_key: 'sk_live_x' }]) {
      const wrong = client.services.saveCredentials('stripe', { environment: 'test', credentials })
      await expect(wrong).rejects.toMatchObject({
        code: 'credentials_invalid',
        errors: [{ pointer: '/credentials/secret_key' }],
      })
    }
  })
})

import { existsSync, readFileSync } from 'node:fs'
import Stripe from 'stripe'
import { expect, test } from 'vitest'
import { signDelivery } from './signature.ts'
import { checkSchema, REFERENCE } from './spec-check.ts'
import type { Store } from './state.ts'
import { CONFIRMED, type Merchant, openMerchant } from './test-merchant.ts'

const SAMPLES = new URL('recorded/stripe-webhook-samples.json', REFERENCE)
const samplesPresent = existsSync(SAMPLES)
if (!samplesPresent) console.warn('SKIPPED: ../shared/reference is absent, no recorded deliveries')

const stripe = new Stripe('sk_test_unused')
const PAY = `amount=2000&currency=usd&${CONFIRMED}`

async function endpoint(merchant: Merchant, events = 'enabled_events[]=*') {
  return (await merchant.post('/v1/webhook_endpoints', `url=https://or.example/hook&${events}`)).body
}

function construct(merchant: Merchant, index: number, secret: string) {
  const { body, headers } = merchant.delivered[index] ?? expect.fail(`delivery ${index} did not come`)
  const nowS = Math.floor(merchant.real.ms / 1_000)
  return stripe.webhooks.constructEvent(
    body,
    headers.get('stripe-signature') ?? '',
    secret,
    300,
    undefined,
    nowS,
  )
}

test('a delivery verifies with the official SDK and carries the frozen object', async () => {
  const merchant = openMerchant()
  const { secret } = await endpoint(merchant)
  expect(secret).toMatch(/^whsec_[A-Za-z0-9]{32}$/)
  await merchant.post('/v1/payment_intents', PAY, { 'idempotency-key': 'k1' })
  await merchant.sandbox.advance(2_000)
  expect(merchant.delivered.map((_, i) => construct(merchant, i, secret).type)).toEqual([
    'payment_intent.created',
    'charge.succeeded',
    'payment_intent.succeeded',
    'charge.updated',
  ])
  const created = construct(merchant, 0, secret)
  checkSchema('EventBase', created)
  expect(created).toMatchObject({
    api_version: '2026-10-28.endive',
    pending_webhooks: 1,
    request: { idempotency_key: 'k1' },
    data: { object: { status: 'requires_confirmation' } },
  })
  expect(() => construct(merchant, 0, `${secret}x`)).toThrow()
})

test('only enabled endpoints get the types they asked for', async () => {
  const merchant = openMerchant()
  const { id } = await endpoint(
    merchant,
    'enabled_events[0]=payment_intent.succeeded&enabled_events[1]=refund.created',
  )
  await merchant.post('/v1/payment_intents', PAY)
  await merchant.sandbox.advance(5_000)
  expect(merchant.delivered.map(({ body }) => JSON.parse(body).type)).toEqual(['payment_intent.succeeded'])
  expect((await merchant.post(`/v1/webhook_endpoints/${id}`, 'disabled=true')).body.status).toBe('disabled')
  await merchant.post('/v1/payment_intents', PAY)
  await merchant.sandbox.advance(5_000)
  expect(merchant.delivered).toHaveLength(1)
})

test('a failed delivery is tried three more times over a few hours, stamped anew each time', async () => {
  const merchant = openMerchant()
  const { secret } = await endpoint(merchant, 'enabled_events[]=payment_intent.created')
  merchant.receiverStatus = 500
  await merchant.post('/v1/payment_intents', 'amount=100&currency=usd')
  await merchant.sandbox.advance(0)
  merchant.real.ms += 10 * 60_000
  await merchant.sandbox.advance(0)
  const last = construct(merchant, 1, secret)
  expect(last.id).toBe(JSON.parse(merchant.delivered[0]?.body ?? '').id)
  const stamps = merchant.delivered.map(({ headers }) => headers.get('stripe-signature')?.split(',')[0])
  expect(new Set(stamps).size).toBe(2)
  await merchant.sandbox.advance(24 * 3_600_000)
  expect(merchant.delivered).toHaveLength(4)
})

test('both secrets sign while the secret is being rolled, the new one alone afterwards', async () => {
  const merchant = openMerchant()
  const { id, secret } = await endpoint(merchant, 'enabled_events[]=payment_intent.created')
  const request = new Request(`${merchant.sandbox.urls.pages}/stripe/dashboard/roll_secret/${id}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${merchant.key}` },
    body: 'overlap_seconds=3600',
  })
  const rolled = (await (await merchant.sandbox.pages(request)).json()) as { secret: string }
  await merchant.post('/v1/payment_intents', 'amount=100&currency=usd')
  await merchant.sandbox.advance(0)
  expect(construct(merchant, 0, secret).id).toBe(construct(merchant, 0, rolled.secret).id)
  merchant.real.ms += 3_600_000
  await merchant.post('/v1/payment_intents', 'amount=100&currency=usd')
  await merchant.sandbox.advance(0)
  expect(() => construct(merchant, 1, secret)).toThrow()
  expect(construct(merchant, 1, rolled.secret).type).toBe('payment_intent.created')
})

test('the secret is shown once, deleted endpoints are gone, sixteen are the limit', async () => {
  const merchant = openMerchant()
  const first = await endpoint(merchant)
  expect((await merchant.get(`/v1/webhook_endpoints/${first.id}`)).body.secret).toBeUndefined()
  expect((await merchant.delete(`/v1/webhook_endpoints/${first.id}`)).body).toEqual({
    id: first.id,
    object: 'webhook_endpoint',
    deleted: true,
  })
  expect((await merchant.get(`/v1/webhook_endpoints/${first.id}`)).status).toBe(404)
  for (let i = 0; i < 16; i += 1) expect((await endpoint(merchant)).object).toBe('webhook_endpoint')
  expect((await endpoint(merchant)).error.message).toMatch(/maximum of 16 test webhook endpoints/)
  const unknown = await endpoint(merchant, 'enabled_events[]=payment_intent.paid')
  expect(unknown.error.param).toBe('enabled_events[0]')
})

test('the events API lists by type and forgets after thirty days', async () => {
  const merchant = openMerchant()
  await merchant.post('/v1/payment_intents', PAY)
  const { body } = await merchant.get(
    '/v1/events?types[0]=payment_intent.succeeded&types[1]=charge.succeeded&delivery_success=false',
  )
  expect(body.data).toHaveLength(2)
  expect((await merchant.get(`/v1/events/${body.data[0].id}`)).body).toEqual(body.data[0])
  await merchant.sandbox.advance(31 * 24 * 3_600_000)
  await merchant.post('/v1/payment_intents', 'amount=100&currency=usd')
  expect(await merchant.eventTypes()).toEqual(['payment_intent.created'])
})

test.skipIf(!samplesPresent)('signs the recorded deliveries exactly as they were signed', () => {
  const { webhook_secret: secret, samples } = JSON.parse(readFileSync(SAMPLES, 'utf8'))
  const { signDelivery } = signer(secret)
  for (const { raw_body, headers, name } of samples) {
    const stamp = Number(/t=([0-9]+)/.exec(headers['stripe-signature'])?.[1])
    const signed = signDelivery(raw_body, stamp * 1_000)['stripe-signature']
    expect({ name, signed }).toEqual({ name, signed: headers['stripe-signature'] })
  }
})

/** A store that holds one endpoint with this secret. */
function signer(secret: string) {
  const stored = { secret, previousSecret: null }
  const store = { endpoints: new Map([['we_1', stored]]) } as unknown as Store // all that signing reads
  const delivery = {
    provider: 'stripe',
    accountId: 'a',
    url: '',
    eventId: '',
    eventType: '',
    signing: { endpoint: 'we_1' },
    retryDelaysMs: [],
    timeoutMs: 1,
  } as const
  return { signDelivery: (body: string, nowMs: number) => signDelivery(store, { ...delivery, body }, nowMs) }
}

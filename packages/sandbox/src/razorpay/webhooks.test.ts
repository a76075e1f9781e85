import Razorpay from 'razorpay'
import { expect, test } from 'vitest'
import { createStand, type Received } from './test-stand.ts'
import { RETRY_DELAYS_MS } from './webhooks.ts'

const DAY_MS = 86_400_000
const genuine = ({ body, headers }: Received, secret = 'hook-secret') =>
  Razorpay.validateWebhookSignature(body, headers.get('x-razorpay-signature') ?? '', secret)

test('events reach the endpoints that asked for them, signed as the official SDK checks', async () => {
  const stand = createStand()
  await stand.subscribe('payment.captured', 'order.paid')
  await stand.captured({ notes: { name: 'café ₹' } })
  await stand.sandbox.runDue()
  expect(stand.received.map(({ event }) => event)).toEqual(['payment.captured', 'order.paid'])
  expect(stand.received.every((delivery) => genuine(delivery))).toBe(true)
  expect(stand.received.some((delivery) => genuine(delivery, 'other-secret'))).toBe(false)
  const ids = stand.received.map(({ headers }) => headers.get('x-razorpay-event-id'))
  expect(new Set(ids).size).toBe(2)
  expect(JSON.parse(stand.received[1]?.body ?? '{}')).toMatchObject({
    entity: 'event',
    event: 'order.paid',
    contains: ['payment', 'order'],
    payload: { payment: { entity: { status: 'captured' } }, order: { entity: { status: 'paid' } } },
  })
})

test('a refused delivery is repeated with the same id and bytes until it is taken', async () => {
  let status = 500
  const stand = createStand({ receive: () => status })
  await stand.subscribe('payment.captured')
  await stand.captured()
  await stand.sandbox.runDue()
  await stand.sandbox.advance(RETRY_DELAYS_MS[0] ?? 0)
  status = 200
  await stand.sandbox.advance(DAY_MS)
  expect(stand.received).toHaveLength(3)
  expect(new Set(stand.received.map(({ body }) => body)).size).toBe(1)
  expect(new Set(stand.received.map(({ headers }) => headers.get('x-razorpay-event-id'))).size).toBe(1)
})

test('after a day of failures the webhook is disabled until the merchant enables it', async () => {
  const stand = createStand({ receive: () => 500 })
  const { body } = await stand.subscribe('payment.captured')
  await stand.captured()
  await stand.sandbox.advance(DAY_MS)
  expect(stand.received).toHaveLength(RETRY_DELAYS_MS.length + 1)
  const list = (await stand.call('GET', '/v1/webhooks')).body
  expect(list['items']).toMatchObject([{ active: false, disabled_at: expect.any(Number) }])
  await stand.captured()
  await stand.sandbox.runDue()
  expect(stand.received).toHaveLength(RETRY_DELAYS_MS.length + 1)
  await stand.call('PUT', `/v1/webhooks/${String(body['id'])}`, { active: true })
  await stand.captured()
  await stand.sandbox.runDue()
  expect(stand.received).toHaveLength(RETRY_DELAYS_MS.length + 2)
})

test('a retry after a change of secret still carries the old signature', async () => {
  let status = 500
  const stand = createStand({ receive: () => status })
  const { body } = await stand.subscribe('payment.captured')
  await stand.captured()
  await stand.sandbox.runDue()
  await stand.call('PUT', `/v1/webhooks/${String(body['id'])}`, { secret: 'new-secret' })
  status = 200
  await stand.sandbox.advance(DAY_MS)
  expect(stand.received.map((delivery) => genuine(delivery))).toEqual([true, true])
})

test('the secret of a webhook is never read back', async () => {
  const stand = createStand()
  const { text, body } = await stand.subscribe('payment.captured')
  expect(text).not.toContain('hook-secret')
  expect(body).toMatchObject({ secret_exists: true, active: true, events: { 'payment.captured': true } })
  expect((await stand.call('GET', '/v1/webhooks')).text).not.toContain('hook-secret')
})

test('a webhook may be registered by form, as older plugins do', async () => {
  const stand = createStand()
  const form = 'url=http%3A%2F%2Fshop.example%2Fhook&secret=s&events[payment.captured]=1&active=1'
  const type = { 'content-type': 'application/x-www-form-urlencoded' }
  const { status, body } = await stand.call('POST', '/v1/webhooks', form, type)
  expect([status, body['events']]).toEqual([200, { 'payment.captured': true }])
})

const faulty = async (
  fault: 'webhook_lost' | 'webhook_doubled' | 'webhook_late' | 'webhook_reordered' | 'webhook_forged',
) => {
  const stand = createStand()
  await stand.subscribe('payment.captured', 'order.paid')
  stand.sandbox.faults.add({ provider: 'razorpay', fault, count: 1, match: 'payment.captured' })
  await stand.captured()
  await stand.sandbox.runDue()
  return stand
}
const names = (received: readonly Received[]) => received.map(({ event }) => event)

test('a lost event never comes', async () => {
  const stand = await faulty('webhook_lost')
  await stand.sandbox.advance(DAY_MS)
  expect(names(stand.received)).toEqual(['order.paid'])
})

test('a doubled event comes twice with one id', async () => {
  const { received } = await faulty('webhook_doubled')
  expect(names(received)).toEqual(['payment.captured', 'payment.captured', 'order.paid'])
  expect(received[0]?.headers.get('x-razorpay-event-id')).toBe(
    received[1]?.headers.get('x-razorpay-event-id'),
  )
})

test('a late event comes five minutes later', async () => {
  const stand = await faulty('webhook_late')
  expect(names(stand.received)).toEqual(['order.paid'])
  await stand.sandbox.advance(300_000)
  expect(names(stand.received)).toEqual(['order.paid', 'payment.captured'])
})

test('a reordered event comes after the one that followed it', async () => {
  const { received } = await faulty('webhook_reordered')
  expect(names(received)).toEqual(['order.paid', 'payment.captured'])
})

test('a forged event does not verify', async () => {
  const { received } = await faulty('webhook_forged')
  expect(received.map((delivery) => genuine(delivery))).toEqual([false, true])
})

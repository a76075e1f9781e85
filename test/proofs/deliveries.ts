/** Deliveries by hand: real ones handed on over HTTP, made-up ones signed as their provider signs. */
import { createHmac } from 'node:crypto'
import { expect } from 'vitest'
import type { Delivery, Merchant, PaymentService, Stack } from './stack.ts'

const CURRENCY = { stripe: 'USD', paypal: 'USD', razorpay: 'INR' } as const

export async function order(merchant: Merchant, provider: PaymentService) {
  const made = await merchant.call('POST', '/v1/payments', {
    amount: '500.00',
    currency: CURRENCY[provider],
    provider,
  })
  expect(made.statusCode, made.body).toBe(201)
  return made.json()
}

export const statusOf = async (merchant: Merchant, id: string) =>
  (await merchant.call('GET', `/v1/payments/${id}`)).json().status

export async function postTo(origin: string, delivery: Pick<Delivery, 'path' | 'headers' | 'body'>) {
  const { 'content-length': _length, ...headers } = delivery.headers
  const answer = await fetch(origin + delivery.path, { method: 'POST', headers, body: delivery.body })
  return { status: answer.status, type: answer.headers.get('content-type'), text: await answer.text() }
}

export interface Kept {
  readonly event_type: string
  readonly state: string
  readonly reason: string | null
  readonly tries: number
}

export async function keptBy(stack: Stack, merchant: Merchant): Promise<Kept[]> {
  const { rows } = await stack.api.deps.db.engine.query<Kept>(
    'SELECT event_type, state, reason, tries FROM inbound WHERE account_id = $1 ORDER BY id',
    [merchant.accountId],
  )
  return rows
}

/** A body of our own making, signed as the provider signs for this merchant. */
export async function signedFor(
  stack: Stack,
  merchant: Merchant,
  provider: 'stripe' | 'razorpay',
  event: object,
): Promise<Delivery> {
  const current = await stack.api.deps.credentials.current(merchant.accountId, 'test', provider)
  const secret = Object.entries(current?.credentials ?? {}).find(([name]) => name === 'webhook_secret')?.[1]
  const body = JSON.stringify(event)
  const hmac = (text: string) => createHmac('sha256', secret).update(text).digest('hex')
  const seconds = Math.floor(Date.now() / 1000)
  const headers =
    provider === 'stripe'
      ? { 'stripe-signature': `t=${seconds},v1=${hmac(`${seconds}.${body}`)}` }
      : { 'x-razorpay-signature': hmac(body) }
  return {
    provider,
    path: merchant.addresses.find((path) => path.includes(provider)) ?? '',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  }
}

export const stripeEvent = (id: string, type: string, object: object, more: object = {}) => ({
  id,
  object: 'event',
  api_version: '2026-01-28.clover',
  created: Math.floor(Date.now() / 1000),
  livemode: false,
  type,
  data: { object },
  ...more,
})

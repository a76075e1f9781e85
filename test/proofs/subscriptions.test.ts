/** Subscriptions through the whole stack: the real API and adapters over the emulators' billing. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStack, type Merchant, type PaymentService, type Stack } from './stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await createStack()
})
afterAll(() => stack.close())

const PROVIDERS: readonly PaymentService[] = ['stripe', 'razorpay', 'paypal']
const CURRENCY = { stripe: 'USD', paypal: 'USD', razorpay: 'INR' } as const

interface Body {
  readonly [name: string]: unknown
  readonly id: string
  readonly status: string
}

async function post(merchant: Merchant, url: string, body?: object, expected = 200): Promise<Body> {
  const answer = await merchant.call('POST', url, body ?? {})
  expect(answer.statusCode, `${url}: ${answer.body}`).toBe(expected)
  return answer.json()
}

const plan = (merchant: Merchant, provider: PaymentService, more: object = {}) =>
  post(
    merchant,
    '/v1/plans',
    { name: 'Pro', amount: '29.00', currency: CURRENCY[provider], interval: 'month', ...more },
    201,
  )

describe.each(PROVIDERS)('%s', (provider) => {
  test('a subscription is agreed to, renewed, changed, paused, resumed and ended', async () => {
    const merchant = await stack.merchant({ services: [provider] })
    const pro = await plan(merchant, provider)
    const made = await post(
      merchant,
      '/v1/subscriptions',
      { plan_id: pro.id, customer: { email: 'ada@example.com' } },
      201,
    )
    expect(made).toMatchObject({ status: 'pending_approval', provider })
    const approved = await post(merchant, `/v1/simulations/subscriptions/${made.id}/approve`)
    expect(approved, JSON.stringify(approved)).toMatchObject({ status: 'active' })
    const renewed = await post(merchant, `/v1/simulations/subscriptions/${made.id}/renew`)
    expect(renewed.subscription).toMatchObject({ paid_count: 2, amount_charged: '58.00' })
    const charges = (await merchant.call('GET', `/v1/subscriptions/${made.id}/charges`)).json().data
    expect(charges).toMatchObject([
      { kind: 'period', status: 'succeeded', amount: '29.00' },
      { kind: 'period', status: 'succeeded', amount: '29.00' },
    ])
    const paused = await post(merchant, `/v1/subscriptions/${made.id}/pause`)
    expect(paused.status).toBe('paused')
    const resumed = await post(merchant, `/v1/subscriptions/${made.id}/resume`)
    expect(resumed.status).toBe('active')
    const ended = await post(merchant, `/v1/subscriptions/${made.id}/cancel`)
    expect(ended.status).toBe('canceled')
    const events: { type: string; sequence: number }[] = (await merchant.call('GET', '/v1/events')).json()
      .data
    expect(events.map(({ type, sequence }) => `${sequence} ${type}`).sort()).toEqual([
      '1 subscription.created',
      '2 subscription.activated',
      '3 subscription.renewed',
      '4 subscription.paused',
      '5 subscription.resumed',
      '6 subscription.canceled',
    ])
  })
})

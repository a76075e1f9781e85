/** Refunds of what subscriptions charged: exactly, once, never more than was charged, and in every book alike. */
import { parseId } from '@onerouter/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { handleOf } from '../../apps/api/src/engine/call-provider.ts'
import { ledgerProblems } from '../../apps/api/src/store/ledger.ts'
import { ALL_SCOPES } from '../../apps/api/src/testing/open-app.ts'
import { refundThere } from './at-provider.ts'
import { createStack, type Merchant, type PaymentService, type Stack } from './stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await createStack()
})
beforeEach(() => stack.sandbox.faults.clear())
afterAll(() => stack.close())

const CURRENCY = { stripe: 'USD', paypal: 'USD', razorpay: 'INR' } as const
const PROVIDERS = ['stripe', 'razorpay', 'paypal'] as const satisfies readonly PaymentService[]

interface Body {
  readonly id: string
  readonly status: string
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
  return { status: answer.statusCode, body: answer.json() as Body & { code?: string } }
}

/** A merchant with a subscription that has charged 500.00 once. */
async function charged(provider: PaymentService) {
  const merchant = await stack.merchant({ services: [provider], scopes: ALL_SCOPES })
  const plan = { name: 'Pro', amount: '500.00', currency: CURRENCY[provider], interval: 'month' }
  const made = await post(merchant, '/v1/plans', plan)
  const subscription = (await post(merchant, '/v1/subscriptions', { plan_id: made.body.id })).body
  await post(merchant, `/v1/simulations/subscriptions/${subscription.id}/approve`)
  // PayPal charges within a day of the approval; Stripe's deliveries would then be signed in the future.
  if (provider === 'paypal') await post(merchant, '/v1/simulations/clock/advance', { seconds: 86_400 })
  await stack.settle()
  const [charge] = await charges(merchant, subscription)
  expect(charge, 'a charge').toMatchObject({ status: 'succeeded', amount: '500.00' })
  return { merchant, subscription, charge: charge as Body }
}

const charges = async (merchant: Merchant, { id }: Body): Promise<Body[]> =>
  (await merchant.call('GET', `/v1/subscriptions/${id}/charges`)).json().data

const get = async (merchant: Merchant, url: string): Promise<Body> => (await merchant.call('GET', url)).json()

/** What charge, subscription and payment say went back, which must be one figure; the ledger holds. */
async function wentBack(merchant: Merchant, subscription: Body, charge: Body): Promise<unknown> {
  const payment = await get(merchant, `/v1/payments/${paymentIdOf(charge)}`)
  const id = parseId('subscription_charge', charge.id) ?? ''
  const ref = { account_id: merchant.accountId, environment: 'test', id } as const
  expect(await ledgerProblems(stack.engine.db, ref)).toEqual([])
  const [first] = await charges(merchant, subscription)
  const owner = await get(merchant, `/v1/subscriptions/${subscription.id}`)
  expect([first?.amount_refunded, owner.amount_refunded]).toEqual([
    payment.amount_refunded,
    payment.amount_refunded,
  ])
  return payment.amount_refunded
}

const paymentIdOf = (charge: Body): string => charge.id.replace('schg_', 'pay_')

/** Everything due becomes due, as often as it takes. */
async function later(): Promise<void> {
  for (let round = 0; round < 3; round++) {
    await stack.api.deps.db.engine.query(
      'update operation set due_at = clock_timestamp() where due_at is not null',
    )
    await stack.settle()
  }
}

describe.each(PROVIDERS)('%s', (provider) => {
  test('a charge goes back in parts, and beyond it nothing', async () => {
    const { merchant, subscription, charge } = await charged(provider)
    const part = await post(merchant, '/v1/refunds', { charge_id: charge.id, amount: '120.00' })
    expect(part.status, JSON.stringify(part.body)).toBe(201)
    expect(part.body).toMatchObject({ payment_id: paymentIdOf(charge), amount: '120.00', provider })
    await later()
    expect(await wentBack(merchant, subscription, charge)).toBe('120.00')
    const over = await post(merchant, '/v1/refunds', { charge_id: charge.id, amount: '380.01' })
    expect(over.body.code, JSON.stringify(over.body)).toBe('amount_exceeds_captured')
    const rest = await post(merchant, `/v1/payments/${paymentIdOf(charge)}/refund`)
    expect([rest.status, rest.body.amount]).toEqual([201, '380.00'])
    await later()
    expect(await wentBack(merchant, subscription, charge)).toBe('500.00')
    const none = await post(merchant, '/v1/refunds', { charge_id: charge.id })
    expect(none.body.code).toBe('amount_exceeds_captured')
    const events: Body[] = (await merchant.call('GET', '/v1/events?limit=100')).json().data
    const refunds = events.map(({ type }) => String(type)).filter((type) => type.startsWith('refund.'))
    expect(refunds.sort()).toEqual([
      'refund.created',
      'refund.created',
      'refund.succeeded',
      'refund.succeeded',
    ])
    expect(events.filter(({ type }) => String(type).startsWith('payment.'))).toEqual([])
  })

  test.each(['lost_answer', 'error_after', 'lost_request', 'error_before'] as const)(
    'a refund of a charge that ends in %s is made once, and its key answers the same for ever',
    async (fault) => {
      const { merchant, subscription, charge } = await charged(provider)
      stack.sandbox.faults.add({ provider, fault, count: 1, match: '/refund' })
      const request = { charge_id: charge.id, amount: '200.00' }
      const first = await post(merchant, '/v1/refunds', request, 'the-key')
      expect([201, 202, 503]).toContain(first.status)
      if (first.status === 202) {
        const reserved = await post(merchant, '/v1/refunds', { charge_id: charge.id, amount: '300.01' })
        expect(reserved.body.code, 'what is under way is reserved').toBe('amount_exceeds_captured')
      }
      await later()
      const again = await post(merchant, '/v1/refunds', request, 'the-key')
      expect(again.status, JSON.stringify(again.body)).toBe(201)
      await later()
      expect((await post(merchant, '/v1/refunds', request, 'the-key')).body.id).toBe(again.body.id)
      expect(await wentBack(merchant, subscription, charge)).toBe('200.00')
    },
  )

  test('five at once take no more than there is', async () => {
    const { merchant, subscription, charge } = await charged(provider)
    const asked = { charge_id: charge.id, amount: '200.00' }
    const all = await Promise.all(
      Array.from({ length: 5 }, (_, i) => post(merchant, '/v1/refunds', asked, `at-once-${i}`)),
    )
    expect(all.map(({ status }) => status).filter((status) => status === 201)).toHaveLength(2)
    await later()
    expect(await wentBack(merchant, subscription, charge)).toBe('400.00')
  })

  test('a refund made at the provider is booked as what it is, by its webhook alone', async () => {
    const { merchant, subscription, charge } = await charged(provider)
    const paymentRef = String(charge.provider_payment_id)
    await refundThere(stack, merchant, provider, { paymentRef, minor: 20_000n, currency: CURRENCY[provider] })
    await stack.settle()
    await later()
    const listed = (await merchant.call('GET', `/v1/refunds?payment_id=${paymentIdOf(charge)}`)).json().data
    expect(listed).toMatchObject([{ amount: '200.00', status: 'succeeded', reason: 'made at the provider' }])
    expect(await wentBack(merchant, subscription, charge)).toBe('200.00')
  })

  test('the payment behind the charge says what it is and can be looked at', async () => {
    const { merchant, charge } = await charged(provider)
    expect((await merchant.call('GET', `/v1/payments/${paymentIdOf(charge)}`)).statusCode).toBe(404)
    await post(merchant, '/v1/refunds', { charge_id: charge.id, amount: '1.00' })
    const payment = await get(merchant, `/v1/payments/${paymentIdOf(charge)}`)
    expect(payment).toMatchObject({
      status: 'succeeded',
      amount: '500.00',
      amount_captured: '500.00',
      attempts: 1,
    })
    const why = await get(merchant, `/v1/payments/${payment.id}/routing`)
    expect(why.reason).toContain('subscription')
    const synced = await post(merchant, `/v1/payments/${payment.id}/sync`)
    expect(synced.body.status, JSON.stringify(synced.body)).toBe('succeeded')
    const row = await stack.engine.store.getPayment({
      account_id: merchant.accountId,
      environment: 'test',
      id: parseId('payment', payment.id) ?? '',
    })
    expect(row && handleOf(row).refunded).not.toBeNull()
  })
})

test('a charge of another account is not found, one that took nothing is refused, and one thing at a time is named', async () => {
  const { merchant, subscription, charge } = await charged('stripe')
  const stranger = await stack.merchant({ services: ['stripe'] })
  expect((await post(stranger, '/v1/refunds', { charge_id: charge.id })).status).toBe(404)
  await post(merchant, `/v1/simulations/subscriptions/${subscription.id}/fail_renewal`)
  const failed = (await charges(merchant, subscription)).find(({ status }) => status === 'failed')
  const refused = await post(merchant, '/v1/refunds', { charge_id: failed?.id })
  expect([refused.status, refused.body.code]).toEqual([409, 'invalid_state'])
  for (const body of [{}, { charge_id: charge.id, payment_id: paymentIdOf(charge) }]) {
    expect((await post(merchant, '/v1/refunds', body)).body.code).toBe('invalid_request')
  }
})

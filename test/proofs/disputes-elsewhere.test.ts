/** Disputes of money that is no payment's own: the charge of a subscription, and what came twice. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { ALL_SCOPES } from '../../apps/api/src/testing/open-app.ts'
import { keptBy, order, signedFor } from './deliveries.ts'
import { createStack, type Merchant, type Stack } from './stack.ts'

let stack: Stack
beforeAll(async () => {
  stack = await createStack()
})
afterEach(() => {
  stack.intercept = null
})
afterAll(() => stack.close())

interface Body {
  readonly id: string
  readonly [name: string]: unknown
}

const open = () => stack.merchant({ services: ['razorpay'], scopes: ALL_SCOPES })

async function post(merchant: Merchant, url: string, body: object = {}): Promise<Body> {
  return (await merchant.call('POST', url, body)).json()
}

/** The bank disputes one of Razorpay's payments, and Razorpay tells of it (Razorpay API, Disputes entity). */
async function dispute(merchant: Merchant, paymentRef: string, disputeRef: string): Promise<void> {
  const entity = {
    id: disputeRef,
    entity: 'dispute',
    payment_id: paymentRef,
    amount: 50_000,
    currency: 'INR',
    amount_deducted: 0,
    reason_code: 'goods_or_services_not_received',
    respond_by: Math.floor(Date.now() / 1000) + 864_000,
    status: 'open',
    phase: 'chargeback',
    created_at: Math.floor(Date.now() / 1000),
  }
  stack.intercept = async (wire, next) =>
    wire.path === `/v1/disputes/${disputeRef}` ? Response.json(entity) : await next()
  const payload = { dispute: { entity }, payment: { entity: { id: paymentRef } } }
  const event = { entity: 'event', event: 'payment.dispute.created', created_at: entity.created_at, payload }
  const answer = await stack.hand(await signedFor(stack, merchant, 'razorpay', event))
  expect(answer.statusCode).toBe(200)
  await stack.work()
}

const disputes = async (merchant: Merchant): Promise<Body[]> =>
  (await merchant.call('GET', '/v1/disputes')).json().data

test('a dispute of a subscription’s charge is recorded with the payment that the charge becomes', async () => {
  const merchant = await open()
  const terms = { name: 'Pro', amount: '500.00', currency: 'INR', interval: 'month' }
  const plan = await post(merchant, '/v1/plans', terms)
  const subscription = await post(merchant, '/v1/subscriptions', { plan_id: plan.id })
  await post(merchant, `/v1/simulations/subscriptions/${subscription.id}/approve`)
  const charges = (await merchant.call('GET', `/v1/subscriptions/${subscription.id}/charges`)).json().data
  const paymentId = charges[0].id.replace('schg_', 'pay_')
  await dispute(merchant, charges[0].provider_payment_id, 'disp_Charge00000001')
  expect(await disputes(merchant)).toMatchObject([
    { payment_id: paymentId, status: 'open', reason: 'product_not_received', amount: '500.00' },
  ])
  expect((await merchant.call('GET', `/v1/payments/${paymentId}`)).json()).toMatchObject({
    status: 'succeeded',
    amount_captured: '500.00',
  })
})

test('a dispute of what came twice is recorded with the payment it came beside', async () => {
  const merchant = await open()
  const payment = await order(merchant, 'razorpay')
  merchant.pay(payment, 'fail')
  merchant.pay(payment)
  merchant.pay(payment, 'late_succeed')
  await post(merchant, `/v1/payments/${payment.id}/sync`)
  const paid = (await merchant.call('GET', `/v1/payments/${payment.id}`)).json()
  const book = stack.sandbox.book('razorpay').find(({ orderRef }) => orderRef === payment.provider_order_id)
  const twice = book?.paymentRefs.find((ref) => ref !== paid.provider_payment_id)
  await dispute(merchant, twice ?? expect.fail('nothing came twice'), 'disp_Double00000001')
  expect(await disputes(merchant)).toMatchObject([{ payment_id: payment.id, status: 'open' }])
})

test('a dispute of nobody’s payment stays nobody’s', async () => {
  const merchant = await open()
  await dispute(merchant, 'pay_Nobodys0000001', 'disp_Nobody00000001')
  expect(await disputes(merchant)).toEqual([])
  const [kept] = await keptBy(stack, merchant)
  expect(kept).toMatchObject({ state: 'received', reason: 'payment not known yet' })
})

import { expect, test } from 'vitest'
import { createStand, textOf } from '../test-stand.ts'

const DAY_MS = 86_400_000
const KEY = { 'x-refund-idempotency': 'or_refund_0001' }

/** A monthly subscription of 500.00 whose first cycle is paid, and that cycle's payment. */
async function openPaid() {
  const stand = createStand()
  await stand.subscribe('refund.created', 'refund.processed', 'refund.failed', 'subscription.charged')
  const item = { name: 'Gold', amount: 50_000, currency: 'INR' }
  const plan = (await stand.call('POST', '/v1/plans', { period: 'monthly', interval: 1, item })).body['id']
  const fields = { plan_id: plan, total_count: 12 }
  const id = String((await stand.call('POST', '/v1/subscriptions', fields)).body['id'])
  stand.sandbox.simulateSubscription('razorpay', stand.accountId, id, 'approve')
  const [charge] = stand.sandbox.subscriptionCharges('razorpay')
  const payment = charge?.paymentRef ?? ''
  const refund = (body: object = {}, headers: Record<string, string> = {}) =>
    stand.call('POST', `/v1/payments/${payment}/refund`, body, headers)
  return { ...stand, id, payment, refund, charges: () => stand.sandbox.subscriptionCharges('razorpay') }
}

test('a cycle’s payment is refunded in parts; invoice and subscription stay as they are', async () => {
  const shop = await openPaid()
  expect((await shop.refund({ amount: 20_000 })).body).toMatchObject({
    amount: 20_000,
    payment_id: shop.payment,
    status: 'processed',
  })
  expect((await shop.refund()).body['amount']).toBe(30_000)
  expect((await shop.call('GET', `/v1/payments/${shop.payment}`)).body).toMatchObject({
    status: 'refunded',
    refund_status: 'full',
    amount_refunded: 50_000,
  })
  const invoices = (await shop.call('GET', `/v1/invoices?subscription_id=${shop.id}`)).body['items']
  expect(invoices).toMatchObject([{ status: 'paid', amount_paid: 50_000 }])
  await shop.sandbox.advance(31 * DAY_MS)
  expect((await shop.call('GET', `/v1/subscriptions/${shop.id}`)).body['status']).toBe('active')
  expect(shop.charges().map(({ amount, refunded }) => [amount, refunded])).toEqual([
    [50_000n, 50_000n],
    [50_000n, 0n],
  ])
})

test('webhooks carry the refund and the payment with what is back', async () => {
  const shop = await openPaid()
  await shop.refund({ amount: 20_000 })
  await shop.sandbox.runDue()
  const told = shop.received.filter(({ event }) => event.startsWith('refund.'))
  expect(told.map(({ event }) => event)).toEqual(['refund.created', 'refund.processed'])
  const { payload } = JSON.parse(told[1]?.body ?? '')
  expect([payload.refund.entity.amount, payload.payment.entity]).toMatchObject([
    20_000,
    { id: shop.payment, amount_refunded: 20_000, refund_status: 'partial' },
  ])
})

test('too much is refused to the byte, and one key makes one refund', async () => {
  const shop = await openPaid()
  const first = await shop.refund({ amount: 20_000 }, KEY)
  expect((await shop.refund({ amount: 20_000 }, KEY)).body['id']).toBe(first.body['id'])
  const other = await shop.refund({ amount: 10_000 }, KEY)
  expect([other.status, textOf(other)]).toEqual([
    409,
    'Different request with the same idempotency key has already been processed.',
  ])
  expect(textOf(await shop.refund({ amount: 30_001 }))).toBe(
    'The refund amount provided is greater than amount captured.',
  )
  await shop.refund()
  expect(textOf(await shop.refund({ amount: 100 }))).toBe('The payment has been fully refunded already.')
  expect(shop.charges()).toMatchObject([{ refunded: 50_000n }])
})

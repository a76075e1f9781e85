import { expect, test } from 'vitest'
import { openShop, type Shop } from './test-plan.ts'

/** The first invoice's payment, found the way the API offers since invoices stopped naming it. */
async function firstPayment(shop: Shop, subscription: string) {
  const { body: read } = await shop.merchant.get(`/v1/subscriptions/${subscription}?expand[]=latest_invoice`)
  const payments = await shop.merchant.get(`/v1/invoice_payments?invoice=${read.latest_invoice.id}`)
  const intent = payments.body.data[0].payment.payment_intent
  const { body } = await shop.merchant.get(`/v1/payment_intents/${intent}`)
  return { intent, charge: body.latest_charge, invoice: read.latest_invoice.id }
}

test('a subscription’s payment is refunded by its intent and by its charge, and both are told', async () => {
  const shop = await openShop()
  const id = await shop.subscribe()
  const { intent, charge } = await firstPayment(shop, id)
  const part = await shop.merchant.post('/v1/refunds', `payment_intent=${intent}&amount=500`)
  expect(part.body).toMatchObject({ amount: 500, charge, payment_intent: intent, status: 'succeeded' })
  const rest = await shop.merchant.post('/v1/refunds', `charge=${charge}&reason=requested_by_customer`)
  expect(rest.body).toMatchObject({ amount: 1500, payment_intent: intent })
  expect((await shop.merchant.get(`/v1/charges/${charge}`)).body).toMatchObject({
    amount_refunded: 2000,
    refunded: true,
  })
  const types = await shop.merchant.eventTypes()
  expect(types.filter((type) => type.includes('refund'))).toEqual([
    'refund.created',
    'charge.refunded',
    'refund.created',
    'charge.refunded',
  ])
})

test('a refund changes neither the invoice nor the subscription', async () => {
  const shop = await openShop()
  const id = await shop.subscribe()
  const { intent, invoice } = await firstPayment(shop, id)
  const before = (await shop.merchant.get(`/v1/invoices/${invoice}`)).body
  await shop.merchant.post('/v1/refunds', `payment_intent=${intent}`)
  expect((await shop.merchant.get(`/v1/invoices/${invoice}`)).body).toEqual(before)
  expect((await shop.read(id)).status).toBe('active')
  await shop.days(31)
  expect(shop.merchant.sandbox.subscriptionCharges('stripe')).toMatchObject([
    { amount: 2000n, refunded: 2000n, status: 'paid' },
    { amount: 2000n, refunded: 0n, status: 'paid' },
  ])
})

test('what exceeds the charge is refused to the byte, and one key makes one refund', async () => {
  const shop = await openShop()
  const { intent, charge } = await firstPayment(shop, await shop.subscribe())
  const key = { 'idempotency-key': 'or_ref_1' }
  const first = await shop.merchant.post('/v1/refunds', `payment_intent=${intent}&amount=1500`, key)
  const again = await shop.merchant.post('/v1/refunds', `payment_intent=${intent}&amount=1500`, key)
  expect([again.body.id, again.headers.get('idempotent-replayed')]).toEqual([first.body.id, 'true'])
  const over = await shop.merchant.post('/v1/refunds', `payment_intent=${intent}&amount=501`)
  expect([over.status, over.body.error]).toMatchObject([
    400,
    {
      type: 'invalid_request_error',
      param: 'amount',
      message: 'Refund amount ($5.01) is greater than unrefunded amount on charge ($5.00)',
    },
  ])
  await shop.merchant.post('/v1/refunds', `charge=${charge}`)
  const none = await shop.merchant.post('/v1/refunds', `charge=${charge}`)
  expect(none.body.error).toMatchObject({
    code: 'charge_already_refunded',
    message: `Charge ${charge} has already been refunded.`,
  })
})

test('a renewal that failed has nothing to refund', async () => {
  const shop = await openShop()
  const id = await shop.subscribe()
  shop.merchant.sandbox.simulateSubscription('stripe', shop.merchant.accountId, id, 'fail_renewal')
  const { intent } = await firstPayment(shop, id)
  const refused = await shop.merchant.post('/v1/refunds', `payment_intent=${intent}`)
  expect([refused.status, refused.body.error.message]).toEqual([
    400,
    `This PaymentIntent (${intent}) does not have a successful charge to refund.`,
  ])
})

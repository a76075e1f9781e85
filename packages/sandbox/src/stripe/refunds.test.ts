import { expect, test } from 'vitest'
import { CONFIRMED, type Merchant, openMerchant } from './test-merchant.ts'

async function paid(merchant: Merchant, pm = 'pm_card_visa') {
  const form = `amount=2000&currency=usd&${CONFIRMED.replace('pm_card_visa', pm)}`
  return (await merchant.post('/v1/payment_intents', form)).body
}

test('refunds add up to what was captured and never beyond', async () => {
  const merchant = openMerchant()
  const intent = await paid(merchant)
  const refund = (form: string) => merchant.post('/v1/refunds', `payment_intent=${intent.id}${form}`)
  const first = await refund('&amount=300&reason=requested_by_customer&metadata[rma]=7')
  expect(first.body).toMatchObject({
    status: 'succeeded',
    amount: 300,
    reason: 'requested_by_customer',
    metadata: { rma: '7' },
  })
  const over = await refund('&amount=1701')
  expect([over.status, over.body.error.code, over.body.error.param]).toEqual([400, undefined, 'amount'])
  expect(over.body.error.message).toBe(
    'Refund amount ($17.01) is greater than unrefunded amount on charge ($17.00)',
  )
  expect((await refund('')).body.amount).toBe(1700)
  const done = await refund('')
  expect([done.status, done.body.error.code]).toEqual([400, 'charge_already_refunded'])
  expect(done.body.error.message).toBe(`Charge ${intent.latest_charge} has already been refunded.`)
  const { body: charge } = await merchant.get(`/v1/charges/${intent.latest_charge}?expand[]=refunds`)
  expect(charge).toMatchObject({ amount_refunded: 2000, refunded: true })
  expect(charge.refunds.data.map((row: { amount: number }) => row.amount)).toEqual([1700, 300])
  expect((await merchant.get(`/v1/payment_intents/${intent.id}`)).body.status).toBe('succeeded')
  expect((await merchant.get(`/v1/refunds?payment_intent=${intent.id}&limit=1`)).body).toMatchObject({
    has_more: true,
  })
})

test('a refund returns the amount but not the processing fee', async () => {
  const merchant = openMerchant()
  const intent = await paid(merchant)
  const { body } = await merchant.post(
    '/v1/refunds',
    `charge=${intent.latest_charge}&expand[]=balance_transaction`,
  )
  expect(body.balance_transaction).toMatchObject({
    amount: -2000,
    fee: 0,
    net: -2000,
    type: 'refund',
    source: body.id,
  })
  await merchant.sandbox.advance(3_000)
  const { body: balance } = await merchant.get('/v1/balance')
  expect(balance.pending).toEqual([{ amount: -88, currency: 'usd', source_types: { card: -88 } }])
})

test('events say what changed on the charge', async () => {
  const merchant = openMerchant()
  const intent = await paid(merchant)
  await merchant.post('/v1/refunds', `payment_intent=${intent.id}&amount=500`)
  await merchant.post('/v1/refunds', `payment_intent=${intent.id}`)
  const { body } = await merchant.get('/v1/events?type=charge.refunded')
  expect(
    body.data.map((event: { data: { previous_attributes: object } }) => event.data.previous_attributes),
  ).toEqual([{ amount_refunded: 500, refunded: false }, { amount_refunded: 0 }])
  expect((await merchant.get('/v1/events?types[]=refund.created')).body.data).toHaveLength(2)
})

test('nothing charged means nothing to refund, a hold included', async () => {
  const merchant = openMerchant()
  const { body: fresh } = await merchant.post('/v1/payment_intents', 'amount=2000&currency=usd')
  const { body: held } = await merchant.post(
    '/v1/payment_intents',
    `amount=2000&currency=usd&capture_method=manual&${CONFIRMED}`,
  )
  for (const intent of [fresh, held]) {
    const { body } = await merchant.post('/v1/refunds', `payment_intent=${intent.id}`)
    expect(body.error.message).toBe(
      `This PaymentIntent (${intent.id}) does not have a successful charge to refund.`,
    )
  }
  expect((await merchant.post('/v1/refunds')).body.error.code).toBe('parameter_missing')
  expect((await merchant.post('/v1/refunds', 'charge=ch_x')).body.error.message).toBe(
    "No such charge: 'ch_x'",
  )
})

test('a pending refund succeeds later', async () => {
  const merchant = openMerchant()
  const intent = await paid(merchant, 'pm_card_pendingRefund')
  const { body } = await merchant.post('/v1/refunds', `payment_intent=${intent.id}`)
  expect(body.status).toBe('pending')
  await merchant.sandbox.advance(10_000)
  expect((await merchant.get(`/v1/refunds/${body.id}`)).body.status).toBe('succeeded')
  expect(await merchant.eventTypes()).toContain('refund.updated')
})

test('a refund may fail after it succeeded, and the money is the merchant’s again', async () => {
  const merchant = openMerchant()
  const intent = await paid(merchant, 'pm_card_refundFail')
  const { body } = await merchant.post('/v1/refunds', `payment_intent=${intent.id}&amount=700`)
  expect(body.status).toBe('succeeded')
  await merchant.sandbox.advance(10_000)
  const { body: failed } = await merchant.get(`/v1/refunds/${body.id}`)
  expect(failed).toMatchObject({ status: 'failed', failure_reason: 'expired_or_canceled_card' })
  const { body: events } = await merchant.get('/v1/events?type=refund.failed')
  expect(events.data[0].data.previous_attributes).toEqual({ status: 'succeeded' })
  expect(merchant.sandbox.book('stripe')).toMatchObject([{ captured: 2000n, refunded: 0n }])
})

test('metadata can change; a card refund cannot be canceled', async () => {
  const merchant = openMerchant()
  const intent = await paid(merchant)
  const { body } = await merchant.post('/v1/refunds', `payment_intent=${intent.id}`)
  expect((await merchant.post(`/v1/refunds/${body.id}`, 'metadata[a]=1')).body.metadata).toEqual({ a: '1' })
  expect((await merchant.post(`/v1/refunds/${body.id}/cancel`)).status).toBe(400)
})

test('a disputed charge cannot be refunded', async () => {
  const merchant = openMerchant()
  const intent = await paid(merchant, 'pm_card_createDispute')
  await merchant.sandbox.advance(1_000)
  expect((await merchant.get(`/v1/disputes?payment_intent=${intent.id}`)).body.data).toMatchObject([
    { amount: 2000, reason: 'fraudulent', status: 'needs_response' },
  ])
  const { body } = await merchant.post('/v1/refunds', `payment_intent=${intent.id}`)
  expect(body.error.code).toBe('charge_disputed')
  expect(await merchant.eventTypes()).toEqual(
    expect.arrayContaining(['charge.dispute.created', 'charge.dispute.funds_withdrawn']),
  )
})

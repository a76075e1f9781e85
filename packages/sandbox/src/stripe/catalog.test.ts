import { expect, test } from 'vitest'
import { CONFIRMED, openMerchant, SESSION } from './test-merchant.ts'

test('products and prices are kept, changed and used by Checkout', async () => {
  const merchant = openMerchant()
  const { body: product } = await merchant.post('/v1/products', 'name=Gold&metadata[plan]=gold&id=prod_gold')
  expect(product).toMatchObject({ id: 'prod_gold', active: true, metadata: { plan: 'gold' } })
  expect((await merchant.post('/v1/products', 'name=Gold&id=prod_gold')).body.error.code).toBe(
    'resource_already_exists',
  )
  expect((await merchant.post('/v1/products/prod_gold', 'name=Gold%202&active=false')).body.name).toBe(
    'Gold 2',
  )
  expect((await merchant.get('/v1/products?active=true')).body.data).toEqual([])
  const { body: price } = await merchant.post('/v1/prices', 'product=prod_gold&unit_amount=700&currency=usd')
  expect((await merchant.post(`/v1/prices/${price.id}`, 'nickname=n&metadata[a]=1')).body.nickname).toBe('n')
  const found = await merchant.get(`/v1/prices/${price.id}?expand[]=product`)
  expect(found.body.product.name).toBe('Gold 2')
  const form = `${SESSION.replace(/line_items[^&]*&/g, '')}&line_items[][price]=${price.id}&line_items[][quantity]=3`
  expect((await merchant.post('/v1/checkout/sessions', form)).body.amount_total).toBe(2100)
})

test('a recurring price does not fit a payment', async () => {
  const merchant = openMerchant()
  const { body: price } = await merchant.post(
    '/v1/prices',
    'product_data[name]=G&unit_amount=700&currency=usd&recurring[interval]=month',
  )
  expect(price).toMatchObject({ type: 'recurring', recurring: { interval: 'month', interval_count: 1 } })
  const form = `${SESSION.replace(/line_items[^&]*&/g, '')}&line_items[0][price]=${price.id}`
  expect((await merchant.post('/v1/checkout/sessions', form)).body.error.message).toMatch(/recurring price/)
})

test('sessions, charges and payment methods can be read and annotated', async () => {
  const merchant = openMerchant()
  const { body: session } = await merchant.post('/v1/checkout/sessions', SESSION)
  const updated = await merchant.post(`/v1/checkout/sessions/${session.id}`, 'metadata[a]=1')
  expect(updated.body.metadata).toEqual({ note: 'session', a: '1' })
  for (const pm of ['pm_card_visa', 'pm_usBankAccount']) {
    const { body: intent } = await merchant.post(
      '/v1/payment_intents',
      `amount=100&currency=usd&${CONFIRMED.replace('pm_card_visa', pm)}`,
    )
    const method = await merchant.get(`/v1/payment_methods/${intent.payment_method}`)
    expect(method.body.type).toBe(pm === 'pm_card_visa' ? 'card' : 'us_bank_account')
    const charge = await merchant.post(`/v1/charges/${intent.latest_charge}`, 'metadata[a]=1')
    expect(charge.body.metadata).toEqual({ a: '1' })
  }
})

test('two accounts never see each other’s objects', async () => {
  const merchant = openMerchant()
  const { body: intent } = await merchant.post('/v1/payment_intents', 'amount=100&currency=usd')
  const stranger = merchant.sandbox.createAccount('stripe')
  const headers = { authorization: `Bearer ${stranger.credentials.secret_key}` }
  const answer = await merchant.get(`/v1/payment_intents/${intent.id}`, headers)
  expect([answer.status, answer.body.error.message]).toEqual([404, `No such payment_intent: '${intent.id}'`])
  expect((await merchant.get('/v1/events', headers)).body.data).toEqual([])
  const [own, other] = [await merchant.get('/v1/account'), await merchant.get('/v1/account', headers)]
  expect(own.body.id).not.toBe(other.body.id)
})

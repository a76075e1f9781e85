import { expect, test } from 'vitest'
import { openShop, type Shop } from './test-plan.ts'

const URLS = 'success_url=https%3A%2F%2Fshop.example%2Fok&cancel_url=https%3A%2F%2Fshop.example%2Fno'

async function open(shop: Shop, extra = '') {
  const form = `mode=subscription&line_items[0][price]=${shop.monthly}&line_items[0][quantity]=2&${URLS}${extra}`
  const { body, status } = await shop.merchant.post('/v1/checkout/sessions', form)
  return {
    body,
    status,
    read: async () => (await shop.merchant.get(`/v1/checkout/sessions/${body.id}`)).body,
  }
}
const card = (number: string) => ({ action: 'pay', card: number })

test('a payer subscribes on the hosted page and is billed from then on', async () => {
  const shop = await openShop()
  const { body, read } = await open(shop, '&subscription_data[metadata][onerouter_ref]=sub_3')
  expect(body).toMatchObject({ amount_total: 4000, subscription: null, payment_intent: null, customer: null })
  const page = await (await shop.merchant.browse(body.url)).text()
  expect(page).toContain('>Subscribe<')
  const back = await shop.merchant.browse(body.url, card('4242 4242 4242 4242'))
  expect(back.headers.get('location')).toBe('https://shop.example/ok')
  const done = await read()
  expect(done).toMatchObject({
    status: 'complete',
    payment_status: 'paid',
    payment_intent: null,
    invoice: expect.stringMatching(/^in_/),
  })
  const subscription = await shop.read(done.subscription)
  expect(subscription).toMatchObject({
    status: 'active',
    customer: done.customer,
    metadata: { onerouter_ref: 'sub_3' },
  })
  expect(
    (await shop.merchant.get(`/v1/checkout/sessions?subscription=${done.subscription}`)).body.data,
  ).toHaveLength(1)
  await shop.days(31)
  expect(shop.paid()).toEqual([4000n, 4000n])
})

test('a decline leaves the session open, the next try takes the same subscription up', async () => {
  const shop = await openShop()
  const { body, read } = await open(shop, `&customer=${shop.customer}`)
  await shop.merchant.browse(body.url, { action: 'decline' })
  expect(await read()).toMatchObject({ status: 'open', subscription: null })
  expect(await (await shop.merchant.browse(body.url)).text()).toContain('Your card was declined.')
  await shop.merchant.browse(body.url, card('4000002760003184'))
  const all = (await shop.merchant.get('/v1/subscriptions?status=all')).body.data
  expect(all).toMatchObject([{ status: 'incomplete' }])
  const intent = (await shop.merchant.get('/v1/payment_intents')).body.data[0]
  const bank = intent.next_action.redirect_to_url.url
  await shop.merchant.browse(bank, { action: 'complete' })
  expect(await read()).toMatchObject({ status: 'complete', subscription: all[0].id })
  expect(shop.paid()).toEqual([4000n])
})

test('an expired session takes what was begun with it', async () => {
  const shop = await openShop()
  const { body, read } = await open(shop)
  await shop.merchant.browse(body.url, { action: 'decline' })
  await shop.merchant.post(`/v1/checkout/sessions/${body.id}/expire`)
  expect((await read()).status).toBe('expired')
  const all = (await shop.merchant.get('/v1/subscriptions?status=all')).body.data
  expect(all).toMatchObject([{ status: 'incomplete_expired' }])
})

test('a trial saves the card and takes it later, even one that only fails when charged', async () => {
  const shop = await openShop()
  const { body, read } = await open(shop, '&subscription_data[trial_period_days]=7')
  expect(body.amount_total).toBe(0)
  const refused = await shop.merchant.browse(body.url, card('4000000000000002'))
  expect([refused.status, (await read()).status]).toEqual([402, 'open'])
  await shop.merchant.browse(body.url, card('4000000000000341'))
  const done = await read()
  expect(done).toMatchObject({ status: 'complete', payment_status: 'no_payment_required' })
  expect((await shop.read(done.subscription)).status).toBe('trialing')
  await shop.days(8)
  expect((await shop.read(done.subscription)).status).toBe('past_due')
})

test('a setup session saves a card that can then pay for the subscription', async () => {
  const shop = await openShop()
  const id = await shop.subscribe()
  const form = `mode=setup&currency=usd&customer=${shop.customer}&${URLS}&setup_intent_data[metadata][subscription]=${id}`
  const { body } = await shop.merchant.post('/v1/checkout/sessions', form)
  await shop.merchant.browse(body.url, card('5555555555554444'))
  const done = (await shop.merchant.get(`/v1/checkout/sessions/${body.id}?expand[]=setup_intent`)).body
  expect(done.setup_intent).toMatchObject({ status: 'succeeded', metadata: { subscription: id } })
  const method = done.setup_intent.payment_method
  const changed = await shop.merchant.post(`/v1/subscriptions/${id}`, `default_payment_method=${method}`)
  expect(changed.body.default_payment_method).toBe(method)
})

test('approve and renew drive a session without a browser', async () => {
  const shop = await openShop()
  const { body } = await open(shop)
  const run = (action: 'approve' | 'renew') =>
    shop.merchant.sandbox.simulateSubscription('stripe', shop.merchant.accountId, body.id, action)
  expect(run('renew')).toMatchObject({ ok: false })
  expect(run('approve')).toEqual({ ok: true, status: 'active' })
  expect(run('renew')).toEqual({ ok: true, status: 'active' })
  expect(shop.paid()).toEqual([4000n, 4000n])
})

test.each([
  ['one-time prices alone', 'unit_amount=500', /at least one recurring price/],
  ['payment_intent_data', '', /payment_intent_data/],
])('refuses %s in subscription mode', async (_name, priceForm, message) => {
  const shop = await openShop()
  const price = priceForm === '' ? shop.monthly : await shop.price(priceForm)
  const extra = priceForm === '' ? '&payment_intent_data[description]=x' : ''
  const form = `mode=subscription&line_items[0][price]=${price}&line_items[0][quantity]=1&${URLS}${extra}`
  const { status, body } = await shop.merchant.post('/v1/checkout/sessions', form)
  expect([status, body.error.message]).toEqual([400, expect.stringMatching(message)])
})

/** Money that comes after the end, twice, or at a moment nobody is watching. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { overHttp } from '../../harness/interference.ts'
import { DAY, HOUR, openShop, type Shop } from '../../harness/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop(34)
})
afterAll(() => shop.close())

test('H14, H19: a payer who pays a canceled Razorpay order is noticed without a webhook, and paid back', async () => {
  const made = await shop.create('razorpay')
  expect((await shop.cancel(made)).status).toBe(200)
  shop.pay(made)
  await shop.live(10, DAY)
  const payment = await shop.payment(made)
  const { captured, refunded } = await shop.book(made)
  expect(payment).toMatchObject({ captured, refunded, refund_pending: 0n })
  expect(refunded).toBe(captured)
})

test('H14: a refund of money that came after the cancellation, refused at first, is made by itself later', async () => {
  const made = await shop.create('razorpay')
  await shop.cancel(made)
  shop.pay(made)
  const text = JSON.stringify({
    error: {
      code: 'BAD_REQUEST_ERROR',
      description: 'Your account does not have enough balance to carry out the refund operation.',
    },
  })
  let refusals = 0
  const poor = overHttp(shop.world.engine, async (request, real) => {
    if (request.method !== 'POST' || !request.path.includes('/refund')) return await real(request)
    refusals += 1
    return { ok: true, response: { status: 400, headers: {}, text } }
  })
  await shop.sync(made, 'payer', poor)
  expect(refusals).toBe(1)
  expect(await shop.payment(made)).toMatchObject({ captured: 50_000n, refunded: 0n })
  await shop.live(4, HOUR)
  const { captured, refunded } = await shop.book(made)
  expect(refunded).toBe(captured)
  expect(await shop.payment(made)).toMatchObject({ refunded, refund_pending: 0n })
})

test('H14: a hold that comes after the cancellation is never captured, and is asked back a bounded number of times', async () => {
  const made = await shop.create('razorpay', 'manual')
  await shop.cancel(made)
  shop.pay(made)
  expect((await shop.sync(made)).kind).not.toBe('stale')
  const releases = async () => (await shop.operations(made)).filter(({ kind }) => kind === 'void').length - 1
  expect(await releases()).toBe(1)
  for (let look = 0; look < 10; look++) await shop.sync(made)
  expect(await releases()).toBeLessThanOrEqual(5)
  expect(await shop.payment(made)).toMatchObject({ status: 'canceled', captured: 0n })
  expect((await shop.book(made)).captured).toBe(0n)
})

test('H19: an authorization that lapsed at the provider does not stay authorized, without a webhook', async () => {
  const made = await shop.paid('razorpay', 'manual')
  expect((await shop.payment(made)).status).toBe('authorized')
  shop.pay(made, 'expire')
  await shop.live(10, DAY)
  expect(['canceled', 'expired']).toContain((await shop.payment(made)).status)
})

test('H13: two captured payments on one Razorpay order are one success of the amount asked for', async () => {
  const made = await shop.create('razorpay')
  shop.pay(made)
  const twice = overHttp(shop.world.engine, async (request, real) => {
    const result = await real(request)
    if (!result.ok || !request.path.endsWith('/payments')) return result
    const list = JSON.parse(result.response.text)
    list.items.push({ ...list.items[0], id: 'pay_second00000000' })
    list.count = list.items.length
    return { ok: true, response: { ...result.response, text: JSON.stringify(list) } }
  })
  await shop.sync(made, 'payer', twice)
  expect(await shop.payment(made)).toMatchObject({ status: 'succeeded', captured: 50_000n })
})

test('H12, H13: an order left behind by a failover was shown to nobody, and only the other one can be paid', async () => {
  shop.world.sandbox.faults.add({
    provider: 'stripe',
    fault: 'lost_answer',
    count: 1,
    match: 'POST /v1/checkout/sessions',
  })
  const made = await shop.createRouted()
  expect(made.provider).toBe('paypal')
  shop.pay(made)
  await shop.sync(made)
  const states = (await shop.operations(made)).map(({ provider, kind, state }) => [provider, kind, state])
  expect(states).toEqual([
    ['stripe', 'charge', 'abandoned'],
    ['paypal', 'charge', 'succeeded'],
    ['paypal', 'confirm', 'succeeded'],
  ])
})

/** What no webhook tells is found by looking, as often as it takes and no oftener. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bodyOf } from '../../harness/engine.ts'
import { inTheDark, overHttp, withReads } from '../../harness/interference.ts'
import { type Delivered, deliver, stripeEvent } from '../../harness/provider-side.ts'
import { codeOf, DAY, openShop, PAYMENT_PROVIDERS, type Shop } from '../../harness/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop(36)
})
afterAll(() => shop.close())

const MINUTE = 60_000

test.each(PAYMENT_PROVIDERS)(
  'H19: a payment through %s whose every webhook is lost succeeds',
  async (provider) => {
    const made = await shop.create(provider)
    shop.pay(made)
    await shop.live(3, 3 * MINUTE)
    expect(await shop.payment(made)).toMatchObject({ status: 'succeeded', captured: 50_000n })
  },
)

test('H19: a PayPal capture that is pending is captured once and followed to its end', async () => {
  const made = await shop.create('paypal', 'manual')
  shop.pay(made, 'late_succeed')
  await shop.sync(made)
  const captured = await shop.capture(made)
  expect([200, 202]).toContain(captured.status)
  expect(await codeOf(shop.capture(made))).not.toBe('201')
  shop.pay(made)
  await shop.live(5, DAY)
  expect((await shop.payment(made)).status).toBe('succeeded')
  expect((await shop.book(made)).captured).toBe(50_000n)
})

test('H19: a fee that is booked late is asked for more than once, also after a slow payer', async () => {
  const made = await shop.create('stripe')
  for (const minutes of [3, 11, 31, 125]) await shop.live(1, minutes * MINUTE)
  shop.pay(made)
  let unbooked = 0
  const early = withReads(shop.world.engine, (text) =>
    text.replace(/"balance_transaction":\s*\{/, () => {
      unbooked += 1
      return '"balance_transaction":null,"later":{'
    }),
  )
  await shop.sync(made, 'payer', early)
  await shop.world.pass(6_000)
  await shop.workWith(early)
  expect(unbooked).toBeGreaterThan(0)
  expect((await shop.payment(made)).fee_amount).toBeNull()
  await shop.live(10, 10 * MINUTE)
  expect((await shop.payment(made)).fee_amount).not.toBeNull()
})

test('H15: a webhook that overtakes the answer which names its order is kept until the order is known', async () => {
  let delivered: Delivered | null = null
  const racing = overHttp(shop.world.engine, async (request, real) => {
    const result = await real(request)
    if (request.method === 'POST' && request.path === '/v1/checkout/sessions' && result.ok) {
      const session = JSON.parse(result.response.text)
      delivered = await deliver(shop, 'stripe', stripeEvent('checkout.session.completed', session))
      await shop.workWith(shop.world.engine)
    }
    return result
  })
  const made = await shop.create('stripe', 'automatic', { engine: racing })
  const state = delivered as Delivered | null // set inside the hook, which the compiler does not follow
  expect((await state?.())?.state).toBe('received')
  shop.pay(made)
  await shop.live(1, MINUTE)
  expect((await state?.())?.state).toBe('applied')
  expect((await shop.payment(made)).status).toBe('succeeded')
})

test('H41: an order nobody pays is looked at less and less, and not for ever', async () => {
  const made = await shop.create('razorpay')
  let requests = 0
  const counting = overHttp(shop.world.engine, async (request, real) => {
    requests += 1
    return await real(request)
  })
  for (let day = 0; day < 100; day++) {
    await shop.world.pass(DAY)
    await shop.workWith(counting)
  }
  const [charge] = await shop.operations(made)
  expect(charge?.due_at).toBeNull()
  expect(requests).toBeLessThan(150)
})

test('H41: a sick provider is asked about a call in the dark a bounded number of times a day', async () => {
  const made = await shop.paid('stripe', 'manual')
  let requests = 0
  const { provider_payment_id } = await shop.payment(made)
  const sick = overHttp(shop.world.engine, async ({ path }) => {
    if (path.includes(`/${provider_payment_id}/`)) requests += 1
    return { ok: true, response: { status: 503, headers: {}, text: '' } }
  })
  const reply = await shop.capture(made, { engine: sick })
  expect([reply.status, bodyOf(reply)['status']]).toEqual([202, 'authorized'])
  for (let minute = 0; minute < 24 * 60; minute += 5) {
    await shop.world.pass(5 * MINUTE)
    await shop.workWith(sick)
  }
  // The first hour's looks, 25 s apart, are most of them (ADR 0125); the day after has a handful.
  expect(requests).toBeLessThan(180)
  expect((await shop.payment(made)).status).toBe('authorized')
})

test('H41: what a webhook told during an outage of half an hour is known within a minute of its end', async () => {
  const made = await shop.create('stripe')
  shop.pay(made)
  const session = { object: 'checkout.session', mode: 'payment', id: made.order }
  const delivered = await deliver(shop, 'stripe', stripeEvent('checkout.session.completed', session))
  for (let minute = 0; minute < 30; minute++) {
    await shop.workWith(inTheDark(shop.world.engine))
    await shop.world.pass(60_000)
  }
  // No poll is due: the message itself is what brings the news.
  await shop.world.db.engine.query('update operation set due_at = null where payment_id = $1', [made.id])
  expect(await delivered()).toMatchObject({ state: 'received' })
  await shop.live(1, 60_000)
  expect(await delivered()).toMatchObject({ state: 'applied' })
  expect((await shop.payment(made)).status).toBe('succeeded')
})

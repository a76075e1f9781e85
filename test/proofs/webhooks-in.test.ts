/** What providers send us, over real HTTP: taken in once, and believed only as far as the provider repeats it. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { keptBy, order, postTo, signedFor, statusOf, stripeEvent } from './deliveries.ts'
import {
  createStack,
  type Delivery,
  type Merchant,
  PAYMENT_SERVICES,
  type PaymentService,
  type Stack,
} from './stack.ts'

let stack: Stack
let origin: string
beforeAll(async () => {
  stack = await createStack()
  origin = await stack.api.app.listen({ host: '127.0.0.1', port: 0 })
})
beforeEach(() => {
  stack.intercept = null
  stack.deliveries.length = 0
})
afterAll(() => stack.close())

const post = (delivery: Delivery) => postTo(origin, delivery)
const kept = (merchant: Merchant) => keptBy(stack, merchant)
const signed = (merchant: Merchant, provider: 'stripe' | 'razorpay', event: object) =>
  signedFor(stack, merchant, provider, event)

/** Events that move no payment: of types that no adapter looks into, and at PayPal, which signs its own, a dispute. */
async function unusedEvents(
  merchant: Merchant,
  provider: PaymentService,
  payment: { readonly provider: string; readonly provider_order_id: string },
): Promise<Delivery[]> {
  if (provider === 'stripe') {
    const event = stripeEvent('evt_unused', 'customer.created', { id: 'cus_1', object: 'customer' })
    return [await signed(merchant, provider, event)]
  }
  if (provider === 'razorpay') {
    const at = Math.floor(Date.now() / 1000)
    const event = { entity: 'event', event: 'payment.downtime.started', payload: {}, created_at: at }
    return [await signed(merchant, provider, event)]
  }
  merchant.pay(payment, 'dispute')
  return (await stack.collect(merchant)).filter(({ body }) => /dispute/i.test(body))
}

describe.each(PAYMENT_SERVICES)('%s', (provider) => {
  test('D16, D17: a webhook for an ordinary payment finds its tenant and moves the payment', async () => {
    const merchant = await stack.merchant({ services: [provider] })
    const bystander = await stack.merchant({ services: [provider] })
    const made = await order(merchant, provider)
    expect(made.status).toBe('requires_action')
    merchant.pay(made)
    const deliveries = await stack.collect(merchant)
    expect(deliveries.length).toBeGreaterThan(0)
    for (const delivery of deliveries) expect((await post(delivery)).status).toBe(200)
    await stack.settle()
    expect(await statusOf(merchant, made.id)).toBe('succeeded')
    expect(await kept(bystander)).toEqual([])
    const rows = await kept(merchant)
    expect(rows.some(({ state }) => state === 'applied')).toBe(true)
  })

  test('D18, H16: the same delivery ten times at once is one row and one effect, and every time 200', async () => {
    const merchant = await stack.merchant({ services: [provider] })
    const made = await order(merchant, provider)
    merchant.pay(made)
    const deliveries = await stack.collect(merchant)
    for (const delivery of deliveries) {
      const answers = await Promise.all(Array.from({ length: 10 }, () => post(delivery)))
      expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    }
    expect(await kept(merchant)).toHaveLength(deliveries.length)
    await stack.settle()
    const events = (await merchant.call('GET', '/v1/events?limit=100')).json().data
    const succeeded = events.filter((event: { type: string }) => event.type === 'payment.succeeded')
    expect(succeeded).toHaveLength(1)
  })

  test('H18: a delivery that was changed, unsigned, or signed for somebody else is refused and leaves nothing', async () => {
    const merchant = await stack.merchant({ services: [provider] })
    const stranger = await stack.merchant({ services: [provider] })
    const made = await order(merchant, provider)
    merchant.pay(made)
    const [delivery] = await stack.collect(merchant)
    const other = await order(stranger, provider)
    stranger.pay(other)
    const [foreign] = await stack.collect(stranger)
    if (delivery === undefined || foreign === undefined) throw new Error('nothing was delivered')
    const unsigned = Object.fromEntries(
      Object.entries(delivery.headers).filter(([name]) => !/sig|transmission/.test(name)),
    )
    const forgeries = [
      { ...delivery, body: delivery.body.replace(/\d(?=\D*$)/, (digit) => (digit === '1' ? '2' : '1')) },
      { ...delivery, body: `${delivery.body} ` },
      { ...delivery, body: '' },
      { ...delivery, headers: unsigned },
      { ...delivery, headers: foreign.headers },
      { ...delivery, path: foreign.path },
      { ...foreign, path: delivery.path },
    ]
    for (const [index, forgery] of forgeries.entries()) {
      const answer = await post(forgery)
      expect([index, answer.status, answer.type]).toEqual([
        index,
        401,
        'application/problem+json; charset=utf-8',
      ])
      expect(JSON.parse(answer.text)).toMatchObject({ code: 'unauthenticated' })
    }
    expect(await kept(merchant)).toEqual([])
    expect(await kept(stranger)).toEqual([])
    expect(await statusOf(merchant, made.id)).toBe('requires_action')
    expect((await post(delivery)).status).toBe(200)
  })

  test('an address nobody has is 404, whatever the signature', async () => {
    const merchant = await stack.merchant({ services: [provider] })
    const made = await order(merchant, provider)
    merchant.pay(made)
    const [delivery] = await stack.collect(merchant)
    if (delivery === undefined) throw new Error('nothing was delivered')
    for (const path of [
      `/webhooks/${provider}/${'x'.repeat(43)}`,
      `/webhooks/square/x`,
      '/webhooks/twilio',
    ]) {
      expect((await post({ ...delivery, path })).status).toBe(404)
    }
    expect(await kept(merchant)).toEqual([])
  })

  test('H17: events in any order end in the same state', async () => {
    const outcomes = []
    for (const arrange of [(list: Delivery[]) => list, (list: Delivery[]) => list.toReversed()]) {
      const merchant = await stack.merchant({ services: [provider] })
      const made = await order(merchant, provider)
      merchant.pay(made)
      // Paid and refunded at the provider before any of its words arrives here.
      const paid = (await merchant.call('POST', `/v1/payments/${made.id}/sync`)).json()
      expect(paid.status).toBe('succeeded')
      const refund = await merchant.call('POST', '/v1/refunds', { payment_id: made.id, amount: '200.00' })
      expect(refund.statusCode, refund.body).toBe(201)
      await stack.sandbox.advance(1000)
      const deliveries = arrange(await stack.collect(merchant))
      for (const delivery of deliveries) {
        expect((await post(delivery)).status).toBe(200)
        await stack.work()
      }
      const payment = (await merchant.call('GET', `/v1/payments/${made.id}`)).json()
      const [settled] = (await merchant.call('GET', '/v1/refunds')).json().data
      const events = (await merchant.call('GET', '/v1/events?limit=100')).json().data
      outcomes.push({
        payment: [payment.status, payment.amount_captured, payment.amount_refunded, payment.failure],
        refund: [settled.status, settled.amount],
        events: events.map((event: { type: string }) => event.type).sort(),
        left: (await kept(merchant)).filter(({ state }) => state === 'received' || state === 'quarantined'),
      })
    }
    expect(outcomes[1]).toEqual(outcomes[0])
    expect(outcomes[0]?.payment).toEqual(['succeeded', '500.00', '200.00', null])
    expect(outcomes[0]?.left).toEqual([])
  })

  test('H15: a webhook that overtakes the answer to the call that made its object is not lost', async () => {
    const merchant = await stack.merchant({ services: [provider] })
    const gate = Promise.withResolvers<void>()
    const answered = Promise.withResolvers<void>()
    stack.intercept = async (wire, next) => {
      const answer = await next()
      if (wire.method !== 'POST' || !/sessions|payment_intents|\/orders$/.test(wire.path)) return answer
      answered.resolve()
      await gate.promise
      return answer
    }
    const creating = order(merchant, provider)
    await answered.promise
    const account = (await stack.api.deps.credentials.current(merchant.accountId, 'test', provider))
      ?.credentials
    const publicHalf = Object.values(account ?? {}).map(String)
    const owner = publicHalf
      .map((credential) => stack.sandbox.findAccount(provider, { credential }))
      .find((found) => found !== undefined)
    const [entry] = stack.sandbox.book(provider, owner?.id)
    if (entry === undefined) throw new Error('the order is not in the books')
    expect(stack.sandbox.simulate(provider, entry.accountId, entry.orderRef, 'succeed').ok).toBe(true)
    const early = await stack.collect(merchant)
    for (const delivery of early) expect((await post(delivery)).status).toBe(200)
    await stack.work()
    gate.resolve()
    const made = await creating
    await stack.api.deps.db.engine.query('UPDATE inbound SET due_at = now() WHERE due_at IS NOT NULL')
    await stack.settle()
    expect(await statusOf(merchant, made.id)).toBe('succeeded')
    expect(await kept(merchant)).toHaveLength(early.length)
    expect((await kept(merchant)).filter(({ state }) => state === 'received')).toEqual([])
  })

  test('types we do not use are acknowledged, kept and counted, and change nothing', async () => {
    const merchant = await stack.merchant({ services: [provider] })
    const made = await order(merchant, provider)
    merchant.pay(made)
    await stack.settle()
    const before = (await merchant.call('GET', `/v1/payments/${made.id}`)).json()
    const unused = await unusedEvents(merchant, provider, made)
    expect(unused.length).toBeGreaterThan(0)
    for (const delivery of unused) expect((await post(delivery)).status).toBe(200)
    await stack.work()
    const rows = (await kept(merchant)).filter(({ event_type: type }) =>
      /dispute|customer|downtime/i.test(type),
    )
    expect(rows.length).toBeGreaterThan(0)
    expect(rows.every(({ state }) => state === 'ignored' || state === 'applied')).toBe(true)
    expect((await merchant.call('GET', `/v1/payments/${made.id}`)).json().status).toBe(before.status)
  })

  test('without a token: taken where exactly one account verifies', async () => {
    const own = await createStack()
    const merchant = await own.merchant({ services: [provider] })
    await own.merchant({ services: [provider] })
    const made = await order(merchant, provider)
    merchant.pay(made)
    const [delivery] = await own.collect(merchant)
    if (delivery === undefined) throw new Error('nothing was delivered')
    const bare = { ...delivery, path: `/webhooks/${provider}` }
    const spoiled = await own.hand({ ...bare, body: `${bare.body} ` })
    expect(spoiled.statusCode).toBe(401)
    expect((await own.hand(bare)).statusCode).toBe(200)
    await own.work()
    expect((await merchant.call('GET', `/v1/payments/${made.id}`)).json().status).toBe('succeeded')
    await own.close()
  })
})

test.each(['stripe', 'razorpay'] as const)(
  '%s without a token: where two accounts hold one secret nobody is guessed',
  async (provider) => {
    const own = await createStack()
    const merchant = await own.merchant({ services: [provider] })
    const current = await own.api.deps.credentials.current(merchant.accountId, 'test', provider)
    const twin = await own.api.newKey()
    const saved = await own.api.call(twin.plain, 'PUT', `/api/services/${provider}/credentials`, {
      environment: 'test',
      credentials: current?.credentials,
    })
    expect(saved.statusCode, saved.body).toBe(200)
    const made = await order(merchant, provider)
    merchant.pay(made)
    const [delivery] = await own.collect(merchant)
    if (delivery === undefined) throw new Error('nothing was delivered')
    expect((await own.hand({ ...delivery, path: `/webhooks/${provider}` })).statusCode).toBe(401)
    expect((await own.hand(delivery)).statusCode).toBe(200)
    await own.close()
  },
)

test('H28: an event of the other environment is kept aside and touches nothing', async () => {
  const merchant = await stack.merchant({ services: ['stripe'] })
  const made = await order(merchant, 'stripe')
  merchant.pay(made)
  const object = { id: made.provider_order_id, object: 'checkout.session', mode: 'payment' }
  const live = stripeEvent('evt_live_1', 'checkout.session.completed', object, { livemode: true })
  stack.wire.length = 0
  expect((await post(await signed(merchant, 'stripe', live))).status).toBe(200)
  await stack.work()
  expect(await kept(merchant)).toMatchObject([
    { state: 'quarantined', reason: 'the event belongs to the other environment' },
  ])
  expect(stack.wire.filter(({ path }) => path.includes(made.provider_order_id))).toEqual([])
  expect(await statusOf(merchant, made.id)).toBe('requires_action')
})

test.each(['stripe', 'razorpay'] as const)(
  '%s: an event about an object of no payment here is looked at again, and at last left alone',
  async (provider) => {
    const merchant = await stack.merchant({ services: [provider] })
    const event =
      provider === 'stripe'
        ? stripeEvent('evt_nobody', 'payment_intent.succeeded', { id: 'pi_nobody', object: 'payment_intent' })
        : {
            entity: 'event',
            account_id: 'acc_x',
            event: 'payment.captured',
            contains: ['payment'],
            payload: { payment: { entity: { id: 'pay_nobody0000000', order_id: 'order_nobody00000' } } },
            created_at: Math.floor(Date.now() / 1000),
          }
    expect((await post(await signed(merchant, provider, event))).status).toBe(200)
    for (let look = 0; look < 8; look++) {
      await stack.work()
      await stack.api.deps.db.engine.query(
        'UPDATE inbound SET due_at = now() WHERE account_id = $1 AND due_at IS NOT NULL',
        [merchant.accountId],
      )
      if (look === 0) expect(await kept(merchant)).toMatchObject([{ state: 'received' }])
    }
    expect(await kept(merchant)).toMatchObject([
      { state: 'ignored', reason: 'concerns no payment of this account' },
    ])
  },
)

test('H18: Razorpay: an old delivery under a new event id is still the old delivery', async () => {
  const merchant = await stack.merchant({ services: ['razorpay'] })
  const made = await order(merchant, 'razorpay')
  merchant.pay(made)
  const [delivery] = await stack.collect(merchant)
  if (delivery === undefined) throw new Error('nothing was delivered')
  await post(delivery)
  const renamed = { ...delivery.headers, 'x-razorpay-event-id': 'evt_made_up' }
  expect((await post({ ...delivery, headers: renamed })).status).toBe(200)
  expect(await kept(merchant)).toHaveLength(1)
})

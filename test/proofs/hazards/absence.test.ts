/** "Not found" is not "did not happen": what was looked for counts as absent only when it can no longer come. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { claimFor } from '../../harness/engine.ts'
import { losingWrites, overHttp, slowWire } from '../../harness/interference.ts'
import { codeOf, HOUR, madeOf, openShop, PAYMENT_PROVIDERS, type Shop } from '../../harness/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop(31)
})
afterAll(() => shop.close())

const isRefund = ({ method, path }: { method: string; path: string }) =>
  method === 'POST' && path.includes('/refund')

test('H10, H11: a lost order is made anew, and the first one, should it arrive late, is shown to nobody', async () => {
  const claim = claimFor()
  const wire = slowWire(shop.world.engine, ({ method, path }) => method === 'POST' && path === '/v1/orders')
  expect((await shop.ask('razorpay', { claim, engine: wire.engine })).status).toBe(202)
  await shop.live(1, 10 * 60_000)
  const reply = await shop.ask('razorpay', { claim })
  expect(reply.status, reply.body).toBe(201)
  await wire.deliver()
  const made = madeOf('razorpay', reply)
  shop.pay(made)
  await shop.live(2, HOUR)
  expect(await shop.payment(made)).toMatchObject({ status: 'succeeded', captured: 50_000n })
  const open = (await shop.operations(made)).filter(
    ({ state }) => state === 'exposed' || state === 'succeeded',
  )
  expect(open).toHaveLength(1)
})

test('H11, H21: a refund proven absent gives its amount and its key back', async () => {
  const made = await shop.paid('razorpay')
  const claim = claimFor()
  const lost = await shop.refund(made, { amount: 10_000n, claim, engine: losingWrites(shop.world.engine) })
  expect(lost.status).toBe(202)
  await shop.live(1, HOUR)
  expect((await shop.payment(made)).refund_pending).toBe(0n)
  expect((await shop.refund(made, { amount: 10_000n, claim })).status).toBe(503)
  expect((await shop.refund(made, { amount: 10_000n, claim })).status).toBe(201)
  expect((await shop.book(made)).refunded).toBe(10_000n)
})

test('H11: a refund is not absent while a re-send may still be on its way, and one that arrives late is booked', async () => {
  const made = await shop.paid('stripe')
  const wire = slowWire(shop.world.engine, isRefund)
  const claim = claimFor()
  const amount = 20_000n
  expect((await shop.refund(made, { amount, claim, engine: wire.engine })).status).toBe(202)
  wire.lose()
  // Five seconds before re-sends under the same key end, one leaves; the request after them finds nothing yet.
  await shop.world.pass(0.8 * 20 * HOUR - 5_000)
  expect((await shop.refund(made, { amount, claim, engine: wire.engine })).status).toBe(202)
  expect(wire.held()).toBe(1)
  await shop.world.pass(10_000)
  expect((await shop.refund(made, { amount, claim, engine: wire.engine })).status).toBe(202)
  expect((await shop.payment(made)).refund_pending).toBe(amount)
  await wire.deliver()
  await shop.live(2, HOUR)
  expect(await shop.payment(made)).toMatchObject({ refunded: amount, refund_pending: 0n })
  expect((await shop.book(made)).refunded).toBe(amount)
})

test('H11: a refund sent anew beside one in the dark is a second refund, and the books agree with the provider', async () => {
  const made = await shop.paid('stripe')
  const wire = slowWire(shop.world.engine, isRefund)
  const amount = 20_000n
  expect((await shop.refund(made, { amount, engine: wire.engine })).status).toBe(202)
  expect((await shop.refund(made, { amount })).status).toBe(201)
  await wire.deliver()
  await shop.live(2, HOUR)
  const { refunded } = await shop.book(made)
  expect(refunded).toBe(2n * amount)
  expect(await shop.payment(made)).toMatchObject({ refunded, refund_pending: 0n })
})

test('H21: while a refund is in the dark its amount cannot be refunded again under another key', async () => {
  const made = await shop.paid('razorpay')
  await shop.refund(made, { amount: 40_000n, engine: losingWrites(shop.world.engine) })
  expect(await codeOf(shop.refund(made, { amount: 20_000n }))).toBe('amount_exceeds_captured')
  expect((await shop.refund(made, { amount: 10_000n })).status).toBe(201)
})

test.each(PAYMENT_PROVIDERS)(
  'H9: after an outage longer than %s remembers keys, nothing is sent again; it is looked up',
  async (provider) => {
    const made = await shop.paid(provider, 'manual')
    const claim = claimFor()
    expect((await shop.capture(made, { claim, engine: losingWrites(shop.world.engine) })).status).toBe(202)
    await shop.world.pass(40 * 24 * HOUR)
    const writes: string[] = []
    const watched = overHttp(shop.world.engine, async (request, real) => {
      if (isCapture(request)) writes.push(request.path)
      return await real(request)
    })
    const after = await codeOf(shop.capture(made, { claim, engine: watched }))
    expect(writes).toEqual([])
    expect(after).toBe('503')
  },
)

const isCapture = ({ method, path }: { method: string; path: string }) =>
  method === 'POST' && path.includes('/capture')

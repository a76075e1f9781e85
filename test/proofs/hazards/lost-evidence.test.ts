/** An answer, a commit or a whole process is lost after the provider has acted: what it did is found again. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { bodyOf, claimFor } from '../../harness/engine.ts'
import {
  dyingBeforeCommit,
  inTheDark,
  losingAnswersOf,
  losingWrites,
  overHttp,
  overStore,
  withReads,
} from '../../harness/interference.ts'
import {
  deliver,
  razorpayRefundEvent,
  refundInDashboard,
  refundsAtProvider,
  stripeEvent,
} from '../../harness/provider-side.ts'
import { codeOf, HOUR, openShop, PAYMENT_PROVIDERS, type Shop } from '../../harness/shop.ts'

let shop: Shop
beforeAll(async () => {
  shop = await openShop(33)
})
afterAll(() => shop.close())

const TAKEOVER_MS = 46_000

test.each(PAYMENT_PROVIDERS)(
  'H1, H10: %s acts on a capture or refund whose answer is lost, and it is done once',
  async (provider) => {
    const made = await shop.paid(provider, 'manual')
    const captured = await shop.capture(made, { engine: losingAnswersOf(shop.world.engine, '/capture') })
    expect(captured.status).toBe(202)
    expect((await shop.payment(made)).status).not.toBe('failed')
    await shop.live(3, HOUR)
    expect(await shop.payment(made)).toMatchObject({ status: 'succeeded', captured: 50_000n })
    const lost = await shop.refund(made, {
      amount: 20_000n,
      engine: losingAnswersOf(shop.world.engine, '/refund'),
    })
    expect(lost.status).toBe(202)
    await shop.live(3, HOUR)
    expect(await shop.payment(made)).toMatchObject({ refunded: 20_000n, refund_pending: 0n })
    expect(await shop.book(made)).toMatchObject({ captured: 50_000n, refunded: 20_000n })
  },
)

test.each(PAYMENT_PROVIDERS)(
  'H2: the process dies between the call to %s and its commit, and the order is found, once',
  async (provider) => {
    const claim = claimFor()
    const orders = shop.world.sandbox.book(provider).length
    const dying = dyingBeforeCommit(shop.world.engine)
    await expect(shop.ask(provider, { claim, engine: dying })).rejects.toThrow('the process died')
    const recorded =
      "operation join idempotency on operation_id = operation.id where key = $1 and state = 'sent'"
    expect(await shop.count(recorded, [claim.key])).toBe(1)
    await shop.live(1, TAKEOVER_MS)
    const reply = await shop.ask(provider, { claim })
    expect(reply.status, reply.body).toBe(201)
    expect(bodyOf(reply)).toMatchObject({ status: 'requires_action' })
    expect(shop.world.sandbox.book(provider).length - orders).toBe(1)
  },
)

test('H2: a payment whose process died is processing, not created, while its provider cannot be asked', async () => {
  const claim = claimFor()
  const dark = inTheDark(shop.world.engine)
  await expect(shop.ask('razorpay', { claim, engine: dyingBeforeCommit(dark) })).rejects.toThrow()
  await shop.world.pass(TAKEOVER_MS)
  await shop.workWith(dark)
  const again = await shop.ask('razorpay', { claim, engine: dark })
  expect([again.status, bodyOf(again)['status']]).toEqual([202, 'processing'])
})

test('H32: the connection is lost while the outcome is committed; the retry tells what was committed', async () => {
  const claim = claimFor()
  const cut = overStore(shop.world.engine, (real) => ({
    async settlePayment(settlement) {
      await real.settlePayment(settlement)
      throw Object.assign(new Error('connection lost'), { code: '08006' })
    },
  }))
  const orders = shop.world.sandbox.book('stripe').length
  await expect(shop.ask('stripe', { claim, engine: cut })).rejects.toThrow('connection lost')
  const reply = await shop.ask('stripe', { claim })
  expect(reply).toMatchObject({ status: 201, replayed: true })
  expect(shop.world.sandbox.book('stripe').length - orders).toBe(1)
})

test('H32: an outcome that the database would not take is settled from the evidence', async () => {
  const made = await shop.paid('stripe', 'manual')
  const claim = claimFor()
  let refusals = 1
  const busy = overStore(shop.world.engine, (real) => ({
    settlePayment: (settlement) =>
      refusals-- > 0
        ? Promise.reject(Object.assign(new Error('lock timeout'), { code: '55P03' }))
        : real.settlePayment(settlement),
  }))
  expect(['200', '202']).toContain(await codeOf(shop.capture(made, { claim, engine: busy })))
  await shop.live(1, TAKEOVER_MS)
  expect((await shop.capture(made, { claim })).status).toBe(200)
  expect(await shop.payment(made)).toMatchObject({ status: 'succeeded', captured: 50_000n })
  expect((await shop.book(made)).captured).toBe(50_000n)
})

test('H22: a refund made in the dashboard beside a reserved one of ours does not stop the evidence', async () => {
  const made = await shop.paid('stripe')
  const lost = overHttp(shop.world.engine, async (request, real) =>
    request.method === 'POST' ? { ok: false, sent: true, reason: 'timeout' } : await real(request),
  )
  expect((await shop.refund(made, { amount: 30_000n, engine: lost })).status).toBe(202)
  await refundInDashboard(shop, made, 30_000n)
  expect((await shop.sync(made, 'payer', lost)).kind).toBe('unchanged')
  // The reservation ends when our refund is proven absent or refused; then the other one has room.
  await shop.live(10, 6 * HOUR)
  expect(await shop.payment(made)).toMatchObject({ refunded: 30_000n, refund_pending: 0n })
})

test('H19, H22: a pending refund made in the dashboard is followed up without a webhook', async () => {
  const made = await shop.paid('razorpay')
  await refundInDashboard(shop, made, 29_913n)
  await shop.sync(made)
  await shop.live(12, 24 * HOUR)
  const { refunded } = await shop.book(made)
  expect(await shop.payment(made)).toMatchObject({ refund_pending: 0n, refunded })
})

test('H1, H19: a refund whose lost answer is found as pending is followed to its end without a webhook', async () => {
  const made = await shop.paid('razorpay')
  // The fee is known, so that nothing else makes anybody look at the payment.
  await shop.live(1, 60_000)
  const lost = losingAnswersOf(shop.world.engine, '/refund')
  expect((await shop.refund(made, { amount: 29_913n, engine: lost })).status).toBe(202)
  // One message comes, while the refund is on its way; none tells that it arrived.
  const [refund] = await refundsAtProvider(shop, made)
  if (refund === undefined) throw new Error('the provider made no refund')
  expect(refund.status).toBe('pending')
  const delivered = await deliver(shop, 'razorpay', razorpayRefundEvent(refund, await shop.payment(made)))
  await shop.workWith(losingWrites(shop.world.engine))
  expect(await delivered()).toMatchObject({ state: 'applied' })
  expect(await shop.payment(made)).toMatchObject({ refunded: 0n, refund_pending: 29_913n })
  await shop.live(12, 24 * HOUR)
  const { refunded } = await shop.book(made)
  expect(await shop.payment(made)).toMatchObject({ refund_pending: 0n, refunded })
})

test('H22: the refund by which Razorpay gives back a lapsed authorization is worked off, and is no refund of ours', async () => {
  const made = await shop.paid('razorpay', 'manual')
  const before = await shop.payment(made)
  shop.pay(made, 'expire')
  const [refund] = await refundsAtProvider(shop, made)
  if (refund === undefined) throw new Error('the sandbox gave nothing back')
  const delivered = await deliver(shop, 'razorpay', razorpayRefundEvent(refund, before))
  await shop.live(20, TAKEOVER_MS)
  expect((await delivered()).state).not.toBe('received')
  expect(await shop.payment(made)).toMatchObject({ captured: 0n, refunded: 0n, refund_pending: 0n })
})

test.each([
  ['works', 0],
  ['meets a reset', 1],
])(
  'H22: a refund that failed late is taken back off the books, also when the first look %s',
  async (_, resets) => {
    const made = await shop.paid('stripe')
    const reply = await shop.refund(made, { amount: 20_000n })
    const ref = bodyOf<{ provider_refund_id: string }>(reply).provider_refund_id
    let left = resets
    const bank = withReads(
      overHttp(shop.world.engine, async (request, real) =>
        request.path.includes(ref) && left-- > 0
          ? { ok: false, sent: true, reason: 'reset' }
          : await real(request),
      ),
      (text, { path }) =>
        path.includes('/refunds')
          ? text.replaceAll(/"status":\s*"succeeded"/g, '"status":"failed"')
          : text.replace(/"amount_refunded":\s*20000/, '"amount_refunded":0'),
    )
    const { provider_payment_id } = await shop.payment(made)
    const about = {
      object: 'refund',
      id: ref,
      payment_intent: provider_payment_id,
      charge: 'ch_x',
      metadata: {},
    }
    await deliver(shop, 'stripe', stripeEvent('refund.failed', about))
    for (let hour = 0; hour < 20; hour++) {
      await shop.world.pass(HOUR)
      await shop.workWith(bank)
    }
    expect((await shop.payment(made)).refunded).toBe(0n)
  },
)

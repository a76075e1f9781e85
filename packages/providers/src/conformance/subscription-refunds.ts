import type { Outcome } from '@onerouter/core'
import { expect, test } from 'vitest'
import type { PaymentHandle, RefundSnapshot } from '../spec.ts'
import { everyPage, LISTED_WITHIN_MS } from './pages.ts'
import { charges, PRICE, running, type Subscribed } from './subscription-steps.ts'
import { value, type World } from './world.ts'

/** The one charge of a running subscription, as the engine hands it to the verbs of a payment. */
async function charged(world: World): Promise<{ made: Subscribed; handle: PaymentHandle }> {
  const made = await running(world)
  const [charge] = await charges(world, made)
  const paymentRef = charge?.paymentRef ?? expect.fail('a charge that was paid names no payment')
  const amount = world.money(PRICE)
  const own = { reference: world.id(), amount, capture: 'automatic', refs: {} } as const
  return { made, handle: { ...own, orderRef: paymentRef, paymentRef } }
}

function refund(
  world: World,
  handle: PaymentHandle,
  minor: bigint,
  { reference, send = 'first' }: { readonly reference: string; readonly send?: 'first' | 'later' },
): Promise<Outcome<RefundSnapshot>> {
  const request = { reference, amount: world.money(minor), speed: 'normal' } as const
  return world.refunds.create(world.ctx(send), handle, request, reference)
}

/** What the provider says went back of the subscription's one charge; `null`: a part, it does not say how much. */
const refunded = async (world: World, made: Subscribed) => (await charges(world, made))[0]?.refunded

/** What a subscription's charge took goes back like any other payment: exactly, once, and never more. */
export function chargeRefunds(open: () => World): void {
  test('a charge is read as a payment that took exactly its amount', async () => {
    const world = open()
    const { handle } = await charged(world)
    const snapshot = value(await world.payments.fetch(world.ctx(), handle))
    expect(snapshot).toMatchObject({
      status: 'succeeded',
      amount: handle.amount,
      captured: PRICE,
      refunded: 0n,
    })
    expect([snapshot.orderRef, snapshot.paymentRef]).toEqual([handle.paymentRef, handle.paymentRef])
    expect([null, handle.reference]).toContain(snapshot.reference)
  })

  test('a charge refunded in full went back to the last minor unit, and stays a paid charge', async () => {
    const world = open()
    const { made, handle } = await charged(world)
    const snapshot = value(await refund(world, handle, PRICE, { reference: world.id() }))
    expect(snapshot).toMatchObject({ amount: world.money(PRICE) })
    expect(['pending', 'succeeded']).toContain(snapshot.status)
    await world.settleTime()
    expect(await refunded(world, made)).toBe(PRICE)
    const seen = value(await world.refunds.fetch(world.ctx(), handle, snapshot.refundRef))
    expect(seen).toMatchObject({ refundRef: snapshot.refundRef, amount: world.money(PRICE) })
    expect(value(await world.payments.fetch(world.ctx(), handle))).toMatchObject({
      status: 'succeeded',
      refunded: PRICE,
    })
  })

  test('parts of a charge add up to it, and beyond it nothing goes back', async () => {
    const world = open()
    const { made, handle } = await charged(world)
    value(await refund(world, handle, 9_900n, { reference: world.id() }))
    expect([9_900n, null]).toContain(await refunded(world, made))
    const over = await refund(world, handle, PRICE, { reference: world.id() })
    expect(over.kind).toBe('rejected')
    value(await refund(world, handle, PRICE - 9_900n, { reference: world.id() }))
    await world.settleTime()
    expect(await refunded(world, made)).toBe(PRICE)
  })

  test.each(['lost_answer', 'error_after', 'duplicate'] as const)(
    'a refund of a charge that ends in %s and is sent again under its key goes back once',
    async (fault) => {
      const world = open()
      const { made, handle } = await charged(world)
      world.fault(fault, '/refund')
      const reference = world.id()
      const first = await refund(world, handle, PRICE, { reference })
      if (first.kind !== 'ok') value(await refund(world, handle, PRICE, { reference, send: 'later' }))
      await world.settleTime()
      expect(await refunded(world, made)).toBe(PRICE)
    },
  )

  test('a refund of a charge is listed with the charge it came from, and each says of itself whose it is', async () => {
    const world = open()
    const { handle } = await charged(world)
    const { refundRef } = value(await refund(world, handle, 9_900n, { reference: world.id() }))
    const madeAtMs = world.sandbox.now()
    await world.settleTime(LISTED_WITHIN_MS)
    const { listSince, paymentOf } = world.refunds
    if (listSince === undefined) return expect.fail('refunds nobody told of could not be found')
    const span = { fromMs: madeAtMs - 60_000, toMs: madeAtMs + 60_000 }
    const listed = await everyPage(span, async (window) => value(await listSince(world.ctx(), window)))
    expect(listed).toEqual([{ refundRef, paymentRef: handle.paymentRef }])
    if (paymentOf === undefined) return
    expect(value(await paymentOf(world.ctx(), refundRef))).toEqual({ paymentRef: handle.paymentRef })
    expect((await paymentOf(world.ctx(), 'NOBODYS0000000000')).kind).not.toBe('ok')
  })
}

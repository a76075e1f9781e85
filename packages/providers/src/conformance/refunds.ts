import { expect, test } from 'vitest'
import { AMOUNT, create, onlyEntry, pay, refresh, refund, resolveRefund } from './steps.ts'
import { value, type World } from './world.ts'

/** Refunds: never more than was taken, never twice, and never a change of the payment's status. */
export function refunding(open: () => World): void {
  test('refunding in full gives back exactly what was taken', async () => {
    const world = open()
    const paid = await pay(world)
    const reference = world.id()
    const snapshot = value(await refund(world, paid, AMOUNT, { reference }))
    expect(snapshot).toMatchObject({ amount: world.money(AMOUNT), reference })
    expect(['pending', 'succeeded']).toContain(snapshot.status)
    expect(onlyEntry(world, paid.request.reference).refunded).toBe(AMOUNT)
  })

  test('refunding a part leaves the payment succeeded and states what went back', async () => {
    const world = open()
    const paid = await pay(world)
    value(await refund(world, paid, 12_345n, { reference: world.id() }))
    const { snapshot } = await refresh(world, paid)
    expect(snapshot).toMatchObject({ status: 'succeeded', captured: AMOUNT, refunded: 12_345n })
  })

  test('many refunds add up', async () => {
    const world = open()
    const paid = await pay(world)
    for (const minor of [10_000n, 20_000n, 5_000n]) {
      value(await refund(world, paid, minor, { reference: world.id() }))
    }
    const { snapshot } = await refresh(world, paid)
    expect(snapshot.refunded).toBe(35_000n)
    expect(value(await world.refunds.list(world.ctx(), paid.handle))).toHaveLength(3)
  })

  test('refunding more than was taken is refused for its amount or state', async () => {
    const world = open()
    const paid = await pay(world)
    const outcome = await refund(world, paid, AMOUNT + 1n, { reference: world.id() })
    expect(outcome.kind).toBe('rejected')
    if (outcome.kind === 'rejected') expect(['amount', 'invalid_state']).toContain(outcome.reason)
    expect(onlyEntry(world, paid.request.reference).refunded).toBe(0n)
  })

  test('refunding more than is left is refused, and what is left can still be refunded', async () => {
    const world = open()
    const paid = await pay(world)
    value(await refund(world, paid, 30_000n, { reference: world.id() }))
    expect((await refund(world, paid, 20_001n, { reference: world.id() })).kind).toBe('rejected')
    value(await refund(world, paid, 20_000n, { reference: world.id() }))
    expect(onlyEntry(world, paid.request.reference).refunded).toBe(AMOUNT)
  })

  test('refunding what is already fully refunded is refused', async () => {
    const world = open()
    const paid = await pay(world)
    value(await refund(world, paid, AMOUNT, { reference: world.id() }))
    expect((await refund(world, paid, AMOUNT, { reference: world.id() })).kind).toBe('rejected')
    expect(onlyEntry(world, paid.request.reference).refunded).toBe(AMOUNT)
  })

  test('refunding an unpaid payment is refused', async () => {
    const world = open()
    const made = await create(world)
    expect((await refund(world, made, 100n, { reference: world.id() })).kind).toBe('rejected')
  })

  test('refunding a payment that is only held is refused', async () => {
    const world = open()
    const held = await pay(world, { capture: 'manual' })
    expect((await refund(world, held, 100n, { reference: world.id() })).kind).toBe('rejected')
  })

  test('a refund can be read by its id and found by its reference', async () => {
    const world = open()
    const paid = await pay(world)
    const reference = world.id()
    const made = value(await refund(world, paid, 7_000n, { reference }))
    const seen = value(await world.refunds.fetch(world.ctx(), paid.handle, made.refundRef))
    expect(seen).toMatchObject({ refundRef: made.refundRef, amount: world.money(7_000n), reference })
    const listed = value(await world.refunds.list(world.ctx(), paid.handle))
    expect(listed.map((entry) => [entry.refundRef, entry.reference])).toEqual([[made.refundRef, reference]])
  })

  test('a pending refund ends in time', async () => {
    const world = open()
    const paid = await pay(world)
    const made = value(await refund(world, paid, 7_000n, { reference: world.id() }))
    await world.settleTime(8 * 24 * 3_600_000)
    const seen = value(await world.refunds.fetch(world.ctx(), paid.handle, made.refundRef))
    expect(seen.status).toBe('succeeded')
  })

  test('a payment without refunds lists none', async () => {
    const world = open()
    const paid = await pay(world)
    expect(value(await world.refunds.list(world.ctx(), paid.handle))).toEqual([])
  })

  test('the same refund asked twice is one refund', async () => {
    const world = open()
    const paid = await pay(world)
    const reference = world.id()
    const first = value(await refund(world, paid, 5_000n, { reference }))
    const second = await resolveRefund(world, paid, 5_000n, reference)
    expect(second.refundRef).toBe(first.refundRef)
    expect(onlyEntry(world, paid.request.reference).refunded).toBe(5_000n)
  })
}

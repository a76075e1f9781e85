import { expect, test } from 'vitest'
import { capabilitiesOf } from '../capability.ts'
import { saw } from './proofs.ts'
import {
  AMOUNT,
  cancel,
  capture,
  create,
  handleOf,
  onlyEntry,
  pay,
  payFor,
  paymentRequest,
  REFUSED,
  refresh,
} from './steps.ts'
import { value, type World } from './world.ts'

/** Minor units that every currency can carry. */
const PLENTY = 1_000_000n

/** A payment's life as the payer and the merchant see it. */
export function lifecycle(open: () => World): void {
  test('a new payment waits for the payer and echoes amount, currency and reference', async () => {
    const world = open()
    const { request, snapshot } = await create(world)
    expect(snapshot).toMatchObject({
      status: 'requires_action',
      amount: request.amount,
      captured: 0n,
      refunded: 0n,
    })
    expect(snapshot.reference).toBe(request.reference)
    expect(snapshot.orderRef).not.toBe('')
    expect(onlyEntry(world, request.reference).orderRef).toBe(snapshot.orderRef)
  })

  test('a new payment can be paid: by a page of the provider or by a checkout of ours', async () => {
    const world = open()
    const { snapshot } = await create(world)
    if (world.payments.hosted === undefined) expect(snapshot.checkoutUrl).toMatch(/^https?:\/\//)
    else expect(snapshot.checkoutUrl).toBeNull()
  })

  test('reading an untouched payment tells what its creation told', async () => {
    const world = open()
    const { handle, snapshot } = await create(world)
    const seen = value(await world.payments.fetch(world.ctx(), handle))
    expect(seen).toMatchObject({
      status: 'requires_action',
      orderRef: snapshot.orderRef,
      amount: snapshot.amount,
    })
  })

  test('a paid payment is succeeded, captured in full, with method and provider ids', async () => {
    const world = open()
    const { request, snapshot } = await pay(world)
    expect(snapshot).toMatchObject({
      status: 'succeeded',
      captured: AMOUNT,
      refunded: 0n,
      amount: request.amount,
    })
    expect(snapshot.paymentRef).not.toBeNull()
    expect(snapshot.failure).toBeNull()
    expect(snapshot.reference).toBe(request.reference)
  })

  test('every way to pay that is offered is taken by the provider, and pays', async () => {
    const world = open()
    for (const { name, currencies } of world.payments.methods) {
      const code = currencies?.includes(world.expectations.currency) === false ? currencies[0] : undefined
      const { snapshot, request } = await pay(world, { method: name, amount: world.money(PLENTY, code) })
      expect([name, snapshot.status, snapshot.captured]).toEqual([name, 'succeeded', request.amount.minor])
      saw(`methods.${name}`)
    }
  }, 60_000)

  test('the fee is known once the provider has booked it, and is smaller than the payment', async () => {
    const world = open()
    const paid = await pay(world)
    await world.settleTime(3_600_000)
    const { snapshot } = await refresh(world, paid)
    expect(snapshot.fee).not.toBeNull()
    expect(snapshot.fee?.amount).toBeGreaterThan(0n)
    expect(snapshot.fee?.amount).toBeLessThan(AMOUNT)
    expect(snapshot.fee?.tax).toBeGreaterThanOrEqual(0n)
  })

  test('a declined try leaves the payment payable and says why', async () => {
    const world = open()
    const made = await create(world)
    expect(world.act(made.snapshot.orderRef, 'fail')).toMatchObject({ ok: true })
    const seen = await tryRefresh(world, made)
    if (seen.kind === 'declined') expect(seen.reason).not.toBe('')
    else {
      expect(['requires_action', 'failed']).toContain(value(seen).status)
      expect(value(seen).captured).toBe(0n)
    }
  })

  test('a payer who was declined can pay after all, and is charged once', async () => {
    const world = open()
    const made = await create(world)
    world.act(made.snapshot.orderRef, 'fail')
    await tryRefresh(world, made)
    if (!world.act(made.snapshot.orderRef, 'succeed').ok) return
    const { snapshot } = await refresh(world, made)
    expect(snapshot).toMatchObject({ status: 'succeeded', captured: AMOUNT })
    onlyEntry(world, made.request.reference)
  })

  test('a payer who must authenticate is waited for, never failed', async () => {
    const world = open()
    const made = await create(world)
    expect(world.act(made.snapshot.orderRef, 'authenticate')).toMatchObject({ ok: true })
    const { snapshot } = await refresh(world, made)
    expect(['requires_action', 'processing', 'succeeded']).toContain(snapshot.status)
  })

  test('an abandoned checkout stays payable', async () => {
    const world = open()
    const made = await create(world)
    world.act(made.snapshot.orderRef, 'abandon')
    const { snapshot } = await refresh(world, made)
    expect(['requires_action', 'canceled']).toContain(snapshot.status)
    expect(snapshot.captured).toBe(0n)
  })

  test('an expired checkout ends without money', async () => {
    const world = open()
    const made = await create(world)
    if (!world.act(made.snapshot.orderRef, 'expire').ok) return
    await world.settleTime()
    const seen = await world.payments.fetch(world.ctx(), made.handle)
    // A provider may forget an order it has expired: then the refusal is typed.
    if (seen.kind !== 'ok') expect(seen).toMatchObject({ kind: 'rejected', reason: 'not_found' })
    else expect(['requires_action', 'expired', 'canceled', 'failed']).toContain(seen.value.status)
    if (seen.kind === 'ok') expect(seen.value.captured).toBe(0n)
  })

  test('H14: money that comes after the end is still money', async () => {
    const world = open()
    const made = await create(world)
    world.act(made.snapshot.orderRef, 'fail')
    await tryRefresh(world, made)
    const late = world.act(made.snapshot.orderRef, 'late_succeed')
    await tryRefresh(world, made)
    await world.settleTime(24 * 3_600_000)
    const seen = await tryRefresh(world, made)
    if (late.ok) expect(value(seen)).toMatchObject({ status: 'succeeded', captured: AMOUNT })
    else if (seen.kind === 'ok') expect(seen.value.captured).toBe(0n)
    expect(onlyEntry(world, made.request.reference).captured).toBe(late.ok ? AMOUNT : 0n)
  })

  test('a look-up by reference finds the payment and nothing else', async () => {
    const world = open()
    const { find } = world.payments
    if (find === undefined) {
      expect(world.payments.replayWindowMs.create).toBeGreaterThan(0)
      expect(capabilitiesOf(world.provider).find_by_reference).toBe(false)
      return
    }
    await create(world)
    const { request, snapshot } = await create(world)
    await world.settleTime(world.payments.lookupLagMs + 1000)
    const found = value(await find(world.ctx(), handleOf(request, null)))
    expect(found?.orderRef).toBe(snapshot.orderRef)
    expect(value(await find(world.ctx(), { ...handleOf(request, null), reference: world.id() }))).toBeNull()
  })

  test('a payment the provider does not know is refused as not found, or over where unpaid orders are forgotten', async () => {
    const world = open()
    const { handle } = await create(world)
    const strange = `${handle.orderRef?.slice(0, -4)}0000`
    const outcome = await world.payments.fetch(world.ctx(), {
      ...handle,
      orderRef: strange,
      paymentRef: null,
    })
    if (outcome.kind === 'ok') expect(outcome.value).toMatchObject({ status: 'expired', captured: 0n })
    else expect(outcome).toMatchObject({ kind: 'rejected', reason: 'not_found' })
  })

  captures(open)
  cancellations(open)
}

async function tryRefresh(world: World, made: Parameters<typeof refresh>[1]) {
  await world.settleTime()
  const seen = await world.payments.fetch(world.ctx(), made.handle)
  if (seen.kind !== 'ok' || seen.value.status !== 'approved') return seen
  const handle = handleOf(made.request, seen.value)
  return world.payments.confirm?.(world.ctx(), handle, `${made.request.reference}_confirm`) ?? seen
}

function captures(open: () => World): void {
  test('with manual capture a paid payment is held, not taken', async () => {
    const world = open()
    const { request, snapshot } = await pay(world, { capture: 'manual' })
    expect(snapshot).toMatchObject({ status: 'authorized', captured: 0n })
    expect(onlyEntry(world, request.reference).captured).toBe(0n)
  })

  test('capturing in full takes exactly what was held', async () => {
    const world = open()
    const held = await pay(world, { capture: 'manual' })
    const snapshot = value(await capture(world, held))
    expect(snapshot).toMatchObject({ status: 'succeeded', captured: AMOUNT, amount: held.request.amount })
    expect(onlyEntry(world, held.request.reference).captured).toBe(AMOUNT)
  })

  test('capturing a part takes that part, or is refused where the provider cannot', async () => {
    const world = open()
    const held = await pay(world, { capture: 'manual' })
    const outcome = await capture(world, held, world.money(20_000n))
    if (world.payments.partialCapture) {
      expect(value(outcome)).toMatchObject({ status: 'succeeded', captured: 20_000n, refunded: 0n })
      expect(onlyEntry(world, held.request.reference).captured).toBe(20_000n)
    } else {
      expect(outcome.kind).toBe('rejected')
      expect(onlyEntry(world, held.request.reference).captured).toBe(0n)
    }
  })

  test('H23: capturing more than was held is refused and takes nothing', async () => {
    const world = open()
    const held = await pay(world, { capture: 'manual' })
    const outcome = await capture(world, held, world.money(AMOUNT * 3n))
    expect(REFUSED).toContain(outcome.kind)
    expect(onlyEntry(world, held.request.reference).captured).toBe(0n)
  })

  test('capturing before the payer has paid is refused', async () => {
    const world = open()
    const made = await create(world, { capture: 'manual' })
    expect((await capture(world, made)).kind).toBe('rejected')
  })

  test('capturing again under a new key reports the capture that exists', async () => {
    const world = open()
    const held = await pay(world, { capture: 'manual' })
    value(await capture(world, held))
    const again = await capture(world, held, undefined, { key: `${held.request.reference}_second` })
    if (again.kind === 'ok') expect(again.value).toMatchObject({ status: 'succeeded', captured: AMOUNT })
    else expect(again.kind).toBe('rejected')
    expect(onlyEntry(world, held.request.reference).captured).toBe(AMOUNT)
  })
}

function cancellations(open: () => World): void {
  test('canceling a held payment releases it, or is refused where the provider cannot', async () => {
    const world = open()
    const held = await pay(world, { capture: 'manual' })
    const outcome = await cancel(world, held)
    if (outcome.kind === 'ok') {
      expect(outcome.value).toMatchObject({ status: 'canceled', captured: 0n, refunded: 0n })
      // Nothing was taken, so nothing can have gone back, however the provider counts what it lets go.
      expect((await refresh(world, held)).snapshot).toMatchObject({ captured: 0n, refunded: 0n })
      expect(REFUSED).toContain((await capture(world, held)).kind)
    } else expect(outcome.kind).toBe('rejected')
    expect(onlyEntry(world, held.request.reference).captured).toBe(0n)
  })

  test('canceling an unpaid payment ends it, or is refused where the provider cannot', async () => {
    const world = open()
    const made = await create(world)
    const outcome = await cancel(world, made)
    if (outcome.kind !== 'ok') expect(outcome.kind).toBe('rejected')
    else expect(outcome.value).toMatchObject({ status: 'canceled', captured: 0n })
    expect(onlyEntry(world, made.request.reference).captured).toBe(0n)
  })

  test('canceling twice says canceled twice', async () => {
    const world = open()
    const held = await pay(world, { capture: 'manual' })
    const first = await cancel(world, held)
    const again = await cancel(world, held, { send: 'later' })
    if (first.kind === 'ok') expect(value(again).status).toBe('canceled')
    else expect(again.kind).toBe('rejected')
  })

  test('canceling a payment that was taken is refused and leaves it taken', async () => {
    const world = open()
    const paid = await pay(world)
    expect((await cancel(world, paid)).kind).toBe('rejected')
    expect((await refresh(world, paid)).snapshot).toMatchObject({ status: 'succeeded', captured: AMOUNT })
  })

  test('two payments of one merchant never see each other', async () => {
    const world = open()
    const first = await create(world)
    const second = await create(world, { amount: world.money(12_300n) })
    await payFor(world, second)
    expect((await refresh(world, first)).snapshot).toMatchObject({ status: 'requires_action', captured: 0n })
    expect(paymentRequest(world).reference).not.toBe(first.request.reference)
  })
}

import type { Outcome } from '@onerouter/core'
import { expect, test } from 'vitest'
import {
  AMOUNT,
  cancel,
  capture,
  create,
  onlyEntry,
  pay,
  paymentRequest,
  refund,
  resolveCapture,
  resolveCreate,
  resolveRefund,
} from './steps.ts'
import { type FaultName, value, type World } from './world.ts'

/**
 * Failures in which the provider's side of the story is not told. `expected` is what an adapter may say: never
 * more than the wire proves.
 */
const UNCERTAIN: readonly { readonly fault: FaultName; readonly what: string }[] = [
  { fault: 'stall', what: 'a timeout before the effect' },
  { fault: 'lost_answer', what: 'a timeout after the effect' },
  { fault: 'error_before', what: 'a 5xx before the effect' },
  { fault: 'error_after', what: 'a 5xx after the effect' },
  { fault: 'html', what: 'an HTML page for an answer' },
  { fault: 'truncated', what: 'half an answer' },
]

/** Every failure on every verb: what is said, and that resolving it leaves exactly one effect. */
export function faults(open: () => World): void {
  test.each(UNCERTAIN)('create: $what is unknown, and resolving it leaves one payment', async ({ fault }) => {
    const world = open()
    await warm(world)
    const request = paymentRequest(world)
    world.fault(fault, 'POST', 1)
    expectUnknown(await world.payments.create(world.ctx(), request, request.reference))
    world.sandbox.faults.clear()
    const resolved = await resolveCreate(world, request)
    expect(resolved.amount).toEqual(request.amount)
    expect(onlyEntry(world, request.reference).orderRef).toBe(resolved.orderRef)
  })

  test.each(UNCERTAIN)(
    'capture: $what is unknown, and resolving it takes the money once',
    async ({ fault }) => {
      const world = open()
      const held = await pay(world, { capture: 'manual' })
      world.fault(fault, 'POST', 1)
      expectUnknown(await capture(world, held))
      world.sandbox.faults.clear()
      expect(await resolveCapture(world, held)).toMatchObject({ status: 'succeeded', captured: AMOUNT })
      expect(onlyEntry(world, held.request.reference).captured).toBe(AMOUNT)
    },
  )

  test.each(UNCERTAIN)('refund: $what is unknown, and resolving it refunds once', async ({ fault }) => {
    const world = open()
    const paid = await pay(world)
    const reference = world.id()
    world.fault(fault, 'POST', 1)
    expectUnknown(await refund(world, paid, 7_000n, { reference }))
    world.sandbox.faults.clear()
    expect(await resolveRefund(world, paid, 7_000n, reference)).toMatchObject({ reference })
    expect(onlyEntry(world, paid.request.reference).refunded).toBe(7_000n)
  })

  test.each(UNCERTAIN)('cancel: $what never loses a held payment', async ({ fault }) => {
    const world = open()
    const held = await pay(world, { capture: 'manual' })
    world.fault(fault, 'POST', 1)
    const first = await cancel(world, held)
    world.sandbox.faults.clear()
    if (world.payments.cancel === undefined) expect(first.kind).toBe('rejected')
    else expectUnknown(first)
    const settled = await cancel(world, held, { send: 'later' })
    expect(onlyEntry(world, held.request.reference).captured).toBe(0n)
    if (settled.kind === 'ok') expect(settled.value.status).toBe('canceled')
    else {
      // A provider that cannot release a hold says so, and the money can still be taken.
      expect(settled.kind).toBe('rejected')
      expect(value(await capture(world, held)).captured).toBe(AMOUNT)
    }
  })

  test.each(UNCERTAIN)(
    'confirm: $what is unknown, and resolving it takes the money once',
    async ({ fault }) => {
      const world = open()
      const made = await create(world)
      world.act(made.snapshot.orderRef, 'succeed')
      await world.settleTime()
      const { confirm } = world.payments
      if (confirm === undefined) {
        const seen = value(await world.payments.fetch(world.ctx(), made.handle))
        expect(seen).toMatchObject({ status: 'succeeded', captured: AMOUNT })
        return
      }
      const key = `${made.request.reference}_confirm`
      world.fault(fault, 'POST', 1)
      expectUnknown(await confirm(world.ctx(), made.handle, key))
      world.sandbox.faults.clear()
      expect(value(await confirm(world.ctx('later'), made.handle, key))).toMatchObject({
        status: 'succeeded',
      })
      expect(onlyEntry(world, made.request.reference).captured).toBe(AMOUNT)
    },
  )

  duplicates(open)
  proofs(open)
}

function duplicates(open: () => World): void {
  test('the same create asked twice is one payment', async () => {
    const world = open()
    const { request, snapshot } = await create(world)
    if (world.payments.replayWindowMs.create > 0) {
      const again = await world.payments.create(world.ctx('later'), request, request.reference)
      expect(value(again).orderRef).toBe(snapshot.orderRef)
    } else {
      expect((await resolveCreate(world, request)).orderRef).toBe(snapshot.orderRef)
    }
    onlyEntry(world, request.reference)
  })

  test('H10: a create doubled by the network is one payment, or two of which the books tell', async () => {
    const world = open()
    await warm(world)
    const request = paymentRequest(world)
    world.fault('duplicate', 'POST', 1)
    const made = value(await world.payments.create(world.ctx(), request, request.reference))
    const entries = world.booked(request.reference)
    if (world.expectations.replaysCreate) expect(entries).toHaveLength(1)
    expect(entries.map((entry) => entry.orderRef)).toContain(made.orderRef)
    expect(entries.every((entry) => entry.captured === 0n)).toBe(true)
  })

  test('the same capture asked twice takes the money once', async () => {
    const world = open()
    const held = await pay(world, { capture: 'manual' })
    value(await capture(world, held))
    expect(value(await capture(world, held, undefined, { send: 'later' })).captured).toBe(AMOUNT)
    expect(onlyEntry(world, held.request.reference).captured).toBe(AMOUNT)
  })
}

function proofs(open: () => World): void {
  test('H12: a refused connection proves that nothing was sent, on the first send only', async () => {
    const world = open()
    await warm(world)
    const request = paymentRequest(world)
    world.refuseConnections()
    const first = await world.payments.create(world.ctx('first'), request, request.reference)
    const later = await world.payments.create(world.ctx('later'), request, request.reference)
    world.restoreConnections()
    expect(first.kind).toBe('not_sent')
    expect(later.kind).toBe('unknown')
    expect(world.booked(request.reference)).toEqual([])
  })

  test('a refused connection on a refund proves the same', async () => {
    const world = open()
    const paid = await pay(world)
    world.refuseConnections()
    const first = await refund(world, paid, 100n, { reference: world.id() })
    const later = await refund(world, paid, 100n, { reference: world.id(), send: 'later' })
    world.restoreConnections()
    expect([first.kind, later.kind]).toEqual(['not_sent', 'unknown'])
  })

  test('being told to slow down is not a failure of the payment', async () => {
    const world = open()
    await warm(world)
    const request = paymentRequest(world)
    world.fault('rate_limited', 'POST', 1)
    const outcome = await world.payments.create(world.ctx(), request, request.reference)
    expect(outcome.kind).toBe('not_sent')
    world.fault('rate_limited', 'POST', 1)
    const later = await world.payments.create(world.ctx('later'), request, request.reference)
    expect(later.kind).toBe('unknown')
    expect(world.booked(request.reference)).toEqual([])
  })

  test('an unreadable answer to a read changes nothing and is unknown', async () => {
    const world = open()
    const { handle } = await create(world)
    for (const fault of ['html', 'truncated', 'error_before', 'lost_answer'] as const) {
      world.fault(fault, 'GET', 1)
      expectUnknown(await world.payments.fetch(world.ctx(), handle))
      world.sandbox.faults.clear()
    }
  })
}

/** Lets the adapter fetch what it keeps (an OAuth token), so that a fault meets the verb itself. */
async function warm(world: World): Promise<void> {
  value(await world.provider.credentials.check(world.ctx()))
}

function expectUnknown(outcome: Outcome<unknown>): void {
  expect(outcome.kind).toBe('unknown')
}

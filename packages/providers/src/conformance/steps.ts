import type { Money, Outcome } from '@onerouter/core'
import { expect } from 'vitest'
import type { CreatePayment, PaymentHandle, PaymentSnapshot, RefundSnapshot } from '../spec.ts'
import { type Paid, value, type World } from './world.ts'

export const AMOUNT = 50_000n

export function paymentRequest(world: World, over: Partial<CreatePayment> = {}): CreatePayment {
  return {
    reference: world.id(),
    amount: world.money(AMOUNT),
    capture: 'automatic',
    description: 'Order 42',
    returnUrl: 'https://router.example/return/pay_1?token=abc',
    cancelUrl: 'https://router.example/cancel/pay_1?token=abc',
    ...over,
  }
}

/** What the engine keeps of a payment and hands back. */
export function handleOf(request: CreatePayment, snapshot: PaymentSnapshot | null): PaymentHandle {
  return {
    reference: request.reference,
    amount: request.amount,
    capture: request.capture,
    orderRef: snapshot?.orderRef ?? null,
    paymentRef: snapshot?.paymentRef ?? null,
    refs: snapshot?.refs ?? {},
  }
}

export async function create(world: World, over: Partial<CreatePayment> = {}): Promise<Paid> {
  const request = paymentRequest(world, over)
  const snapshot = value(await world.payments.create(world.ctx(), request, request.reference))
  return { request, snapshot, handle: handleOf(request, snapshot) }
}

/** Reads the payment as a webhook or a return would make the engine do, and completes an approval. */
export async function refresh(world: World, { request, handle }: Paid): Promise<Paid> {
  await world.settleTime()
  const seen = value(await world.payments.fetch(world.ctx(), handle))
  const seenHandle = handleOf(request, seen)
  if (seen.status !== 'approved') return { request, snapshot: seen, handle: seenHandle }
  const { confirm } = world.payments
  if (confirm === undefined) expect.fail('a payment is approved, but the adapter cannot confirm')
  const snapshot = value(await confirm(world.ctx(), seenHandle, `${request.reference}_confirm`))
  return { request, snapshot, handle: handleOf(request, snapshot) }
}

/** A payment the payer has paid: `succeeded`, or `authorized` with manual capture. */
export async function pay(world: World, over: Partial<CreatePayment> = {}): Promise<Paid> {
  const made = await create(world, over)
  return payFor(world, made)
}

export async function payFor(world: World, made: Paid): Promise<Paid> {
  expect(world.act(made.snapshot.orderRef, 'succeed')).toMatchObject({ ok: true })
  const paid = await refresh(world, made)
  expect(paid.snapshot.status).toBe(made.request.capture === 'manual' ? 'authorized' : 'succeeded')
  return paid
}

export function capture(
  world: World,
  paid: Paid,
  amount: Money = paid.request.amount,
  options: { readonly send?: 'first' | 'later'; readonly key?: string } = {},
): Promise<Outcome<PaymentSnapshot>> {
  const verb = world.payments.capture
  if (verb === undefined) expect.fail('the adapter cannot capture')
  const key = options.key ?? `${paid.request.reference}_capture`
  return verb(world.ctx(options.send), paid.handle, amount, key)
}

export function cancel(
  world: World,
  paid: Paid,
  options: { readonly send?: 'first' | 'later' } = {},
): Promise<Outcome<PaymentSnapshot>> {
  const verb = world.payments.cancel
  if (verb === undefined) {
    return Promise.resolve({
      kind: 'rejected',
      reason: 'invalid_state',
      providerCode: null,
      message: 'absent',
    })
  }
  return verb(world.ctx(options.send), paid.handle, `${paid.request.reference}_cancel`)
}

export interface RefundTry {
  readonly reference: string
  readonly send?: 'first' | 'later'
}

export function refund(
  world: World,
  paid: Paid,
  minor: bigint,
  options: RefundTry,
): Promise<Outcome<RefundSnapshot>> {
  const { reference, send } = options
  const amount = world.money(minor, paid.request.amount.currency)
  const request = { reference, amount, speed: 'normal' } as const
  return world.refunds.create(world.ctx(send), paid.handle, request, reference)
}

/** Settles an unknown create the way the engine does: the same key while it replays, else a look-up. */
export async function resolveCreate(world: World, request: CreatePayment): Promise<PaymentSnapshot> {
  const { payments } = world
  if (payments.replayWindowMs.create > 0) {
    return value(await payments.create(world.ctx('later'), request, request.reference))
  }
  const { find } = payments
  if (find === undefined) expect.fail('neither a replay window nor a look-up')
  await world.settleTime(payments.lookupLagMs + 1000)
  const found = value(await find(world.ctx('later'), handleOf(request, null)))
  return found ?? value(await payments.create(world.ctx('later'), request, request.reference))
}

export async function resolveRefund(
  world: World,
  paid: Paid,
  minor: bigint,
  reference: string,
): Promise<RefundSnapshot> {
  const { refunds } = world
  if (refunds.replayWindowMs > 0) return value(await refund(world, paid, minor, { reference, send: 'later' }))
  await world.settleTime(refunds.lookupLagMs + 1000)
  const listed = value(await refunds.list(world.ctx('later'), paid.handle))
  const own = listed.find((snapshot) => snapshot.reference === reference)
  return own ?? value(await refund(world, paid, minor, { reference, send: 'later' }))
}

/** Settles an unknown capture; a read decides where the provider's key does not replay. */
export async function resolveCapture(world: World, paid: Paid): Promise<PaymentSnapshot> {
  const { payments } = world
  if (payments.replayWindowMs.capture > 0)
    return value(await capture(world, paid, undefined, { send: 'later' }))
  await world.settleTime(payments.lookupLagMs + 1000)
  const seen = value(await payments.fetch(world.ctx('later'), paid.handle))
  return seen.status === 'authorized' ? value(await capture(world, paid, undefined, { send: 'later' })) : seen
}

/** The wire's amount in the books, scaled back by what the whole payment was booked at. */
export function onlyEntry(world: World, reference: string) {
  const entries = world.booked(reference)
  expect(entries.map((entry) => entry.orderRef)).toHaveLength(1)
  const [entry] = entries
  if (entry === undefined) expect.fail('no entry in the books')
  return entry
}

/** Kinds of outcome that say the provider did nothing. */
export const REFUSED: readonly string[] = ['rejected', 'declined']

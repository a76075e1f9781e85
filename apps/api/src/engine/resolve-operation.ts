import type { Outcome } from '@onerouter/core'
import { asLater, ok, unknown } from '@onerouter/core'
import type { PaymentSnapshot, RefundSnapshot } from '@onerouter/providers'
import { paymentRefOf } from '../store/operations.ts'
import {
  type ClaimedOperation,
  lostTheRace,
  type OperationRow,
  type PaymentRow,
  type RefundRow,
} from '../store/rows.ts'
import {
  accessFor,
  contextFor,
  guarded,
  guardedCharge,
  handleOf,
  metaOf,
  type ProviderAccess,
} from './call-provider.ts'
import { mustRead } from './follow-up.ts'
import { giveBack } from './give-back.ts'
import { isInert, nextAttempt } from './intent.ts'
import type { Engine } from './ports.ts'
import { TAKEOVER_MS } from './ports.ts'
import {
  FETCHED_MAX,
  FETCHED_WITHIN_MS,
  IN_FLIGHT_MS,
  REPLAY_MARGIN,
  REVIEW_AFTER_MS,
  unknownDelayMs,
} from './schedule.ts'
import { refundReference, sendCharge, sendCompletion, sendRefund } from './send.ts'
import { settlePaymentOperation, settleRefundOperation } from './settle-operation.ts'

/**
 * Settles a call whose outcome is not known: first by sending the same call under the same key while the
 * provider is certain to replay it, else by looking it up. Absence counts only when no request can still be
 * on its way and the provider's index cannot lag; time alone decides nothing.
 */
export async function resolveOperation(engine: Engine, operation: ClaimedOperation): Promise<void> {
  if (operation.request.duplicate !== undefined) return await giveBack(engine, operation)
  if (!(await settleByEvidence(engine, operation)) || operation.state !== 'unknown') return
  // Its provider answers again, so those that wait for the same need not wait for their turn.
  const bounds = { beyondMs: TAKEOVER_MS, withinMs: FETCHED_WITHIN_MS, limit: FETCHED_MAX }
  if ((await engine.store.fetchWaiting(operation, bounds)) > 0) engine.wake()
}

/** Answers whether there was evidence. */
async function settleByEvidence(engine: Engine, operation: ClaimedOperation): Promise<boolean> {
  const payment = await mustRead(engine.store.getPayment(paymentRefOf(operation)))
  // It gave way to another attempt since it was claimed: that one's provider has never heard of it and must not.
  if (operation.kind === 'charge' && operation.reference !== payment.reference) return false
  const access = await accessFor(engine, payment)
  if (access === null) return await postpone(engine, operation)
  if (operation.kind === 'refund') return await resolveRefund(engine, access, operation, payment)
  if (await mayStartAnew(engine, access, operation, payment)) {
    await startAnew(engine, access, operation, payment)
    return true
  }
  const { outcome } = await guarded(engine, () => askAboutPayment(engine, access, operation, payment))
  // A crashed request's payment must say that it is being worked on; its own second commit never came.
  if (outcome.kind === 'unknown' && operation.state !== 'sent') return await postpone(engine, operation)
  await settlePaymentOperation(engine, operation, payment, outcome, null)
  return outcome.kind !== 'unknown'
}

/** More than this many orders for one payment help nobody. */
const ATTEMPTS_MAX = 5

/**
 * Whether a charge may be left behind and made again: creating moves no money, nobody was shown the order, and
 * the provider neither replays it nor finds it. Waiting for proof of its absence would keep the payer waiting
 * for nothing: an order that turns up late cannot be paid by anybody.
 */
async function mayStartAnew(
  engine: Engine,
  access: ProviderAccess,
  operation: ClaimedOperation,
  payment: PaymentRow,
): Promise<boolean> {
  const payments = access.provider.payments
  const inert = operation.kind === 'charge' && payments !== undefined && isInert(payments, operation)
  const unseen = payment.provider_order_id === null && operation.reference === payment.reference
  const open = payment.status === 'created' || payment.status === 'processing'
  if (!inert || !unseen || !open || payment.attempts >= ATTEMPTS_MAX) return false
  if (operation.state === 'needs_review') return false
  if (mayReplay(operation, payments.replayWindowMs.create)) return false
  if (payments.find === undefined) return true
  const ctx = contextFor(engine, access.credential, 'later', metaOf('payments.find', operation))
  const { find } = payments
  const { outcome } = await guarded(engine, () => find(ctx, handleOf(payment)))
  return outcome.kind === 'ok' && outcome.value === null
}

async function startAnew(
  engine: Engine,
  access: ProviderAccess,
  operation: ClaimedOperation,
  payment: PaymentRow,
): Promise<void> {
  const payments = access.provider.payments
  if (payments === undefined) return
  const route = { ...access, payments, record: payment.routing }
  const next = nextAttempt(engine, payment, operation, route)
  const left = { id: operation.id, state: 'abandoned' as const, failure: null }
  const moved = await engine.store
    .recordFailover({ left, ...next, claim: null, takeoverMs: TAKEOVER_MS })
    .catch((error: unknown) => {
      if (lostTheRace(error)) return false
      throw error
    })
  if (!moved) return
  const { outcome } = await guardedCharge(engine, access.credential, () =>
    sendCharge(engine, access, next.operation, next.payment, 'first'),
  )
  await settlePaymentOperation(engine, next.operation, next.payment, outcome, null)
}

/** Nobody knows what came of it, or somebody is just finding out. */
export const isDark = ({ state }: OperationRow): boolean =>
  state === 'sent' || state === 'unknown' || state === 'needs_review'

/** Resolves now what nobody else is resolving; returns when there is nothing more to find out at the moment. */
export async function resolveNow(engine: Engine, operation: OperationRow): Promise<void> {
  if (!isDark(operation)) return
  const claimed = await engine.store.claimOperation(operation, TAKEOVER_MS)
  if (claimed !== null) await resolveOperation(engine, claimed)
}

/** Answers `false`: nothing was found out. */
async function postpone(engine: Engine, operation: ClaimedOperation): Promise<false> {
  if (operation.state === 'needs_review') {
    await engine.store.postponeOperation(operation, 'needs_review', null)
    return false
  }
  if (operation.age_ms > REVIEW_AFTER_MS) {
    engine.log.error({ operation: operation.reference }, 'no evidence could be had; a person must look')
    await engine.store.postponeOperation(operation, 'needs_review', null)
    return false
  }
  await engine.store.postponeOperation(operation, 'unknown', unknownDelayMs(operation.tries))
  engine.wake()
  return false
}

function askAboutPayment(
  engine: Engine,
  access: ProviderAccess,
  operation: ClaimedOperation,
  payment: PaymentRow,
): Promise<Outcome<PaymentSnapshot>> {
  switch (operation.kind) {
    case 'charge':
      return askAboutCharge(engine, access, operation, payment)
    case 'confirm':
    case 'capture':
    case 'void':
      return askAboutCompletion(engine, access, operation, payment, operation.kind)
    case 'refund':
      throw new Error('refunds are settled by resolveRefund')
  }
}

async function askAboutCharge(
  engine: Engine,
  access: ProviderAccess,
  operation: ClaimedOperation,
  payment: PaymentRow,
): Promise<Outcome<PaymentSnapshot>> {
  const payments = access.provider.payments
  if (payments === undefined) return unknown('the provider takes no payments any more')
  if (mayReplay(operation, payments.replayWindowMs.create)) {
    return asLater(await sendCharge(engine, access, operation, payment, 'later'))
  }
  if (payments.find === undefined && !isInert(payments, operation)) {
    return unknown('it was charged at once, and the provider finds nothing by our reference')
  }
  const ctx = contextFor(engine, access.credential, 'later', metaOf('payments.find', operation))
  const found = payments.find === undefined ? ok(null) : await payments.find(ctx, handleOf(payment))
  if (found.kind !== 'ok' || found.value !== null) return found as Outcome<PaymentSnapshot> // null was excluded
  // An order was never shown to anybody, so nobody can pay it: absent even if the provider still holds it.
  return isSettled(operation, payments.replayWindowMs.create, payments.lookupLagMs)
    ? ABSENT
    : unknown('not found yet')
}

const VERB = { confirm: 'confirm', capture: 'capture', void: 'cancel' } as const

async function askAboutCompletion(
  engine: Engine,
  access: ProviderAccess,
  operation: ClaimedOperation,
  payment: PaymentRow,
  kind: keyof typeof VERB,
): Promise<Outcome<PaymentSnapshot>> {
  const payments = access.provider.payments
  if (payments === undefined) return unknown('the provider takes no payments any more')
  if (mayReplay(operation, payments.replayWindowMs[VERB[kind]])) {
    return asLater(await sendCompletion(engine, access, operation, payment, 'later'))
  }
  const ctx = contextFor(engine, access.credential, 'later', metaOf('payments.fetch', operation))
  const fetched = await payments.fetch(ctx, handleOf(payment))
  if (fetched.kind !== 'ok') return fetched.kind === 'unknown' ? fetched : unknown(fetched.kind)
  if (showsEffect(kind, fetched.value)) return fetched
  return isSettled(operation, payments.replayWindowMs[VERB[kind]], payments.lookupLagMs)
    ? ABSENT
    : unknown('no effect seen yet')
}

function showsEffect(kind: keyof typeof VERB, snapshot: PaymentSnapshot): boolean {
  if (kind === 'void') return snapshot.status === 'canceled' || snapshot.status === 'expired'
  if (kind === 'capture') return snapshot.captured > 0n
  return snapshot.status !== 'approved' && snapshot.status !== 'requires_action'
}

async function resolveRefund(
  engine: Engine,
  access: ProviderAccess,
  operation: ClaimedOperation,
  payment: PaymentRow,
): Promise<boolean> {
  const refundId = operation.refund_id
  if (refundId === null) throw new Error('a refund operation without a refund')
  const refund = await mustRead(engine.store.getRefund({ ...operation, id: refundId }))
  const { outcome } = await guarded(engine, () => askAboutRefund(engine, access, operation, payment, refund))
  if (outcome.kind === 'unknown') return await postpone(engine, operation)
  await settleRefundOperation(engine, operation, refund, payment, outcome, null)
  return true
}

async function askAboutRefund(
  engine: Engine,
  access: ProviderAccess,
  operation: ClaimedOperation,
  payment: PaymentRow,
  refund: RefundRow,
): Promise<Outcome<RefundSnapshot>> {
  const refunds = access.provider.refunds
  if (refunds === undefined) return unknown('the provider refunds nothing any more')
  if (mayReplay(operation, refunds.replayWindowMs)) {
    return asLater(await sendRefund(engine, access, operation, payment, refund, 'later'))
  }
  const ctx = contextFor(engine, access.credential, 'later', metaOf('refunds.list', operation))
  const listed = await refunds.list(ctx, handleOf(payment))
  if (listed.kind !== 'ok') return listed.kind === 'unknown' ? listed : unknown(listed.kind)
  const reference = refundReference(refund)
  const found = listed.value.find((one) => one.reference === reference)
  if (found !== undefined) return ok(found)
  if (listed.value.length >= LIST_MAX) return unknown('more refunds than can be looked through')
  return isSettled(operation, refunds.replayWindowMs, refunds.lookupLagMs) ? ABSENT : unknown('not found yet')
}

/** Settled as never having happened; only ever returned with proof. */
const ABSENT = { kind: 'not_sent', reason: 'the provider holds no trace of it' } as const

/** As many refunds as an adapter lists; behind a full list there may be more. */
const LIST_MAX = 100

/**
 * Ages are the database's own: one clock recorded the call and says how long ago, so that a server whose clock is
 * hours off neither repeats a call whose key is forgotten nor believes too early in an absence.
 */
function mayReplay(operation: ClaimedOperation, windowMs: number): boolean {
  return operation.age_ms < windowMs * REPLAY_MARGIN
}

/** No send can be on its way any more, counted from the last moment at which one was allowed. */
function isSettled(operation: ClaimedOperation, windowMs: number, lookupLagMs: number): boolean {
  return operation.age_ms > windowMs * REPLAY_MARGIN + IN_FLIGHT_MS + lookupLagMs
}

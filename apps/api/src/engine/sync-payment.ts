import { formatId, parseId } from '@onerouter/core'
import type { PaymentSnapshot, RefundSnapshot } from '@onerouter/providers'
import { paymentRefOf } from '../store/operations.ts'
import type { OperationRow, PaymentRow, RefundRow } from '../store/rows.ts'
import { STALE_VERSION, sqlState, UNIQUE_VIOLATION } from '../store/rows.ts'
import { accessFor, contextFor, guarded, handleOf, type ProviderAccess } from './call-provider.ts'
import { compensateCanceled } from './compensate.ts'
import { decidePayment, decideRefund } from './decide.ts'
import { paymentEvents, refundEvents } from './events.ts'
import { operationOf } from './intent.ts'
import type { Engine } from './ports.ts'
import { TAKEOVER_MS } from './ports.ts'
import { resolveNow } from './resolve-operation.ts'
import { sendCompletion } from './send.ts'
import { chargeChange, mustRead, settlePaymentOperation } from './settle-operation.ts'

/**
 * Brings a payment up to what its provider says now: the one way in which webhooks, returning payers, polls
 * and `POST …/sync` change anything. Only fetched evidence counts, never what a message claims.
 */
export type Synced = {
  readonly kind: 'applied' | 'unchanged' | 'stale' | 'unreachable' | 'quarantine'
  readonly payment: PaymentRow
  readonly why?: string
}

const ROUNDS_MAX = 64

/** `payer`: they have just acted, so what they approved may be tried again; `poll`: nobody has done anything. */
export type Trigger = 'payer' | 'poll'

export async function syncPayment(engine: Engine, row: PaymentRow, trigger: Trigger): Promise<Synced> {
  const operations = await engine.store.listOperations(row)
  for (const operation of operations) await resolveNow(engine, operation)
  const payment = await mustRead(engine.store.getPayment(row))
  const access = await accessFor(engine, payment)
  const payments = access?.provider.payments
  if (access === null || payments === undefined) {
    return { kind: 'unreachable', payment, why: 'the credentials of this payment are gone' }
  }
  if (payment.provider_order_id === null) return { kind: 'unchanged', payment }
  const ctx = contextFor(engine, access.credential, 'later', callOf(payment, 'payments.fetch'))
  const { outcome } = await guarded(engine, () => payments.fetch(ctx, handleOf(payment)))
  if (outcome.kind !== 'ok') {
    return { kind: 'unreachable', payment, why: 'message' in outcome ? outcome.message : outcome.reason }
  }
  const applied = await applySnapshot(engine, payment, outcome.value)
  const confirmed =
    outcome.value.status === 'approved'
      ? await confirmPayment(engine, access, applied.payment, trigger)
      : null
  const current = confirmed ?? applied.payment
  const followed = await syncRefunds(engine, access, current, outcome.value)
  const compensated = await compensateCanceled(engine, current)
  const refunded = followed || compensated
  return {
    ...applied,
    ...((confirmed !== null || refunded) && { kind: 'applied' as const }),
    payment: refunded ? await mustRead(engine.store.getPayment(current)) : current,
  }
}

const callOf = (payment: PaymentRow, verb: string) => ({ verb, paymentId: payment.id, operationId: null })

/** Applies fetched evidence; writers that collide decide anew on what is there. */
export async function applySnapshot(
  engine: Engine,
  row: PaymentRow,
  snapshot: PaymentSnapshot,
): Promise<Synced> {
  let current = row
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const decision = decidePayment(current, snapshot, new Date(engine.now()))
    if (decision.kind === 'quarantine') {
      engine.log.error({ payment: formatId('payment', row.id), why: decision.why }, 'evidence quarantined')
      return { kind: 'quarantine', payment: current, why: decision.why }
    }
    if (decision.kind === 'stale') return { kind: 'stale', payment: current }
    if (decision.kind === 'nothing') return { kind: 'unchanged', payment: current }
    try {
      await engine.store.settlePayment({
        payment: decision.payment,
        events: paymentEvents(decision.payment, decision.events, engine.newId),
        operation: null,
        charge: chargeChange(decision.payment),
        stored: null,
      })
      engine.wake()
      return { kind: 'applied', payment: decision.payment }
    } catch (error) {
      if (sqlState(error) !== STALE_VERSION) throw error
    }
    current = await mustRead(engine.store.getPayment(row))
  }
  throw new Error(`payment ${row.id} changed ${ROUNDS_MAX} times while one snapshot was applied`)
}

const CONFIRMABLE: readonly PaymentRow['status'][] = ['created', 'requires_action', 'processing']
/** PayPal itself gives up on an order after about ten declined captures. */
const CONFIRMATIONS_MAX = 8

/** Completes what the payer approved, once: who comes second finds the first one's operation in the way. */
async function confirmPayment(
  engine: Engine,
  access: ProviderAccess,
  payment: PaymentRow,
  trigger: Trigger,
): Promise<PaymentRow | null> {
  if (access.provider.payments?.confirm === undefined || !CONFIRMABLE.includes(payment.status)) return null
  const operations = await engine.store.listOperations(payment)
  const earlier = operations.filter((one) => one.kind === 'confirm')
  // After a decline the order still says "approved": trying again is for the payer to ask, not for a timer.
  const declined = earlier.at(-1)?.state === 'declined'
  if ((declined && trigger === 'poll') || earlier.length >= CONFIRMATIONS_MAX) return null
  const n = earlier.length + 1
  const operation = operationOf(engine, payment, 'confirm', n, payment.amount)
  try {
    await engine.store.recordConfirm(operation, payment, TAKEOVER_MS)
  } catch (error) {
    const state = sqlState(error)
    if (state !== STALE_VERSION && state !== UNIQUE_VIOLATION) throw error
    return await afterOther(engine, payment)
  }
  const recorded = { ...payment, version: payment.version + 1 }
  const { outcome } = await guarded(engine, () =>
    sendCompletion(engine, access, operation, recorded, 'first'),
  )
  const settled = await settlePaymentOperation(engine, operation, recorded, outcome, null)
  return settled.payment
}

const OTHER_WAIT_MS = 5_000
const OTHER_POLL_MS = 50

/** Webhook and returning payer come together: the second one tells what the first one's call brought. */
async function afterOther(engine: Engine, payment: PaymentRow): Promise<PaymentRow> {
  for (let waitedMs = 0; waitedMs < OTHER_WAIT_MS; waitedMs += OTHER_POLL_MS) {
    const operations = await engine.store.listOperations(payment)
    if (!operations.some((one) => one.kind === 'confirm' && one.state === 'sent')) break
    await engine.sleep(OTHER_POLL_MS)
  }
  return await mustRead(engine.store.getPayment(payment))
}

/** Follows refunds that are under way and books those made at the provider's side. */
async function syncRefunds(
  engine: Engine,
  access: ProviderAccess,
  payment: PaymentRow,
  snapshot: PaymentSnapshot,
): Promise<boolean> {
  const refunds = access.provider.refunds
  if (refunds === undefined) return false
  const unknownToUs = snapshot.refunded > payment.refunded + payment.refund_pending
  if (!unknownToUs && payment.refund_pending === 0n) return false
  const ctx = contextFor(engine, access.credential, 'later', callOf(payment, 'refunds.list'))
  const { outcome } = await guarded(engine, () => refunds.list(ctx, handleOf(payment)))
  if (outcome.kind !== 'ok') return false
  let changed = false
  for (const one of outcome.value) {
    if (await applyRefundSnapshot(engine, payment, one)) changed = true
  }
  return changed
}

/** Applies what a provider says about one refund of a payment, ours or not. Answers whether anything changed. */
export async function applyRefundSnapshot(
  engine: Engine,
  payment: PaymentRow,
  snapshot: RefundSnapshot,
): Promise<boolean> {
  let known = await knownRefund(engine, payment, snapshot)
  if (known === null) return await adopt(engine, payment, snapshot)
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const decision = decideRefund(known, snapshot, new Date(engine.now()))
    if (decision.kind === 'quarantine') {
      engine.log.error({ refund: formatId('refund', known.id), why: decision.why }, 'evidence quarantined')
    }
    if (decision.kind !== 'change') return false
    try {
      return await engine.store.settleRefund({
        ...decision,
        events: refundEvents(decision.refund, decision.events, engine.newId),
        operation: await openRefundOperation(engine, known),
        stored: null,
      })
    } catch (error) {
      if (sqlState(error) !== STALE_VERSION) throw error
    }
    known = await mustRead(engine.store.getRefund(known))
  }
  throw new Error(`refund ${known.id} changed ${ROUNDS_MAX} times while one snapshot was applied`)
}

async function knownRefund(
  engine: Engine,
  payment: PaymentRow,
  snapshot: RefundSnapshot,
): Promise<RefundRow | null> {
  const byProvider = await engine.store.findRefundByProviderId(payment, snapshot.refundRef)
  if (byProvider !== null || snapshot.reference === null) return byProvider
  const id = parseId('refund', snapshot.reference)
  if (id === undefined) return null
  const ours = await engine.store.getRefund({ ...payment, id })
  return ours?.payment_id === payment.id ? ours : null
}

/** Evidence settles the call that made the refund, too, should its own answer have been lost. */
async function openRefundOperation(engine: Engine, refund: RefundRow) {
  const operations = await engine.store.listOperations(paymentRefOf(refund))
  const open = operations.find((one) => one.refund_id === refund.id && isOpen(one))
  if (open === undefined) return null
  return { id: open.id, from: [open.state], to: 'succeeded' as const, failure: null, dueMs: null }
}

const isOpen = (one: OperationRow): boolean =>
  one.state === 'sent' || one.state === 'unknown' || one.state === 'needs_review'

async function adopt(engine: Engine, payment: PaymentRow, snapshot: RefundSnapshot): Promise<boolean> {
  if (snapshot.status === 'unrecognised' || snapshot.amount.currency !== payment.currency) return false
  if (snapshot.status === 'failed' || snapshot.status === 'canceled') return false
  const at = new Date(engine.now())
  const types = snapshot.status === 'succeeded' ? ['refund.created', 'refund.succeeded'] : ['refund.created']
  const refund: RefundRow = {
    account_id: payment.account_id,
    environment: payment.environment,
    id: engine.newId(),
    payment_id: payment.id,
    version: 1,
    sequence: types.length,
    status: snapshot.status,
    amount: snapshot.amount.minor,
    currency: payment.currency,
    reason: 'made at the provider',
    speed: 'normal',
    metadata: {},
    provider: payment.provider,
    provider_refund_id: snapshot.refundRef,
    failure: null,
    created_at: at,
    updated_at: at,
  }
  return await engine.store.adoptRefund(refund, refundEvents(refund, types, engine.newId))
}

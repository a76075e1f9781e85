import { formatId, parseId } from '@onerouter/core'
import type { PaymentSnapshot, RefundSnapshot } from '@onerouter/providers'
import { paymentRefOf } from '../store/operations.ts'
import type { OperationRow, PaymentRow, RefundRow } from '../store/rows.ts'
import { CHECK_VIOLATION, lostTheRace, sqlState } from '../store/rows.ts'
import { decidePayment, decideRefund } from './decide.ts'
import { paymentEvents, refundEvents } from './events.ts'
import { chargeChange, mustRead } from './follow-up.ts'
import type { Engine } from './ports.ts'
import { exposedDelayMs } from './schedule.ts'

/** What fetched evidence did to a payment. */
export type Synced = {
  readonly kind: 'applied' | 'unchanged' | 'stale' | 'unreachable' | 'quarantine'
  readonly payment: PaymentRow
  readonly why?: string
}

const ROUNDS_MAX = 64

/** Applies fetched evidence; writers that collide decide anew on what is there. */
export async function applySnapshot(
  engine: Engine,
  row: PaymentRow,
  snapshot: PaymentSnapshot,
): Promise<Synced> {
  let current = row
  if (snapshot.captured > row.amount) {
    const payment = formatId('payment', row.id)
    engine.log.error(
      { payment },
      'more was captured than the payment is for: refund the rest at the provider',
    )
  }
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
        charge: await chargeChange(engine, current, decision.payment),
        stored: null,
      })
      engine.wake()
      return { kind: 'applied', payment: decision.payment }
    } catch (error) {
      if (!lostTheRace(error)) throw error
    }
    current = await mustRead(engine.store.getPayment(row))
  }
  throw new Error(`payment ${row.id} changed ${ROUNDS_MAX} times while one snapshot was applied`)
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
        operation: await openRefundOperation(engine, decision.refund),
        stored: null,
      })
    } catch (error) {
      if (sqlState(error) === CHECK_VIOLATION) return unbooked(engine, known)
      if (!lostTheRace(error)) throw error
    }
    known = await mustRead(engine.store.getRefund(known))
  }
  throw new Error(`refund ${known.id} changed ${ROUNDS_MAX} times while one snapshot was applied`)
}

/** The totals have no room for it, because its amount was given away meanwhile: a person must look. */
function unbooked(engine: Engine, refund: RefundRow): false {
  engine.log.error({ refund: formatId('refund', refund.id) }, 'a refund cannot be booked beside the others')
  return false
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

/**
 * Evidence settles the call that made the refund, too, should its own answer have been lost; a refund that is
 * still on its way is looked after like any other.
 */
async function openRefundOperation(engine: Engine, refund: RefundRow) {
  const operations = await engine.store.listOperations(paymentRefOf(refund))
  const open = operations.find((one) => one.refund_id === refund.id && isOpen(one))
  if (open === undefined) return null
  return {
    id: open.id,
    from: [open.state],
    to: 'succeeded' as const,
    failure: null,
    dueMs: refund.status === 'pending' ? exposedDelayMs(0) : null,
    fence: null,
  }
}

const isOpen = (one: OperationRow): boolean =>
  one.state === 'sent' || one.state === 'unknown' || one.state === 'needs_review' || one.state === 'absent'

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

import type { PaymentSnapshot } from '@onerouter/providers'
import type { OperationRow, PaymentRow } from '../store/rows.ts'
import { lostTheRace, sqlState, UNIQUE_VIOLATION } from '../store/rows.ts'
import { applyRefundSnapshot, applySnapshot, type Synced } from './apply-evidence.ts'
import { accessFor, contextFor, guarded, handleOf, type ProviderAccess } from './call-provider.ts'
import { compensateCanceled } from './compensate.ts'
import { noteDuplicates, ownView } from './duplicates.ts'
import { mustRead } from './follow-up.ts'
import { operationOf } from './intent.ts'
import type { Engine } from './ports.ts'
import { TAKEOVER_MS } from './ports.ts'
import { isDark, resolveNow } from './resolve-operation.ts'
import { rivalDelayMs } from './schedule.ts'
import { sendCompletion } from './send.ts'
import { settlePaymentOperation } from './settle-operation.ts'

/** `payer`: they have just acted, so what they approved may be tried again; `poll`: nobody has done anything. */
export type Trigger = 'payer' | 'poll'

/**
 * Brings a payment up to what its provider says now: the one way in which webhooks, returning payers, polls
 * and `POST …/sync` change anything. Only fetched evidence counts, never what a message claims.
 */
export async function syncPayment(engine: Engine, row: PaymentRow, trigger: Trigger): Promise<Synced> {
  const dark = (await engine.store.listOperations(row)).filter(isDark)
  for (const operation of dark) await resolveNow(engine, operation)
  // Where nobody is still at work on it the caller's row is the payment: what moves it meanwhile is met by its version.
  const settled = dark.length === 0 && row.provider_order_id !== null
  const payment = settled ? row : await mustRead(engine.store.getPayment(row))
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
  // Contradictory evidence moves nothing, least of all money.
  if (applied.kind === 'quarantine') return applied
  return await actOn(engine, access, applied, outcome.value, trigger)
}

/** What evidence asks of us: complete what was approved, release what nobody wants, follow the refunds. */
async function actOn(
  engine: Engine,
  access: ProviderAccess,
  applied: Synced,
  snapshot: PaymentSnapshot,
  trigger: Trigger,
): Promise<Synced> {
  const acted = await completeOrRelease(engine, access, applied.payment, snapshot, trigger)
  const current = acted ?? applied.payment
  const followed = await syncRefunds(engine, access, current, snapshot)
  const refunded = followed ? await mustRead(engine.store.getPayment(current)) : current
  const compensated = await compensateCanceled(engine, refunded)
  const duplicates = snapshot.duplicates ?? []
  const noted =
    duplicates.length > 0 &&
    (await noteDuplicates(engine, await mustRead(engine.store.getPayment(current)), snapshot))
  if (acted === null && !followed && !compensated && !noted) return applied
  return { kind: 'applied', payment: await mustRead(engine.store.getPayment(current)) }
}

function completeOrRelease(
  engine: Engine,
  access: ProviderAccess,
  payment: PaymentRow,
  snapshot: PaymentSnapshot,
  trigger: Trigger,
): Promise<PaymentRow | null> {
  if (snapshot.status === 'approved') return confirmPayment(engine, access, payment, trigger)
  if (snapshot.status === 'authorized' && payment.status === 'canceled') {
    return releaseHold(engine, access, payment)
  }
  return Promise.resolve(null)
}

const callOf = (payment: PaymentRow, verb: string) => ({ verb, paymentId: payment.id, operationId: null })

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
  const earlier = await ownOperations(engine, payment, 'confirm')
  // After a decline the order still says "approved": trying again is for the payer to ask, not for a timer.
  const declined = earlier.filter((one) => one.state === 'declined')
  if (earlier.at(-1)?.state === 'declined' && trigger === 'poll') return null
  if (declined.length >= CONFIRMATIONS_MAX) return null
  return await runOwn(engine, access, payment, 'confirm', earlier.length + 1)
}

/** A hold that came after the merchant had canceled keeps the payer's money from them: give it up. */
const RELEASES_MAX = 5
async function releaseHold(
  engine: Engine,
  access: ProviderAccess,
  payment: PaymentRow,
): Promise<PaymentRow | null> {
  if (access.provider.payments?.cancel === undefined) return null
  const earlier = await ownOperations(engine, payment, 'void')
  if (earlier.length >= RELEASES_MAX) return null
  return await runOwn(engine, access, payment, 'void', earlier.length + 1)
}

async function ownOperations(
  engine: Engine,
  payment: PaymentRow,
  kind: OperationRow['kind'],
): Promise<OperationRow[]> {
  return (await engine.store.listOperations(payment)).filter((one) => one.kind === kind)
}

/** An operation nobody asked for with a key: recorded like any other, at most one at a time. */
async function runOwn(
  engine: Engine,
  access: ProviderAccess,
  payment: PaymentRow,
  kind: 'confirm' | 'void',
  n: number,
): Promise<PaymentRow> {
  const operation = operationOf(engine, payment, kind, n, payment.amount)
  try {
    await engine.store.recordConfirm(operation, payment, TAKEOVER_MS)
  } catch (error) {
    if (!lostTheRace(error) && sqlState(error) !== UNIQUE_VIOLATION) throw error
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

/** Webhook and returning payer come together: the second one tells what the first one's call brought. */
async function afterOther(engine: Engine, payment: PaymentRow): Promise<PaymentRow> {
  const deadlineMs = engine.now() + OTHER_WAIT_MS
  for (let looks = 0; engine.now() < deadlineMs; looks++) {
    const operations = await engine.store.listOperations(payment)
    if (!operations.some((one) => one.kind !== 'refund' && one.state === 'sent')) break
    await engine.sleep(rivalDelayMs(looks))
  }
  return await mustRead(engine.store.getPayment(payment))
}

/** Follows refunds that are under way or came back, and books those made at the provider's side. */
async function syncRefunds(
  engine: Engine,
  access: ProviderAccess,
  payment: PaymentRow,
  snapshot: PaymentSnapshot,
): Promise<boolean> {
  const refunds = access.provider.refunds
  if (refunds === undefined) return false
  const agreed = ownView(payment, snapshot).refunded === payment.refunded
  if (agreed && payment.refund_pending === 0n) return false
  const ctx = contextFor(engine, access.credential, 'later', callOf(payment, 'refunds.list'))
  const { outcome } = await guarded(engine, () => refunds.list(ctx, handleOf(payment)))
  if (outcome.kind !== 'ok') return false
  let changed = false
  for (const one of outcome.value) {
    if (await applyRefundSnapshot(engine, payment, one)) changed = true
  }
  return changed
}

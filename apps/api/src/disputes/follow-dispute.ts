import type { DisputeSnapshot, Disputes as Verbs } from '@onerouter/providers'
import { accessFor, contextFor, guarded, type ProviderAccess } from '../engine/call-provider.ts'
import { makeEvent } from '../engine/events.ts'
import type { EventRow, PaymentRow } from '../store/rows.ts'
import { decideSnapshot, type Plan } from './decide.ts'
import type { Disputes } from './ports.ts'
import { presentDispute } from './present.ts'
import { findDispute, paymentOfDuplicate, postponeDispute, writeDispute } from './store.ts'

/** What a look at a dispute came to. */
export type Followed =
  | { readonly kind: 'applied' | 'unchanged' }
  | { readonly kind: 'unreachable' | 'contradiction'; readonly why: string }

/** Bounds the retries against concurrent writers; each loss means somebody else made progress. */
const ROUNDS_MAX = 8

/**
 * Brings a dispute of the payment up to what its provider says now. The row is read before the provider is asked and
 * written only if it is still the same: what was fetched earlier never overwrites what was fetched later.
 */
export async function followDispute(
  disputes: Disputes,
  payment: PaymentRow,
  disputeRef: string,
): Promise<Followed> {
  const { engine, db } = disputes
  const access = await accessFor(engine, payment)
  const verbs = access?.provider.disputes
  if (access === null || verbs === undefined) {
    return { kind: 'unreachable', why: 'the credentials of this payment are gone' }
  }
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const before = await findDispute(db, payment, disputeRef)
    const outcome = await fetchDispute(disputes, access, verbs, payment, disputeRef)
    if (outcome.kind !== 'ok') {
      return { kind: 'unreachable', why: 'message' in outcome ? outcome.message : outcome.reason }
    }
    if (!(await concerns(disputes, outcome.value, payment))) {
      return {
        kind: 'contradiction',
        why: 'the dispute is about another payment than the one it was told of',
      }
    }
    const evidenceUrl = verbs.evidenceUrl(payment.environment, disputeRef)
    const birth = { id: engine.newId(), payment, evidenceUrl }
    const plan = decideSnapshot(before, outcome.value, birth, engine.now())
    if (plan.kind === 'contradiction') return plan
    if (!plan.changed) {
      if (before !== null) await postponeDispute(db, before, plan.dueMs)
      return { kind: 'unchanged' }
    }
    if (await write(disputes, plan)) return { kind: 'applied' }
  }
  throw new Error(`dispute ${disputeRef} changed ${ROUNDS_MAX} times while it was followed`)
}

async function fetchDispute(
  { engine }: Disputes,
  access: ProviderAccess,
  verbs: Verbs<object>,
  payment: PaymentRow,
  disputeRef: string,
) {
  const call = { verb: 'disputes.fetch', paymentId: payment.id, operationId: null }
  const ctx = contextFor(engine, access.credential, 'later', call)
  return (await guarded(engine, () => verbs.fetch(ctx, disputeRef))).outcome
}

/** An event leads to a payment by ids it claims; the dispute itself must name the same one. */
async function concerns(
  { engine, db }: Disputes,
  snapshot: DisputeSnapshot,
  payment: PaymentRow,
): Promise<boolean> {
  const { paymentRef, reference } = snapshot
  if (paymentRef !== null) {
    if (paymentRef === payment.provider_payment_id) return true
    if (Object.values(payment.provider_refs).includes(paymentRef)) return true
    if ((await paymentOfDuplicate(db, payment, paymentRef))?.id === payment.id) return true
  }
  if (reference === null) return false
  const ids = { reference, orderRef: null, paymentRef: null }
  return (await engine.store.findPaymentByProviderIds(payment, ids))?.id === payment.id
}

async function write(disputes: Disputes, { dispute, events, dueMs }: Plan): Promise<boolean> {
  const rows = eventsOf(disputes, dispute, events)
  if (!(await writeDispute(disputes.db, { dispute, events: rows, dueMs }))) return false
  if (rows.length > 0) disputes.announce()
  return true
}

function eventsOf(
  { engine }: Disputes,
  dispute: Plan['dispute'],
  types: Plan['events'],
): readonly EventRow[] {
  const object = presentDispute(dispute)
  const first = dispute.sequence - types.length + 1
  return types.map((type, i) =>
    makeEvent({
      accountId: dispute.account_id,
      environment: dispute.environment,
      id: engine.newId(),
      type,
      subject: { kind: 'dispute', id: dispute.id },
      sequence: first + i,
      object,
      at: dispute.updated_at,
    }),
  )
}

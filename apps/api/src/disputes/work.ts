import { applied, comesBack, ignored, notKnownYet, quarantined } from '../engine/inbound-outcome.ts'
import type { AboutDispute, DisputeWork, InboundOutcome } from '../engine/ports.ts'
import { exposedDelayMs } from '../engine/schedule.ts'
import type { InboundRow, PaymentRow } from '../store/rows.ts'
import { followDispute } from './follow-dispute.ts'
import { disputedPayment } from './payment-of.ts'
import type { Disputes } from './ports.ts'
import type { DisputeRow } from './row.ts'
import { claimDueDisputes, findDispute, nextDisputeDueMs, postponeDispute } from './store.ts'

/** What the worker, the inbox and the reconciliation do for disputes. */
export function disputeWork(disputes: Disputes): DisputeWork {
  return {
    apply: (row, about) => applyEvent(disputes, row, about),
    follow: (payment, disputeRef) => followDispute(disputes, payment, disputeRef),
    paymentOf: (owner, ids) => disputedPayment(disputes, owner, ids),
    async claimDue(limit, leaseMs) {
      const rows = await claimDueDisputes(disputes.db, limit, leaseMs)
      return rows.map((row) => () => tend(disputes, row))
    },
    nextDueMs: () => nextDisputeDueMs(disputes.db),
  }
}

/** Works out what an event means. Only ids are taken from it: the provider is asked for the rest. */
async function applyEvent(disputes: Disputes, row: InboundRow, about: AboutDispute): Promise<InboundOutcome> {
  const payment = await paymentOf(disputes, row, about)
  if (payment === null) return notKnown(row)
  // A payment that went on to another provider: what the first one tells of is not ours to follow.
  if (payment.provider !== row.provider) return ignored('about an attempt left behind', payment.id)
  const followed = await followDispute(disputes, payment, about.disputeRef)
  switch (followed.kind) {
    case 'applied':
    case 'unchanged':
      return applied(null, payment.id)
    case 'contradiction':
      return quarantined(followed.why, payment.id)
    case 'unreachable':
      return comesBack(row, disputes.engine.now(), followed.why, payment.id)
  }
}

async function paymentOf(
  disputes: Disputes,
  row: InboundRow,
  about: AboutDispute,
): Promise<PaymentRow | null> {
  const { engine, db } = disputes
  const known = await findDispute(db, row, about.disputeRef)
  return known === null
    ? await disputedPayment(disputes, row, about)
    : await engine.store.getPayment({ ...known, id: known.payment_id })
}

const notKnown = (row: InboundRow): InboundOutcome =>
  notKnownYet(row, 'payment not known yet', ignored('concerns no payment of this account'))

/** Looks whether a dispute was decided without anybody telling. What fails comes back later and later. */
async function tend(disputes: Disputes, row: DisputeRow): Promise<void> {
  const { engine, db } = disputes
  const payment = await engine.store.getPayment({ ...row, id: row.payment_id })
  if (payment === null) throw new Error('the payment of a dispute has disappeared')
  const followed = await followDispute(disputes, payment, row.provider_dispute_id)
  if (followed.kind !== 'unreachable' && followed.kind !== 'contradiction') return
  engine.log.warn({ dispute: row.id, why: followed.why }, 'a dispute could not be looked at')
  await postponeDispute(db, row, exposedDelayMs(row.tries))
}

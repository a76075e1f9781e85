import type { Outcome } from '@onerouter/core'
import { ok } from '@onerouter/core'
import { decidePayment, decideRefund } from '../engine/decide.ts'
import { mustRead } from '../engine/follow-up.ts'
import type { Engine } from '../engine/ports.ts'
import { IN_FLIGHT_MS } from '../engine/schedule.ts'
import { type Settled, settlePaymentOperation, settleRefundOperation } from '../engine/settle-operation.ts'
import { paymentRefOf } from '../store/operations.ts'
import type { OperationRow, PaymentRow, RefundRow } from '../store/rows.ts'
import { type Decision, keepDecision, refused, unavailable } from './decision.ts'
import { lastSendMs } from './list.ts'
import { resolveReturn } from './resolve-return.ts'
import { askForEvidence, type Evidence, evidenceFacts } from './review-evidence.ts'

/** Longer than any request of ours can still be under way after it was logged. */
const QUIET_MS = 15 * 60_000

/**
 * Settles a call as a person says. Their word moves no money by itself: the provider is asked at that moment, its
 * answer is what is booked, and a word that contradicts it is refused. What they add is the judgement that an
 * absence is final. @throws ApiError invalid_state, provider_unavailable
 */
export async function resolveReview(
  engine: Engine,
  operation: OperationRow,
  decision: Decision,
): Promise<Pick<Settled, 'operation' | 'payment'>> {
  if (operation.state !== 'needs_review') throw refused('The call does not wait for a person.')
  const payment = await mustRead(engine.store.getPayment(paymentRefOf(operation)))
  if (operation.request.duplicate !== undefined) {
    return await resolveReturn(engine, operation, payment, decision)
  }
  const refund =
    operation.refund_id === null
      ? null
      : await mustRead(engine.store.getRefund({ ...operation, id: operation.refund_id }))
  if (operation.kind === 'charge' && operation.reference !== payment.reference) {
    throw refused('The payment has gone on with another attempt; compare this one at the provider.')
  }
  const evidence = await askForEvidence(engine, operation, payment, refund)
  if (evidence.kind === 'unavailable') throw unavailable(evidence.why)
  if (decision.outcome === 'happened') refuseUnlessShown(engine, evidence, payment, refund)
  else await refuseUnlessAbsent(engine, operation, evidence)
  await keepDecision(engine, operation, decision, evidenceFacts(evidence))
  return await settle(engine, { operation, payment, refund, evidence, decision })
}

/** "It happened" is believed as far as the provider shows it, and only where it agrees with what was asked. */
function refuseUnlessShown(
  engine: Engine,
  evidence: Evidence,
  payment: PaymentRow,
  refund: RefundRow | null,
): void {
  const at = new Date(engine.now())
  if (evidence.kind === 'refund' && refund !== null) {
    const decided = decideRefund(refund, evidence.snapshot, at)
    if (decided.kind === 'quarantine')
      throw refused(`The provider's answer cannot be booked: ${decided.why}.`)
    return
  }
  if (evidence.kind !== 'payment' || !evidence.shows) {
    throw refused('The provider was asked and shows no effect of the call.')
  }
  const decided = decidePayment(payment, evidence.snapshot, at)
  if (decided.kind === 'quarantine') throw refused(`The provider's answer cannot be booked: ${decided.why}.`)
}

/** "It did not happen" is believed when the provider shows nothing and nothing can still be on its way. */
async function refuseUnlessAbsent(
  engine: Engine,
  operation: OperationRow,
  evidence: Evidence,
): Promise<void> {
  if (evidence.kind === 'refund' || (evidence.kind === 'payment' && evidence.shows)) {
    throw refused('The provider was asked and shows that the call took effect.')
  }
  const provider = engine.provider(operation.provider)
  const lagMs =
    (operation.kind === 'refund' ? provider?.refunds?.lookupLagMs : provider?.payments?.lookupLagMs) ?? 0
  const firstMs = operation.created_at.getTime()
  const lastMs = (await lastSendMs(engine.db, operation)) ?? firstMs
  const quietUntil = Math.max(firstMs + IN_FLIGHT_MS + lagMs, lastMs + QUIET_MS)
  if (engine.now() < quietUntil) {
    throw refused('A request may still be on its way to the provider; decide a quarter of an hour later.')
  }
}

interface Settling {
  readonly operation: OperationRow
  readonly payment: PaymentRow
  readonly refund: RefundRow | null
  readonly evidence: Evidence
  readonly decision: Decision
}

async function settle(engine: Engine, settling: Settling): Promise<Settled> {
  const { payment, refund, evidence, decision } = settling
  // What was looked for and is not there is `absent`, not "never sent".
  const operation = { ...settling.operation, tries: Math.max(1, settling.operation.tries) }
  const absent = { kind: 'not_sent', reason: 'a person found no trace of it' } as const
  const happened = decision.outcome === 'happened'
  if (refund !== null) {
    const outcome = happened && evidence.kind === 'refund' ? ok(evidence.snapshot) : absent
    return await settleRefundOperation(engine, operation, refund, payment, outcome, null)
  }
  const outcome: Outcome<Extract<Evidence, { kind: 'payment' }>['snapshot']> =
    happened && evidence.kind === 'payment' ? ok(evidence.snapshot) : absent
  return await settlePaymentOperation(engine, operation, payment, outcome, null)
}

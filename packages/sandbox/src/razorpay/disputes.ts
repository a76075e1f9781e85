import { paymentEntity } from './entities.ts'
import type { DisputeRow, PaymentRow, Razorpay } from './state.ts'
import { emit } from './webhooks.ts'

const RESPOND_WITHIN_S = 10 * 86_400

export function disputeEntity(row: DisputeRow): object {
  return {
    id: row.id,
    entity: 'dispute',
    payment_id: row.paymentId,
    amount: row.amount,
    currency: row.currency,
    amount_deducted: row.amountDeducted,
    reason_code: row.reasonCode,
    respond_by: row.respondBy,
    status: row.status,
    evidence: { amount: row.amount, summary: null, submitted_at: null },
    phase: row.phase,
    created_at: row.createdAt,
  }
}

/** A chargeback; refunds of the payment are blocked from now on, unless it is won. */
export function openDispute(rzp: Razorpay, payment: PaymentRow): void {
  const row: DisputeRow = {
    id: rzp.id('disp'),
    account: payment.account,
    paymentId: payment.id,
    amount: payment.amount,
    currency: payment.currency,
    amountDeducted: 0,
    reasonCode: 'processed_invalid_expired_card',
    respondBy: rzp.seconds() + RESPOND_WITHIN_S,
    status: 'open',
    phase: 'chargeback',
    createdAt: rzp.seconds(),
  }
  payment.disputeId = row.id
  rzp.state.disputes.set(row.id, row)
  tell(rzp, payment, row, 'payment.dispute.created')
}

/** The bank decides; Razorpay takes the amount when it is lost, not before (Disputes entity, `amount_deducted`). */
export function decideDispute(rzp: Razorpay, payment: PaymentRow, outcome: 'won' | 'lost'): boolean {
  const row = rzp.state.disputes.get(payment.disputeId ?? '')
  if (row?.status !== 'open') return false
  row.status = outcome
  if (outcome === 'lost') row.amountDeducted = row.amount
  tell(rzp, payment, row, `payment.dispute.${outcome}`)
  return true
}

export function blocksRefunds(rzp: Razorpay, payment: PaymentRow): boolean {
  if (payment.disputeId === null) return false
  const status = rzp.state.disputes.get(payment.disputeId)?.status
  return status !== 'won' && status !== 'closed'
}

function tell(rzp: Razorpay, payment: PaymentRow, row: DisputeRow, event: string): void {
  const entities = { payment: paymentEntity(rzp, payment), dispute: disputeEntity(row) }
  emit(rzp, payment.account, event, entities)
}

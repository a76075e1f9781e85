import type { Uuid } from '@onerouter/core'
import type { EventRow, PaymentRow, RefundRow } from '../store/rows.ts'
import { presentPayment, presentRefund } from './present.ts'

/** Event rows for what just happened to a payment; they share its transaction and number without gaps. */
export function paymentEvents(
  payment: PaymentRow,
  types: readonly string[],
  newId: () => Uuid,
): readonly EventRow[] {
  const first = payment.sequence - types.length + 1
  return types.map((type, i) => ({
    account_id: payment.account_id,
    environment: payment.environment,
    id: newId(),
    type,
    subject_kind: 'payment',
    subject_id: payment.id,
    sequence: first + i,
    data: { object: presentPayment(payment) },
    created_at: payment.updated_at,
  }))
}

export function refundEvents(
  refund: RefundRow,
  types: readonly string[],
  newId: () => Uuid,
): readonly EventRow[] {
  const first = refund.sequence - types.length + 1
  return types.map((type, i) => ({
    account_id: refund.account_id,
    environment: refund.environment,
    id: newId(),
    type,
    subject_kind: 'refund',
    subject_id: refund.id,
    sequence: first + i,
    data: { object: presentRefund(refund) },
    created_at: refund.updated_at,
  }))
}

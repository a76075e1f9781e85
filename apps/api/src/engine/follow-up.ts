import type { OperationState } from '@onerouter/core'
import { nextStates, OPERATION_STATES } from '@onerouter/core'
import type { PaymentRow } from '../store/rows.ts'
import type { OperationChange } from '../store/settle.ts'
import { CHARGE_STATE_OF } from './decide.ts'
import { exposedDelayMs, feeDelayMs, isWatched, lateDelayMs } from './schedule.ts'

/**
 * When a payment must be looked at again should no webhook tell: `tries` looks have been made in this status.
 * `null` = there is nothing more to see.
 */
export function nextLookMs(payment: PaymentRow, tries: number, nowMs: number): number | null {
  const ageMs = nowMs - payment.created_at.getTime()
  const watched = isWatched(ageMs)
  switch (payment.status) {
    case 'created':
    case 'requires_action':
    case 'processing':
    case 'authorized':
      return watched ? exposedDelayMs(tries) : null
    case 'succeeded':
      if (payment.refund_pending > 0n) return exposedDelayMs(tries)
      return payment.fee_amount === null ? feeDelayMs(tries, ageMs) : null
    case 'failed':
    case 'canceled':
    case 'expired':
      return payment.provider_order_id === null ? null : lateDelayMs(tries)
  }
}

/** The charge attempt follows the payment, whatever operation or webhook moved it. */
export function chargeChange(
  payment: PaymentRow,
  nowMs: number,
): Pick<OperationChange, 'from' | 'to' | 'dueMs'> {
  const to: OperationState = CHARGE_STATE_OF[payment.status]
  const from = OPERATION_STATES.filter((state) => nextStates(state).includes(to))
  return { to, from, dueMs: nextLookMs(payment, 0, nowMs) }
}

export async function mustRead<T>(row: Promise<T | null>): Promise<T> {
  const found = await row
  if (found === null) throw new Error('a row that was just written has disappeared')
  return found
}

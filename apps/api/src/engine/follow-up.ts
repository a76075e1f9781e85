import type { OperationState, PaymentStatus } from '@onerouter/core'
import { nextStates, OPERATION_STATES } from '@onerouter/core'
import type { OperationRow, PaymentRow } from '../store/rows.ts'
import type { ChargeChange } from '../store/settle.ts'
import { CHARGE_STATE_OF } from './decide.ts'
import type { Engine } from './ports.ts'
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

/** From these a payment that was canceled never moves on: one that comes from them owes nobody anything. */
const NEVER_CANCELED: readonly PaymentStatus[] = ['created', 'requires_action', 'processing', 'authorized']

/** What a canceled payment took all the same and has not given back, nor is about to. */
export const isKept = (payment: PaymentRow): boolean =>
  payment.status === 'succeeded' && payment.refunded + payment.refund_pending < payment.captured

export const cancellationOf = (operations: readonly OperationRow[]): OperationRow | undefined =>
  operations.find((one) => one.kind === 'void' && one.state === 'succeeded')

/** Looks at a payment do not end before what it took after its cancellation is back with the payer. */
export async function nextLookOrDebtMs(
  engine: Engine,
  payment: PaymentRow,
  tries: number,
): Promise<number | null> {
  const dueMs = nextLookMs(payment, tries, engine.now())
  if (dueMs !== null || !isKept(payment)) return dueMs
  const canceled = cancellationOf(await engine.store.listOperations(payment))
  return canceled === undefined ? null : exposedDelayMs(tries)
}

/** From which states a call may come to each. */
const STATES_BEFORE: ReadonlyMap<OperationState, readonly OperationState[]> = new Map(
  OPERATION_STATES.map((to) => [to, OPERATION_STATES.filter((from) => nextStates(from).includes(to))]),
)

/** The charge attempt follows the payment, whatever operation or webhook moved it from `before` to `next`. */
export async function chargeChange(
  engine: Engine,
  before: PaymentRow,
  next: PaymentRow,
  moved: OperationRow | null = null,
): Promise<ChargeChange> {
  const to: OperationState = CHARGE_STATE_OF[next.status]
  return { to, from: STATES_BEFORE.get(to) ?? [], dueMs: await firstLookMs(engine, before, next, moved) }
}

export async function firstLookMs(
  engine: Engine,
  before: PaymentRow,
  next: PaymentRow,
  moved: OperationRow | null,
): Promise<number | null> {
  // A cancellation that is being settled beside the money is not in the books yet.
  if (moved?.kind === 'void' && isKept(next)) return exposedDelayMs(0)
  if (NEVER_CANCELED.includes(before.status)) return nextLookMs(next, 0, engine.now())
  return await nextLookOrDebtMs(engine, next, 0)
}

export async function mustRead<T>(row: Promise<T | null>): Promise<T> {
  const found = await row
  if (found === null) throw new Error('a row that was just written has disappeared')
  return found
}

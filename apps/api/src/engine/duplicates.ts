import { formatId } from '@onerouter/core'
import type { DuplicatePayment, PaymentHandle, PaymentSnapshot } from '@onerouter/providers'
import type { DuplicateRequest, OperationRow, PaymentRow } from '../store/rows.ts'
import { lostTheRace, sqlState, UNIQUE_VIOLATION } from '../store/rows.ts'
import { handleOf } from './call-provider.ts'
import { mustRead } from './follow-up.ts'
import { operationOf } from './intent.ts'
import type { Engine } from './ports.ts'

/**
 * Money that came beside the payment's own: a second payment on one order (Razorpay, late authorisation), or one
 * on an order that was left behind. It is no part of the payment's totals. It becomes an attempt of its own,
 * `late_succeeded`, and `give-back.ts` returns it.
 */
type Stated = Pick<PaymentSnapshot, 'paymentRef' | 'captured' | 'refunded' | 'fee' | 'duplicates'>
type Booked = Pick<PaymentRow, 'captured' | 'provider_payment_id'>

/** What a provider says, seen from the payment in the books: it stays the one that was booked first. Pure. */
export function ownView<T extends Stated>(row: Booked, seen: T): T {
  const { duplicates = [], paymentRef } = seen
  if (row.captured === 0n || paymentRef === null || paymentRef === row.provider_payment_id) return seen
  const own = duplicates.find((one) => one.paymentRef === row.provider_payment_id)
  if (own === undefined) return seen
  const others = duplicates.filter((one) => one !== own)
  const { captured, refunded } = seen
  // A fee is stated of the payment that leads; ours is in the books already, or comes with a later look.
  return { ...seen, ...own, fee: null, duplicates: [{ paymentRef, captured, refunded }, ...others] }
}

/** Duplicates whose money is not back with the payer. */
export function owedBack(row: Booked, seen: Stated): readonly DuplicatePayment[] {
  if (row.captured === 0n || row.provider_payment_id === null) return []
  const { paymentRef, duplicates = [] } = ownView(row, seen)
  return paymentRef === row.provider_payment_id ? duplicates.filter((one) => one.captured > one.refunded) : []
}

/** Writers that collide read again; what is lost now is found by the next look. */
const ROUNDS_MAX = 8

/** Records what came twice, to be given back. Answers whether there was anything new. */
export async function noteDuplicates(
  engine: Engine,
  before: PaymentRow,
  snapshot: PaymentSnapshot,
): Promise<boolean> {
  let payment = before
  let noted = false
  for (let round = 0; round < ROUNDS_MAX; round++) {
    const known = await engine.store.listOperations(payment)
    const isKnown = (ref: string) => known.some(({ request }) => request.duplicate?.payment_ref === ref)
    const next = owedBack(payment, snapshot).find(({ paymentRef }) => !isKnown(paymentRef))
    if (next === undefined) return noted
    if (await recordDuplicate(engine, payment, attemptFor(engine, payment, known, next))) noted = true
    payment = await mustRead(engine.store.getPayment(before))
  }
  return noted
}

function attemptFor(
  engine: Engine,
  payment: PaymentRow,
  known: readonly OperationRow[],
  { paymentRef, captured }: DuplicatePayment,
): OperationRow {
  const n = Math.max(0, ...known.filter(({ kind }) => kind === 'charge').map((one) => one.n)) + 1
  const duplicate: DuplicateRequest = {
    order_ref: payment.provider_order_id ?? '',
    payment_ref: paymentRef,
    refs: payment.provider_refs,
  }
  // All of it: what went back already is counted among the refunds when the rest is returned.
  const made = operationOf(engine, payment, 'charge', n, captured)
  return { ...made, state: 'late_succeeded', request: { duplicate } }
}

/** `false`: somebody else recorded it, or the payment changed meanwhile. */
export async function recordDuplicate(
  engine: Engine,
  payment: PaymentRow,
  attempt: OperationRow,
): Promise<boolean> {
  try {
    if (!(await engine.store.recordLateSuccess(attempt, payment, 0))) return false
  } catch (error) {
    if (lostTheRace(error) || sqlState(error) === UNIQUE_VIOLATION) return false
    throw error
  }
  const { reference, amount } = attempt
  const fields = { payment: formatId('payment', payment.id), operation: reference, amount: amount.toString() }
  engine.log.error(fields, 'a payer has paid twice: the money that came beside the first goes back')
  engine.wake()
  return true
}

/** The provider's payment that is to be given back, as the adapter knows payments. */
export function duplicateHandle(
  payment: PaymentRow,
  attempt: OperationRow,
  { order_ref, payment_ref, refs }: DuplicateRequest,
): PaymentHandle {
  return {
    ...handleOf(payment),
    reference: attempt.reference,
    orderRef: order_ref,
    paymentRef: payment_ref,
    refs,
  }
}

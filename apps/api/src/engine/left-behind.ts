import type { ProviderEvent } from '@onerouter/providers'
import type { OperationRow, PaymentRow } from '../store/rows.ts'
import { accessFor, contextFor, guarded, handleOf, metaOf } from './call-provider.ts'
import { recordDuplicate } from './duplicates.ts'
import { mustRead } from './follow-up.ts'
import type { Engine } from './ports.ts'

/** Ids by which a provider's object can be fetched; never facts. */
type Ids = Pick<Extract<ProviderEvent['about'], { kind: 'payment' }>, 'reference' | 'orderRef' | 'paymentRef'>

/** The attempt of a payment that an event is about, where it is not the one in force. */
export async function leftBehindAttempt(
  engine: Engine,
  payment: PaymentRow,
  ids: Ids,
): Promise<OperationRow | null> {
  if (ids.reference === payment.reference) return null
  const attempts = (await engine.store.listOperations(payment)).filter(({ kind }) => kind === 'charge')
  const meant = ({ request, reference }: OperationRow) =>
    reference !== payment.reference &&
    (request.duplicate === undefined
      ? reference === ids.reference
      : request.duplicate.payment_ref === ids.paymentRef || reference === ids.reference)
  return attempts.find(meant) ?? null
}

/**
 * Looks at an attempt that gave way to another one. Nobody was shown its order; should it have been paid all the
 * same, the payment does not take the money and it goes back. `false`: the provider could not be asked.
 */
export async function lookAtLeftBehind(
  engine: Engine,
  payment: PaymentRow,
  attempt: OperationRow,
  ids: Ids,
): Promise<boolean> {
  // It is being given back, which has a schedule of its own.
  if (attempt.request.duplicate !== undefined) return true
  const access = await accessFor(engine, attempt)
  const payments = access?.provider.payments
  if (access === null || payments === undefined) return false
  const handle = { ...handleOf(payment), ...ids, reference: attempt.reference, refs: {} }
  const ctx = contextFor(engine, access.credential, 'later', metaOf('payments.fetch', attempt))
  const { find } = payments
  const { outcome } = await guarded(engine, async () =>
    ids.orderRef !== null || find === undefined ? await payments.fetch(ctx, handle) : await find(ctx, handle),
  )
  if (outcome.kind !== 'ok') return false
  const snapshot = outcome.value
  const owed = snapshot === null ? 0n : snapshot.captured - snapshot.refunded
  if (snapshot === null || owed <= 0n || snapshot.paymentRef === null) return true
  if (snapshot.reference !== null && snapshot.reference !== attempt.reference) return true
  const duplicate = { order_ref: snapshot.orderRef, payment_ref: snapshot.paymentRef, refs: snapshot.refs }
  const current = await mustRead(engine.store.getPayment(payment))
  await recordDuplicate(engine, current, {
    ...attempt,
    state: 'late_succeeded',
    amount: snapshot.captured,
    request: { ...attempt.request, duplicate },
  })
  return true
}

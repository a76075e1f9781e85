import { paymentToldOf } from '../engine/payment-told-of.ts'
import type { PaymentRow } from '../store/rows.ts'
import type { Disputes } from './ports.ts'
import { type Owner, paymentOfDuplicate } from './store.ts'

/** By what a provider names what is disputed. */
export interface Named {
  readonly reference: string | null
  readonly orderRef: string | null
  readonly paymentRef: string | null
}

/** Whose payment is disputed: a payment, the charge of a subscription, or what came twice and is on its way back. */
export async function disputedPayment(
  { engine, db }: Disputes,
  owner: Owner,
  ids: Named,
): Promise<PaymentRow | null> {
  const known = await paymentToldOf(engine, owner, ids)
  if (known !== null || ids.paymentRef === null) return known
  return await paymentOfDuplicate(db, owner, ids.paymentRef)
}

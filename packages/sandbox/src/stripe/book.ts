import type { BookEntry } from '../kernel/types.ts'
import type { ChargeRow, IntentRow, Store } from './state.ts'

/**
 * The account's one-time payments as Stripe's books have them, both modes, oldest first. Wire minor units.
 * What was collected for subscriptions is in `billing/books.ts`.
 */
export function bookOf(store: Store, accountId: string): BookEntry[] {
  const charges = Map.groupBy(
    [...store.charges.values()].filter((row) => row.accountId === accountId),
    (row) => row.object.payment_intent,
  )
  const own = <R extends { accountId: string }>(rows: Map<string, R>) =>
    [...rows.values()].filter((row) => row.accountId === accountId)
  const unstarted = own(store.sessions).filter(
    ({ object }) => object.payment_intent === null && object.mode === 'payment',
  )
  return [
    ...unstarted.map(({ object, intentData }) => ({
      accountId,
      orderRef: object.id,
      paymentRefs: [],
      reference: intentData.metadata.onerouter_ref ?? object.metadata.onerouter_ref ?? null,
      currency: object.currency ?? 'usd',
      amount: BigInt(object.amount_total ?? 0),
      authorized: 0n,
      captured: 0n,
      refunded: 0n,
      status: object.status,
    })),
    ...own(store.intents)
      .filter((row) => !store.invoices.has(row.invoiceId ?? ''))
      .map((row) => entryOf(row, charges.get(row.object.id) ?? [])),
  ]
}

function entryOf(row: IntentRow, charges: readonly ChargeRow[]): BookEntry {
  const { object: intent } = row
  const good = charges.filter(({ object }) => object.status === 'succeeded')
  const sum = (amount: (row: ChargeRow) => number) =>
    good.reduce((total, charge) => total + BigInt(amount(charge)), 0n)
  return {
    accountId: row.accountId,
    orderRef: row.sessionId ?? intent.id,
    paymentRefs: [intent.id],
    reference: intent.metadata.onerouter_ref ?? null,
    currency: intent.currency,
    amount: BigInt(intent.amount),
    authorized: sum(({ object }) => object.amount),
    captured: sum(({ object }) => object.amount_captured),
    refunded: sum(({ object, released }) => object.amount_refunded - released),
    status: intent.status,
  }
}

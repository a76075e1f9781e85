import type { SubscriptionCharge, SubscriptionEntry } from '../../kernel/types.ts'
import type { ChargeRow, Store } from '../state.ts'

const iso = (seconds: number) => new Date(seconds * 1_000).toISOString()

/** The account's subscriptions, both modes, oldest first. */
export function subscriptionsOf(store: Store, accountId: string): SubscriptionEntry[] {
  const own = [...store.subscriptions.values()].filter((row) => row.accountId === accountId)
  return own.map(({ object, dueAt }) => ({
    accountId,
    subscriptionRef: object.id,
    reference: object.metadata.onerouter_ref ?? null,
    planRef: object.items.data[0]?.price.id ?? '',
    quantity: object.items.data[0]?.quantity ?? 0,
    status: object.status,
    nextAt: dueAt === null ? null : iso(dueAt),
  }))
}

/** Every charge made or declined for an invoice, oldest first. */
export function chargesOf(store: Store, accountId: string): SubscriptionCharge[] {
  return [...store.charges.values()].flatMap((row) => {
    const entry = row.accountId === accountId ? entryOf(store, row) : undefined
    return entry === undefined ? [] : [entry]
  })
}

function entryOf(store: Store, row: ChargeRow): SubscriptionCharge | undefined {
  const charge = row.object
  const intent = store.intents.get(charge.payment_intent)
  const invoice = store.invoices.get(intent?.invoiceId ?? '')?.object
  if (invoice === undefined) return undefined
  const { subscription, metadata } = invoice.parent.subscription_details
  const now = store.subscriptions.get(subscription)?.object.metadata
  return {
    accountId: row.accountId,
    subscriptionRef: subscription,
    reference: now?.onerouter_ref ?? metadata.onerouter_ref ?? null,
    invoiceRef: invoice.id,
    paymentRef: charge.payment_intent,
    currency: charge.currency,
    amount: BigInt(charge.amount),
    refunded: BigInt(charge.amount_refunded - row.released),
    status: charge.status === 'succeeded' ? 'paid' : 'failed',
    at: iso(charge.created),
  }
}

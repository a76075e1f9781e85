import { addOrder } from '../orders.ts'
import { LAPSE_MINUTES, type OrderRow, type Razorpay } from '../state.ts'
import { planOf } from './entities.ts'
import type { SubscriptionRow } from './rows.ts'

/** What a card is asked for when nothing is due yet; it goes back at once (Razorpay docs, How Subscriptions Work). */
const TOKEN_AMOUNT = 500

/** Whether the payer has something to do on the subscription's page. */
export const isPayable = ({ status }: SubscriptionRow): boolean =>
  status === 'created' || status === 'pending' || status === 'halted'

/** The plan's price and the add-ons, for the quantity. */
export function firstAmount(rzp: Razorpay, subscription: SubscriptionRow): number {
  const upfront = subscription.addons.reduce((sum, { amount }) => sum + amount, 0)
  return planOf(rzp, subscription).item.amount * subscription.quantity + upfront
}

/** Starts later, so that only the mandate is set up now. */
export const startsLater = (rzp: Razorpay, { startAt }: SubscriptionRow): boolean =>
  startAt !== null && startAt > rzp.seconds()

/** The order the payer pays: the first cycle, the add-ons alone, a token, or a renewal that failed. */
export function orderForPayer(rzp: Razorpay, subscription: SubscriptionRow): OrderRow | undefined {
  const invoice = rzp.state.invoices.get(subscription.openInvoiceId ?? '')
  if (invoice !== undefined) return rzp.state.orders.get(invoice.orderId)
  const known = rzp.state.orders.get(subscription.authOrderId ?? '')
  if (known !== undefined || subscription.status !== 'created') return known
  const later = startsLater(rzp, subscription)
  const upfront = subscription.addons.reduce((sum, { amount }) => sum + amount, 0)
  const token = later && upfront === 0
  const amount = token ? TOKEN_AMOUNT : later ? upfront : firstAmount(rzp, subscription)
  const order = subscriptionOrder(rzp, subscription, { amount, invoiceId: null, capture: !token })
  subscription.authOrderId = order.id
  return order
}

/** Payments of subscriptions are captured by themselves; a token never is. */
export function subscriptionOrder(
  rzp: Razorpay,
  subscription: SubscriptionRow,
  by: { readonly amount: number; readonly invoiceId: string | null; readonly capture: boolean },
): OrderRow {
  return addOrder(rzp, {
    account: subscription.account,
    amount: by.amount,
    currency: planOf(rzp, subscription).item.currency,
    receipt: null,
    notes: {},
    rule: {
      capture: by.capture ? 'automatic' : 'manual',
      automaticMinutes: LAPSE_MINUTES,
      manualMinutes: LAPSE_MINUTES,
      refundSpeed: 'normal',
    },
    partial: false,
    firstPaymentMinimum: null,
    customerId: subscription.customerId,
    linkId: null,
    subscriptionId: subscription.id,
    invoiceId: by.invoiceId,
  })
}

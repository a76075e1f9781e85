/**
 * Two payments that took money for one order: at Razorpay a try that failed can turn out to have been authorised
 * after the payer has paid with another one.
 */
import type { Order, Refund } from './book.ts'

/** One payment that took money. */
export interface Taken {
  readonly paymentRef: string | null
  /** When the payer tried. */
  readonly triedMs: number
  readonly captured: bigint
  readonly refunds: Refund[]
}

/** The payment of the order that is meant: the one beside the first, if it is that. */
export function takenBy(order: Order, paymentRef: string | null): Taken {
  return order.twins.find((one) => one.paymentRef === paymentRef) ?? order
}

/** Where an order was paid twice, the payment that was begun first leads, whichever was captured first. */
export function leading(order: Order): { readonly lead: Taken; readonly others: readonly Taken[] } {
  if (order.twins.length === 0) return { lead: order, others: order.twins }
  const [lead = order, ...others] = [order, ...order.twins].sort((a, b) => a.triedMs - b.triedMs)
  return { lead, others }
}

/** The order as who holds this payment for its own sees it. */
export function seenFrom(order: Order, paymentRef: string | null): Order {
  const own = takenBy(order, paymentRef)
  if (own === order) return order
  const { triedMs, captured, refunds } = own
  const twins = [order, ...order.twins.filter((one) => one !== own)]
  return { ...order, paymentRef: own.paymentRef, triedMs, captured, refunds, twins }
}

/** A webhook about a refund of the second payment names that payment, not the order's own. */
export const aboutTwin = (order: Order, { paymentRef }: Taken): Order => ({ ...order, paymentRef })

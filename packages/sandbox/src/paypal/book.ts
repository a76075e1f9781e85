import type { BookEntry } from '../kernel/types.ts'
import { sum } from './money.ts'
import { isExpired } from './payer.ts'
import type { Order, Paypal } from './state.ts'

/** What PayPal's own books say about one order, in minor units of PayPal's exponent. */
function entry(paypal: Paypal, order: Order): BookEntry {
  const authorizations = order.authorizationIds
    .map((id) => paypal.authorizations.get(id))
    .filter((row) => row !== undefined)
  const captures = order.captureIds.map((id) => paypal.captures.get(id)).filter((row) => row !== undefined)
  const refunds = order.refundIds.map((id) => paypal.refunds.get(id)).filter((row) => row !== undefined)
  // A renewal replaces its parent's hold and does not add to it.
  const held = authorizations.filter((row) => row.parentId === null && row.status !== 'VOIDED')
  const settled = captures.filter((row) => row.status !== 'PENDING' && row.status !== 'DECLINED')
  return {
    accountId: order.accountId,
    orderRef: order.id,
    paymentRefs: [...order.authorizationIds, ...order.captureIds],
    reference: order.units[0]?.custom_id ?? null,
    currency: order.units[0]?.amount.currency_code ?? '',
    amount: sum(order.units.map((unit) => unit.amount)),
    authorized: sum(held.map((row) => row.amount)),
    captured: sum(settled.map((row) => row.amount)),
    refunded: sum(refunds.filter((row) => row.status === 'COMPLETED').map((row) => row.amount)),
    status: isExpired(paypal, order) ? 'EXPIRED' : order.status,
  }
}

export const book = (paypal: Paypal, accountId: string): BookEntry[] =>
  [...paypal.orders.values()]
    .filter((order) => order.accountId === accountId)
    .map((order) => entry(paypal, order))

import { PaypalRefusal } from './errors.ts'
import { emit, orderEvent } from './events.ts'
import { captureOrder } from './funds.ts'
import { payerId } from './ids.ts'
import type { Funding, Order, Paypal } from './state.ts'

/** What the payer does to an order, by page or simulation, and how long the order stays approvable. */

const WINDOW_MS = 3 * 3_600_000
export const ORDER_EXPIRY = 'paypal.order_expiry'

/**
 * The caller has 3 hours to redirect the payer, then 3 more to get the approval and take the money
 * (PayPal Orders v2 reference, order `links`). Completed orders stay.
 */
export function startWindow(paypal: Paypal, orderId: string): number {
  const expiresAt = paypal.world.clock.now() + WINDOW_MS
  paypal.world.schedule(expiresAt, { kind: ORDER_EXPIRY, data: { id: orderId } })
  return expiresAt
}

export const isExpired = (paypal: Paypal, order: Order): boolean =>
  order.status !== 'COMPLETED' && order.expiresAt <= paypal.world.clock.now()

/** An approval nobody captured in time is taken back, and PayPal says so. */
export function onOrderExpiry(paypal: Paypal, orderId: string): void {
  const order = paypal.orders.get(orderId)
  if (order === undefined || !isExpired(paypal, order) || order.status !== 'APPROVED') return
  order.status = 'CREATED'
  emit(paypal, order.accountId, orderEvent(paypal, order, 'CHECKOUT.PAYMENT-APPROVAL.REVERSED'))
}

/** The payer reached the approval page: the second window starts, once. */
export function redirectPayer(paypal: Paypal, order: Order): void {
  if (order.redirected) return
  order.redirected = true
  order.expiresAt = startWindow(paypal, order.id)
}

export const mayApprove = (paypal: Paypal, order: Order): boolean =>
  order.status !== 'COMPLETED' && !isExpired(paypal, order)

/**
 * The payer agrees to pay with `funding`. A declining instrument is found out only at the capture, as with
 * PayPal; the payer may come back and choose another while the order lives.
 */
export function approve(paypal: Paypal, order: Order, funding: Funding): void {
  redirectPayer(paypal, order)
  const news = order.status !== 'APPROVED' || order.funding === 'declined'
  order.funding = funding
  order.payerId ??= payerId(paypal.world.random)
  order.status = 'APPROVED'
  order.updatedAt = paypal.world.clock.now()
  if (news) emit(paypal, order.accountId, orderEvent(paypal, order, 'CHECKOUT.ORDER.APPROVED'))
  if (order.completeOnApproval && order.intent === 'CAPTURE' && funding !== 'declined') {
    captureAtOnce(paypal, order)
  }
}

/** Nobody called an operation, so a refusal has nobody to go to: the order just stays approved. */
function captureAtOnce(paypal: Paypal, order: Order): void {
  try {
    captureOrder(paypal, order)
  } catch (error) {
    if (!(error instanceof PaypalRefusal)) throw error
  }
}

/** The payer chose a card whose bank wants to see them first. */
export function askForAuthentication(paypal: Paypal, order: Order): void {
  redirectPayer(paypal, order)
  order.funding = 'card_awaiting_authentication'
  order.status = 'PAYER_ACTION_REQUIRED'
  order.updatedAt = paypal.world.clock.now()
}

/** Ends the step above; failing it leaves the order as it was before the card. */
export function answerAuthentication(paypal: Paypal, order: Order, succeeded: boolean): void {
  if (succeeded) {
    approve(paypal, order, 'card')
    return
  }
  order.funding = null
  order.status = order.dialect === 'payment_source' ? 'PAYER_ACTION_REQUIRED' : 'CREATED'
  order.updatedAt = paypal.world.clock.now()
}

/** Where the browser goes next; `undefined` when the order was created without such a URL. */
export function returnUrl(order: Order, outcome: 'approved' | 'cancelled'): string | undefined {
  const base = outcome === 'approved' ? order.experience.return_url : order.experience.cancel_url
  if (base === undefined) return undefined
  const url = new URL(base)
  url.searchParams.append('token', order.id)
  if (outcome === 'approved' && order.payerId !== null) url.searchParams.append('PayerID', order.payerId)
  return url.href
}

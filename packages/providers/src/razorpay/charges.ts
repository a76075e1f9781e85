import { type Outcome, ok, unknown } from '@onerouter/core'
import type { ListedPage, ListWindow } from '../listing.ts'
import type { SubscriptionCharge } from '../subscriptions.ts'
import { ask, type RazorpayContext } from './call.ts'
import { chargeOf } from './subscription-from-wire.ts'
import { type Invoice, readInvoice } from './subscription-wire.ts'
import { type Payment, readAll, readPayment } from './wire.ts'

/** Every invoice costs one more read, for what was paid. */
const PAGE = 10

/**
 * The invoices of a subscription, newest first, each with the payment that paid it or the tries that did not. The list
 * knows no window (Razorpay API, Fetch all invoices of a subscription), so what lies outside is dropped here.
 */
export async function listCharges(
  ctx: RazorpayContext,
  subscriptionRef: string,
  window: ListWindow,
): Promise<Outcome<ListedPage<SubscriptionCharge>>> {
  const skip = window.cursor === null ? 0 : Number.parseInt(window.cursor, 10)
  const path = `/v1/invoices?subscription_id=${subscriptionRef}&count=${PAGE}&skip=${skip}`
  const { outcome } = await ask(ctx, { method: 'GET', path }, (body) => {
    const invoices = readAll(body, readInvoice)
    // An answer about another subscription is no answer.
    return invoices?.every((invoice) => invoice.subscriptionId === subscriptionRef) ? invoices : undefined
  })
  if (outcome.kind !== 'ok') return outcome
  const items: SubscriptionCharge[] = []
  for (const invoice of outcome.value) {
    const issuedMs = invoice.issuedAt * 1000
    if (issuedMs < window.fromMs || issuedMs >= window.toMs) continue
    const tries = await triesOf(ctx, invoice)
    if (tries.kind !== 'ok') return tries
    const charge = chargeOf(invoice, tries.value)
    if (charge === undefined) return unknown(`invoice ${invoice.id} and its payment differ in currency`)
    items.push(charge)
  }
  const isLast = outcome.value.length < PAGE
  return ok({ items, nextCursor: isLast ? null : String(skip + PAGE) })
}

async function triesOf(ctx: RazorpayContext, invoice: Invoice): Promise<Outcome<readonly Payment[]>> {
  const { paymentId, orderId } = invoice
  if (paymentId !== null) {
    const { outcome } = await ask(ctx, { method: 'GET', path: `/v1/payments/${paymentId}` }, (body) => {
      const payment = readPayment(body)
      return payment?.id === paymentId ? [payment] : undefined
    })
    return outcome
  }
  if (orderId === null) return ok([])
  const path = `/v1/orders/${orderId}/payments`
  const { outcome } = await ask(ctx, { method: 'GET', path }, (body) => readAll(body, readPayment))
  return outcome
}

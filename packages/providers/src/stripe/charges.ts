import { type Outcome, ok, unknown } from '@onerouter/core'
import type { ListedPage, ListWindow } from '../listing.ts'
import type { SubscriptionCharge } from '../subscriptions.ts'
import { call, type Form, path, type StripeContext } from './call.ts'
import { fromWireAmount } from './money.ts'
import { chargeOf } from './subscription-from-wire.ts'
import { readInvoice, type WireInvoice } from './subscription-wire.ts'
import { EXPAND_INTENT } from './to-wire.ts'
import { readList, readPaymentIntent, type WirePaymentIntent } from './wire.ts'

/** Every invoice costs one more read, because expanding from a list does not reach its fee. */
const PAGE = 10

/** The invoices of a subscription made in the window, newest first, each with what was paid for it. */
export async function listCharges(
  ctx: StripeContext,
  subscriptionRef: string,
  window: ListWindow,
): Promise<Outcome<ListedPage<SubscriptionCharge>>> {
  const target = path(['invoices'], invoiceQuery(subscriptionRef, window))
  const listed = await call(ctx, { method: 'GET', path: target }, (body) => readList(body, readInvoice))
  if (listed.kind !== 'ok') return listed
  const items: SubscriptionCharge[] = []
  for (const invoice of listed.value.data) {
    if (isFree(invoice)) continue
    const intent = await intentOf(ctx, invoice)
    if (intent.kind !== 'ok') return intent
    const charge = chargeOf(invoice, intent.value)
    if (charge === undefined) return unknown(`invoice ${invoice.id} states no amount that can be read`)
    items.push(charge)
  }
  const last = listed.value.data.at(-1)?.id ?? null
  return ok({ items, nextCursor: listed.value.hasMore ? last : null })
}

function invoiceQuery(subscriptionRef: string, { fromMs, toMs, cursor }: ListWindow): Form {
  const seconds = (ms: number) => String(Math.max(0, Math.floor(ms / 1000)))
  return [
    ['subscription', subscriptionRef],
    ['limit', String(PAGE)],
    ['created[gte]', seconds(fromMs)],
    ['created[lt]', seconds(toMs)],
    ...(cursor === null ? [] : ([['starting_after', cursor]] as const)),
    ['expand[0]', 'data.payments'],
  ]
}

/** A trial's invoice charges nothing, nor does one that a credit covers. */
function isFree({ due, currency }: WireInvoice): boolean {
  return fromWireAmount(due, currency)?.minor === 0n
}

function intentOf(ctx: StripeContext, invoice: WireInvoice): Promise<Outcome<WirePaymentIntent | null>> {
  const id = invoice.paymentIntentId
  if (id === null) return Promise.resolve(ok(null))
  const target = path(['payment_intents', id], EXPAND_INTENT)
  return call(ctx, { method: 'GET', path: target }, readPaymentIntent)
}

import {
  type Fields,
  fields,
  idOf,
  readList,
  readSession,
  referenceOf,
  text,
  type WireSession,
} from './wire.ts'

/** What we read of Stripe's billing objects, in the shapes since version basil (2025-03-31). */
export interface WirePrice {
  readonly id: string
  readonly product: string | null
  readonly amount: unknown
  readonly currency: unknown
  readonly interval: string | null
  readonly intervalCount: number | null
  readonly reference: string | null
}

export interface WireSubscription {
  readonly id: string
  readonly status: string | null
  readonly reference: string | null
  readonly customer: string | null
  readonly isPausedCollection: boolean
  readonly cancelAtPeriodEnd: boolean
  readonly cancelAt: number | null
  readonly endedAt: number | null
  readonly trialEnd: number | null
  readonly billingCycleAnchor: number | null
  /** Charges after which it ends, as we noted it; `null` = open-ended. */
  readonly totalCount: number | null
  /** Ours have one item: since basil the running period is told by it and no longer by the subscription. */
  readonly item: WireItem | null
}

export interface WireItem {
  readonly id: string
  readonly price: WirePrice
  readonly quantity: number
  readonly periodStart: number | null
  readonly periodEnd: number | null
}

/** A Checkout Session that makes a subscription. */
export interface WireSubscriptionSession extends WireSession {
  readonly subscriptionId: string | null
  /** Present only where the answer was expanded. */
  readonly subscription: WireSubscription | null
  readonly priceId: string | null
  readonly quantity: number | null
}

export interface WireInvoice {
  readonly id: string
  readonly status: string | null
  readonly due: unknown
  readonly currency: unknown
  readonly created: number
  readonly paidAt: number | null
  readonly attempted: boolean
  readonly period: { readonly start: number; readonly end: number } | null
  readonly paymentIntentId: string | null
}

export const TOTAL_COUNT_KEY = 'onerouter_total_count'

export function readPrice(value: unknown): WirePrice | undefined {
  const price = fields(value)
  const id = text(price?.id)
  if (price === undefined || price.object !== 'price' || id === null) return undefined
  const recurring = fields(price.recurring)
  return {
    id,
    product: idOf(price.product),
    amount: price.unit_amount,
    currency: price.currency,
    interval: text(recurring?.interval),
    intervalCount: integer(recurring?.interval_count),
    reference: referenceOf(price) ?? text(price.lookup_key),
  }
}

export function readSubscription(value: unknown): WireSubscription | undefined {
  const found = fields(value)
  const id = text(found?.id)
  if (found === undefined || found.object !== 'subscription' || id === null) return undefined
  const items = readList(found.items, readItem)?.data
  return {
    id,
    status: text(found.status),
    reference: referenceOf(found),
    customer: idOf(found.customer),
    isPausedCollection: fields(found.pause_collection) !== undefined,
    cancelAtPeriodEnd: found.cancel_at_period_end === true,
    cancelAt: integer(found.cancel_at),
    endedAt: integer(found.ended_at),
    trialEnd: integer(found.trial_end),
    billingCycleAnchor: integer(found.billing_cycle_anchor),
    totalCount: countOf(fields(found.metadata)?.[TOTAL_COUNT_KEY]),
    item: items?.[0] ?? null,
  }
}

function readItem(value: unknown): WireItem | undefined {
  const item = fields(value)
  const id = text(item?.id)
  const price = readPrice(item?.price)
  if (item === undefined || id === null || price === undefined) return undefined
  return {
    id,
    price,
    quantity: integer(item.quantity) ?? 1,
    periodStart: integer(item.current_period_start),
    periodEnd: integer(item.current_period_end),
  }
}

export function readSubscriptionSession(value: unknown): WireSubscriptionSession | undefined {
  const session = readSession(value)
  const found = fields(value)
  if (session === undefined || session.mode !== 'subscription' || found === undefined) return undefined
  const line = readList(found.line_items, fields)?.data[0]
  return {
    ...session,
    subscriptionId: idOf(found.subscription),
    subscription: readSubscription(found.subscription) ?? null,
    priceId: idOf(line?.price),
    quantity: integer(line?.quantity),
  }
}

export function readInvoice(value: unknown): WireInvoice | undefined {
  const invoice = fields(value)
  const id = text(invoice?.id)
  const created = integer(invoice?.created)
  if (invoice === undefined || invoice.object !== 'invoice' || id === null || created === null)
    return undefined
  return {
    id,
    status: text(invoice.status),
    due: invoice.amount_due,
    currency: invoice.currency,
    created,
    paidAt: integer(fields(invoice.status_transitions)?.paid_at),
    attempted: invoice.attempted === true,
    period: periodOf(invoice),
    paymentIntentId: paymentIntentOf(invoice),
  }
}

/**
 * The period that is charged for stands in the line of the plan; `period_start` and `period_end` of the invoice
 * itself look back on the period before (Stripe API reference, Invoice).
 */
function periodOf(invoice: Fields): WireInvoice['period'] {
  const lines = readList(invoice.lines, fields)?.data ?? []
  const periods = lines.filter(isOfPlan).flatMap((line) => {
    const start = integer(fields(line.period)?.start)
    const end = integer(fields(line.period)?.end)
    return start === null || end === null ? [] : [{ start, end }]
  })
  return periods.toSorted((a, b) => b.end - a.end)[0] ?? null
}

function isOfPlan(line: Fields): boolean {
  const item = fields(fields(line.parent)?.subscription_item_details)
  return item !== undefined && item.proration !== true
}

/** Since basil an invoice names its payments; the one that paid it, else the default one. */
function paymentIntentOf(invoice: Fields): string | null {
  const payments = readList(invoice.payments, fields)?.data ?? []
  const paid = payments.find((payment) => payment.status === 'paid')
  const chosen = paid ?? payments.find((payment) => payment.is_default === true)
  return idOf(fields(chosen?.payment)?.payment_intent)
}

/** Which subscription an invoice is of, and our reference on it. */
export function subscriptionOfInvoice(invoice: Fields): {
  readonly subscriptionRef: string | null
  readonly reference: string | null
} {
  const details = fields(fields(invoice.parent)?.subscription_details)
  return {
    subscriptionRef: idOf(details?.subscription),
    reference: details === undefined ? null : referenceOf(details),
  }
}

function integer(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) ? value : null
}

function countOf(value: unknown): number | null {
  return typeof value === 'string' && /^[1-9][0-9]{0,5}$/.test(value) ? Number.parseInt(value, 10) : null
}

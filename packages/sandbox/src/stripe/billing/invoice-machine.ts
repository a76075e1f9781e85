import { emit } from '../events.ts'
import { cancel } from '../intent-machine.ts'
import { leastCharge } from '../money.ts'
import { createIntent } from '../new-intent.ts'
import {
  type Context,
  type InvoiceRow,
  newId,
  nowSeconds,
  type PendingLine,
  type SubscriptionRow,
} from '../state.ts'
import type { BillingReason, Invoice, InvoiceLine } from './wire.ts'

export const INVOICE_TASK = 'stripe.invoice_due'

export interface NewInvoice {
  readonly reason: BillingReason
  readonly lines: readonly PendingLine[]
  readonly period: { readonly start: number; readonly end: number }
}

/** A draft for this subscription; it takes the pending items along. */
export function draftInvoice(context: Context, subscription: SubscriptionRow, by: NewInvoice): InvoiceRow {
  const { world, accountId, livemode, store } = context
  const of = subscription.object
  const customer = store.customers.get(of.customer)?.object
  const id = newId(world, 'in')
  const taken = [...subscription.pending.splice(0), ...by.lines]
  const lines = taken.map((line) =>
    lineOf(context, line, { invoice: id, subscription: of.id, currency: of.currency }),
  )
  const total = lines.reduce((sum, line) => sum + line.amount, 0)
  const object: Invoice = {
    id,
    object: 'invoice',
    amount_due: Math.max(0, total),
    amount_overpaid: 0,
    amount_paid: 0,
    amount_remaining: Math.max(0, total),
    attempt_count: 0,
    attempted: false,
    auto_advance: true,
    automatically_finalizes_at: null,
    billing_reason: by.reason,
    collection_method: 'charge_automatically',
    created: nowSeconds(world),
    currency: of.currency,
    customer: of.customer,
    customer_email: customer?.email ?? null,
    customer_name: customer?.name ?? null,
    customer_phone: customer?.phone ?? null,
    default_payment_method: null,
    effective_at: null,
    ending_balance: null,
    hosted_invoice_url: null,
    lines: { object: 'list', data: lines, has_more: false, url: `/v1/invoices/${id}/lines` },
    livemode,
    metadata: {},
    next_payment_attempt: null,
    number: null,
    parent: {
      quote_details: null,
      subscription_details: { metadata: { ...of.metadata }, subscription: of.id },
      type: 'subscription_details',
    },
    period_end: by.period.end,
    period_start: by.period.start,
    starting_balance: customer?.balance ?? 0,
    status: 'draft',
    status_transitions: { finalized_at: null, marked_uncollectible_at: null, paid_at: null, voided_at: null },
    subtotal: total,
    subtotal_excluding_tax: total,
    total,
    total_excluding_tax: total,
  }
  const row: InvoiceRow = {
    accountId,
    livemode,
    object,
    intentId: null,
    paymentId: null,
    failures: 0,
    dueAt: null,
  }
  store.invoices.set(id, row)
  of.latest_invoice = id
  emit(context, 'invoice.created', object)
  return row
}

interface Belongs {
  readonly invoice: string
  readonly subscription: string
  readonly currency: string
}

function lineOf(context: Context, line: PendingLine, of: Belongs): InvoiceLine {
  return {
    id: newId(context.world, 'il'),
    object: 'line_item',
    amount: line.amount,
    currency: of.currency,
    description: line.description,
    discount_amounts: [],
    discountable: !line.proration,
    discounts: [],
    invoice: of.invoice,
    livemode: context.livemode,
    metadata: {},
    parent: parentOf(context, line, of.subscription),
    period: { ...line.period },
    pretax_credit_amounts: [],
    pricing: {
      price_details: { price: line.price.id, product: line.price.product },
      type: 'price_details',
      unit_amount_decimal: line.price.unit_amount_decimal,
    },
    quantity: line.quantity,
    quantity_decimal: String(line.quantity),
    subscription: of.subscription,
    subtotal: line.amount,
    taxes: [],
  }
}

function parentOf(context: Context, line: PendingLine, subscription: string): object {
  const shared = { proration: line.proration, proration_details: { credited_items: null }, subscription }
  if (line.item === null) {
    const invoice_item_details = { ...shared, invoice_item: newId(context.world, 'ii') }
    return { invoice_item_details, subscription_item_details: null, type: 'invoice_item_details' }
  }
  const subscription_item_details = { ...shared, invoice_item: null, subscription_item: line.item }
  return { invoice_item_details: null, subscription_item_details, type: 'subscription_item_details' }
}

/** Sets when the invoice acts by itself: its finalization, or the next automatic attempt. */
export function scheduleInvoice(context: Context, row: InvoiceRow, atS: number | null): void {
  row.dueAt = atS
  if (row.object.status === 'draft') row.object.automatically_finalizes_at = atS
  else row.object.next_payment_attempt = atS
  if (atS === null) return
  const task = { kind: INVOICE_TASK, data: { invoice: row.object.id, at: atS } }
  context.world.schedule(atS * 1_000, task)
}

/**
 * Opens a draft: the customer's balance is settled first, and what is less than a card can be charged for is
 * carried over (Stripe docs, Invoicing: customer credit balance). Nothing to pay means paid.
 */
export function finalizeInvoice(context: Context, row: InvoiceRow): void {
  const invoice = row.object
  if (invoice.status !== 'draft') return
  const now = nowSeconds(context.world)
  const customer = context.store.customers.get(invoice.customer)?.object
  const starting = customer?.balance ?? 0
  const open = invoice.total + starting
  const due = open >= leastCharge(invoice.currency) ? open : 0
  invoice.starting_balance = starting
  invoice.ending_balance = open - due
  if (customer !== undefined) customer.balance = open - due
  invoice.amount_due = due
  invoice.amount_remaining = due
  invoice.status = 'open'
  invoice.automatically_finalizes_at = null
  invoice.effective_at = now
  invoice.status_transitions.finalized_at = now
  invoice.number = `${invoice.customer.slice(-8).toUpperCase()}-${String(context.store.invoices.size).padStart(4, '0')}`
  invoice.hosted_invoice_url = `${context.world.urls.pages}/stripe/invoice/${invoice.id}`
  row.dueAt = null
  if (due > 0) demandPayment(context, row)
  emit(context, 'invoice.finalized', invoice)
  if (due === 0) markPaid(context, row)
}

function demandPayment(context: Context, row: InvoiceRow): void {
  const { world, accountId, livemode, store } = context
  const { id, amount_due, currency, customer, billing_reason } = row.object
  const subscription = store.subscriptions.get(row.object.parent.subscription_details.subscription)
  const description =
    billing_reason === 'subscription_create' ? 'Subscription creation' : 'Subscription update'
  const intent = createIntent(context, {
    amount: amount_due,
    currency,
    sessionId: billing_reason === 'subscription_create' ? (subscription?.sessionId ?? null) : null,
    invoiceId: id,
    returnUrl: null,
    fields: {
      automatic_payment_methods: null,
      customer,
      description,
      payment_method_types: ['card'],
      setup_future_usage:
        subscription?.object.payment_settings.save_default_payment_method === 'on_subscription'
          ? 'off_session'
          : null,
    },
  })
  row.intentId = intent.object.id
  const payment = newId(world, 'inpay')
  row.paymentId = payment
  store.invoicePayments.set(payment, {
    accountId,
    livemode,
    object: {
      id: payment,
      object: 'invoice_payment',
      amount_paid: null,
      amount_requested: amount_due,
      created: nowSeconds(world),
      currency,
      invoice: id,
      is_default: true,
      livemode,
      payment: { payment_intent: intent.object.id, type: 'payment_intent' },
      status: 'open',
      status_transitions: { canceled_at: null, paid_at: null },
    },
  })
}

/** Settles an open invoice; `outOfBand` when the money came by another way. */
export function markPaid(context: Context, row: InvoiceRow, outOfBand = false): void {
  const invoice = row.object
  const now = nowSeconds(context.world)
  invoice.status = 'paid'
  invoice.amount_paid = invoice.amount_due
  invoice.amount_remaining = 0
  invoice.attempted = true
  invoice.auto_advance = false
  invoice.status_transitions.paid_at = now
  scheduleInvoice(context, row, null)
  const payment = context.store.invoicePayments.get(row.paymentId ?? '')?.object
  if (payment !== undefined) {
    payment.status = outOfBand ? 'canceled' : 'paid'
    payment.amount_paid = outOfBand ? null : invoice.amount_due
    payment.status_transitions[outOfBand ? 'canceled_at' : 'paid_at'] = now
    if (!outOfBand) emit(context, 'invoice_payment.paid', payment)
  }
  if (outOfBand) cancelIntent(context, row)
  emit(context, 'invoice.paid', invoice)
  emit(context, 'invoice.payment_succeeded', invoice)
}

function cancelIntent(context: Context, row: InvoiceRow): void {
  const intent = context.store.intents.get(row.intentId ?? '')
  const over = intent === undefined || ['succeeded', 'canceled', 'processing'].includes(intent.object.status)
  if (!over) cancel(context, intent, 'void_invoice')
}

export function voidInvoice(context: Context, row: InvoiceRow): void {
  row.object.status = 'void'
  row.object.auto_advance = false
  row.object.amount_remaining = 0
  row.object.status_transitions.voided_at = nowSeconds(context.world)
  scheduleInvoice(context, row, null)
  cancelIntent(context, row)
  emit(context, 'invoice.voided', row.object)
}

export function giveUpInvoice(context: Context, row: InvoiceRow): void {
  row.object.status = 'uncollectible'
  row.object.auto_advance = false
  row.object.status_transitions.marked_uncollectible_at = nowSeconds(context.world)
  scheduleInvoice(context, row, null)
  emit(context, 'invoice.marked_uncollectible', row.object)
}

/** Stops the automatic attempts; the customer may still pay by hand. */
export function stopCollecting(context: Context, row: InvoiceRow): void {
  row.object.auto_advance = false
  scheduleInvoice(context, row, null)
}

/** What confirms the first payment in a browser: `latest_invoice.confirmation_secret`. */
export function confirmationSecret(context: Context, row: InvoiceRow): Record<string, unknown> | undefined {
  const secret = context.store.intents.get(row.intentId ?? '')?.object.client_secret
  return secret === undefined ? undefined : { client_secret: secret, type: 'payment_intent' }
}

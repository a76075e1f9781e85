import { refreshed } from './balance.ts'
import { confirmationSecret } from './billing/invoice-machine.ts'
import { StripeError } from './errors.ts'
import { type Context, ownRows, owns, type Row } from './state.ts'
import { render, type Stored } from './templates.ts'

const MAX_DEPTH = 4
type Json = Record<string, unknown>
type Lookup = (context: Context, value: string, owner: Json) => Json | undefined

function lookup(rows: (context: Context) => Map<string, Row<Stored>>): Lookup {
  return (context, id) => {
    const row = rows(context).get(id)
    return row !== undefined && owns(context, row) ? render(row.object) : undefined
  }
}

const intent = lookup(({ store }) => store.intents)
const charge = lookup(({ store }) => store.charges)
const customer = lookup(({ store }) => store.customers)
const product = lookup(({ store }) => store.products)
const paymentMethod = lookup(({ store }) => store.paymentMethods)
const paymentLink = lookup(({ store }) => store.links)
const refund = lookup(({ store }) => store.refunds)
const dispute = lookup(({ store }) => store.disputes)
const subscription = lookup(({ store }) => store.subscriptions)
const invoice = lookup(({ store }) => store.invoices)
const setupIntent = lookup(({ store }) => store.setupIntents)
const price = lookup(({ store }) => store.prices)
/** Already a whole object in every answer: only a step on the way to something deeper. */
const whole: Lookup = () => undefined
const balanceTransaction: Lookup = (context, id) => {
  const row = context.store.balanceTransactions.get(id)
  return row !== undefined && owns(context, row) ? { ...refreshed(context, row.object) } : undefined
}
const source: Lookup = (context, id, owner) =>
  charge(context, id, owner) ?? refund(context, id, owner) ?? dispute(context, id, owner)

/** Lists that an answer carries only when asked: the field holds nothing until then. */
const INCLUDED = new Set([
  'checkout.session.line_items',
  'payment_link.line_items',
  'charge.refunds',
  'invoice.payments',
  'invoice.confirmation_secret',
])

const EXPANDABLE: Readonly<Record<string, Readonly<Record<string, Lookup>>>> = {
  payment_intent: { latest_charge: charge, customer, payment_method: paymentMethod },
  charge: {
    balance_transaction: balanceTransaction,
    customer,
    payment_intent: intent,
    refunds: refundsOfCharge,
  },
  refund: {
    charge,
    payment_intent: intent,
    balance_transaction: balanceTransaction,
    failure_balance_transaction: balanceTransaction,
  },
  'checkout.session': {
    payment_intent: intent,
    customer,
    payment_link: paymentLink,
    line_items: sessionItems,
    subscription,
    invoice,
    setup_intent: setupIntent,
  },
  balance_transaction: { source },
  payment_link: { line_items: linkItems },
  payment_method: { customer },
  price: { product },
  dispute: { charge, payment_intent: intent },
  subscription: {
    customer,
    default_payment_method: paymentMethod,
    items: whole,
    latest_invoice: invoice,
    pending_setup_intent: setupIntent,
  },
  subscription_item: { price: whole },
  invoice: {
    confirmation_secret: invoiceSecret,
    customer,
    default_payment_method: paymentMethod,
    lines: whole,
    parent: whole,
    payments: invoicePayments,
  },
  'invoice.parent': { subscription_details: whole },
  'invoice.parent.subscription_details': { subscription },
  line_item: { pricing: whole, subscription },
  'line_item.pricing': { price_details: whole },
  'line_item.pricing.price_details': { price },
  invoice_payment: { invoice, payment: whole },
  'invoice_payment.payment': { payment_intent: intent },
  setup_intent: { customer, payment_method: paymentMethod },
}

function invoicePayments(context: Context, _value: string, owner: Json): Json {
  const rows = ownRows(context, context.store.invoicePayments).filter(
    (row) => row.object.invoice === owner.id,
  )
  const data = rows.map((row) => render(row.object))
  return { object: 'list', data, has_more: false, url: `/v1/invoice_payments?invoice=${String(owner.id)}` }
}

function invoiceSecret(context: Context, _value: string, owner: Json): Json | undefined {
  const row = context.store.invoices.get(String(owner.id))
  return row === undefined ? undefined : confirmationSecret(context, row)
}

function refundsOfCharge(context: Context, _value: string, owner: Json): Json {
  const rows = ownRows(context, context.store.refunds).filter((row) => row.object.charge === owner.id)
  const data = rows.map((row) => render(row.object))
  return { object: 'list', data, has_more: false, url: `/v1/charges/${String(owner.id)}/refunds` }
}

function sessionItems(context: Context, _value: string, owner: Json): Json {
  const items = context.store.sessions.get(String(owner.id))?.lineItems ?? []
  return itemList(items, `/v1/checkout/sessions/${String(owner.id)}/line_items`)
}

function linkItems(context: Context, _value: string, owner: Json): Json {
  const items = context.store.links.get(String(owner.id))?.lineItems ?? []
  return itemList(items, `/v1/payment_links/${String(owner.id)}/line_items`)
}

function itemList(items: readonly Stored[], url: string): Json {
  return { object: 'list', data: items.map(renderItem), has_more: false, url }
}

/** A line item carries its price as a whole object. */
export function renderItem(item: Stored): Json {
  const copy = render(item)
  if (isJson(copy.price)) copy.price = render({ object: 'price', ...copy.price })
  return copy
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Replaces ids by objects along each path, at most four levels deep (Stripe API reference, Expanding). */
export function expandAnswer(context: Context, answer: Json, paths: readonly string[]): void {
  for (const path of paths) {
    const steps = path.split('.')
    const depth = steps[0] === 'data' ? steps.length - 1 : steps.length
    if (depth > MAX_DEPTH) {
      throw cannotExpand(`You cannot expand more than ${MAX_DEPTH} levels of a property (${path}).`)
    }
    expandStep(context, answer, steps, path)
  }
}

function expandStep(context: Context, node: Json, steps: readonly string[], path: string, inside = ''): void {
  const [step, ...rest] = steps
  if (step === undefined) return
  if (node.object === 'list' || node.object === 'search_result') {
    if (step !== 'data' || !Array.isArray(node.data)) throw notExpandable(path)
    for (const member of node.data.filter(isJson)) expandStep(context, member, rest, path)
    return
  }
  const kind = typeof node.object === 'string' ? node.object : inside
  const known = EXPANDABLE[kind]
  const resolve = known !== undefined && Object.hasOwn(known, step) ? known[step] : undefined
  if (resolve === undefined) throw notExpandable(path)
  const value = node[step]
  const included = INCLUDED.has(`${kind}.${step}`)
  if (typeof value === 'string' || (included && !isJson(value))) {
    node[step] = resolve(context, typeof value === 'string' ? value : '', node) ?? value
  }
  const next = node[step]
  if (isJson(next)) expandStep(context, next, rest, path, `${kind}.${step}`)
}

function notExpandable(path: string): StripeError {
  return cannotExpand(`This property cannot be expanded (${path}).`)
}

function cannotExpand(message: string): StripeError {
  return new StripeError(400, { type: 'invalid_request_error', message })
}

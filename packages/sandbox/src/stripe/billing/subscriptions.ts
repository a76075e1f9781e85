import { badParameter, missingParameter, refused, StripeError } from '../errors.ts'
import { DATED_LIST, page } from '../list.ts'
import { ignored, integer, oneOf, required, text, type Values, withMetadata } from '../params.ts'
import { route } from '../router.ts'
import { searchObjects } from '../search.ts'
import { type Context, find, nowSeconds, ownRows, type SubscriptionRow } from '../state.ts'
import { render } from '../templates.ts'
import type { Price } from '../wire.ts'
import { collect, MISSING_METHOD, methodFor } from './collection.ts'
import { draftInvoice, finalizeInvoice, voidInvoice } from './invoice-machine.ts'
import { livingCustomer, newPrice, ownMethod } from './items.ts'
import { itemsOf, periodEnd, prorationLine } from './lines.ts'
import { CANCEL, CREATE, PAUSE, RESUME, UPDATE } from './params.ts'
import { pauseRoute, resumeRoute } from './pause.ts'
import { createSetup, type NewItem, type NewSubscription, startSubscription } from './start.ts'
import { cancelSubscription, hasEnded, latestInvoice, periodOf } from './subscription-state.ts'
import { updateSubscription } from './update.ts'

const DAY_S = 86_400

export function findSubscription(context: Context, id: string): SubscriptionRow {
  return find(context, context.store.subscriptions, 'subscription', id, 'id')
}

function create(context: Context, values: Values<typeof CREATE>) {
  livingCustomer(context, values.customer)
  if (values.items === undefined || values.items.length === 0) throw missingParameter('items')
  if (values.collection_method === 'send_invoice') {
    throw refused('The sandbox collects automatically only.', { param: 'collection_method' })
  }
  const now = nowSeconds(context.world)
  const items = values.items.map((item, place) => itemFor(context, item, `items[${place}]`))
  checkAlike(items)
  const behavior = values.payment_behavior ?? 'allow_incomplete'
  const { default_payment_method: method } = values
  const plan: NewSubscription = {
    customer: values.customer,
    items,
    extras: [],
    metadata: withMetadata({}, values.metadata),
    description: values.description ?? null,
    anchor: futureAnchor(values.billing_cycle_anchor, now),
    prorate: values.proration_behavior !== 'none',
    cancelAt: values.cancel_at ?? null,
    cancelAtPeriodEnd: values.cancel_at_period_end ?? false,
    trialEnd: trialEndOf(values, now),
    missingMethod: values.trial_settings?.end_behavior.missing_payment_method ?? 'create_invoice',
    saveDefault: values.payment_settings?.save_default_payment_method === 'on_subscription',
    defaultMethod: typeof method === 'string' ? ownMethod(context, method, values.customer) : null,
  }
  if (behavior !== 'default_incomplete' && !isPayable(context, plan)) throw missingMethod()
  const [first] = items
  if (first !== undefined) checkAnchor(plan.anchor, first.price, now)
  const row = startSubscription(context, plan)
  firstPayment(context, row, behavior)
  return render(row.object)
}

/** Whether there is something to pay the first invoice with, if it asks for money at all. */
function isPayable(context: Context, plan: NewSubscription): boolean {
  const free = plan.trialEnd !== null || (plan.anchor !== null && !plan.prorate)
  const total = plan.items.reduce((sum, { price, quantity }) => sum + price.unit_amount * quantity, 0)
  const customer = context.store.customers.get(plan.customer)?.object
  const method = plan.defaultMethod ?? customer?.invoice_settings.default_payment_method ?? null
  return free || total === 0 || method !== null
}

function missingMethod(): StripeError {
  const { message, code } = MISSING_METHOD
  return new StripeError(400, { type: 'invalid_request_error', code, message }, false)
}

function itemFor(
  context: Context,
  asked: NonNullable<Values<typeof CREATE>['items']>[number],
  path: string,
): NewItem {
  const price = newPrice(context, asked, path)
  if (price === undefined) throw missingParameter(`${path}[price]`)
  return { price, quantity: asked.quantity ?? 1, metadata: withMetadata({}, asked.metadata) }
}

export function checkAlike(items: readonly NewItem[]): void {
  const [first, ...rest] = items.map(({ price }) => price)
  for (const price of rest) {
    if (price.currency !== first?.currency) {
      throw refused('All prices on a subscription must have the same currency.')
    }
    const { recurring } = price
    const same =
      recurring?.interval === first.recurring?.interval &&
      recurring?.interval_count === first.recurring?.interval_count
    if (!same) {
      throw refused(
        'All prices on a subscription must have the same `recurring.interval` and `interval_count`.',
      )
    }
  }
}

export function futureAnchor(asked: number | undefined, now: number): number | null {
  if (asked === undefined) return null
  if (asked >= now) return asked === now ? null : asked
  throw badParameter('`billing_cycle_anchor` cannot be in the past.', 'billing_cycle_anchor')
}

/** Only the first, shortened period may come before the anchor (Stripe docs, Billing cycle anchor). */
export function checkAnchor(anchor: number | null, price: Price, now: number): void {
  const natural = periodEnd(now, price, now)
  if (anchor === null || anchor <= natural) return
  throw badParameter(
    `\`billing_cycle_anchor\` cannot be later than next natural billing date (${natural}) for plan`,
    'billing_cycle_anchor',
  )
}

function trialEndOf(values: Values<typeof CREATE>, now: number): number | null {
  const { trial_end, trial_period_days } = values
  if (trial_end === 'now') return null
  if (typeof trial_end === 'number') {
    if (trial_end <= now) {
      throw badParameter('Invalid timestamp: must be an integer Unix timestamp in the future.', 'trial_end')
    }
    return trial_end
  }
  return trial_period_days === undefined || trial_period_days === 0 ? null : now + trial_period_days * DAY_S
}

/** What `payment_behavior` makes of the first invoice (Stripe API reference, Create a subscription). */
function firstPayment(
  context: Context,
  row: SubscriptionRow,
  behavior: NonNullable<Values<typeof CREATE>['payment_behavior']>,
): void {
  const invoice = latestInvoice(context, row)
  if (invoice === undefined) return
  if (invoice.object.status === 'paid') {
    if (methodFor(context, row) === null && row.object.cancel_at_period_end === false) {
      const setup = createSetup(context, { customer: row.object.customer, metadata: {} })
      row.object.pending_setup_intent = setup.object.id
    }
    return
  }
  if (behavior === 'default_incomplete') return
  const error = collect(context, invoice, { attended: true })
  if (error === null || behavior === 'allow_incomplete') return
  voidInvoice(context, invoice)
  row.dueAt = null
  context.store.subscriptions.delete(row.object.id)
  const { type, code, message, decline_code } = error
  throw new StripeError(402, {
    type,
    code,
    message,
    ...(decline_code === undefined ? {} : { decline_code }),
  })
}

const FILTERS = {
  ...DATED_LIST,
  automatic_tax: ignored,
  collection_method: oneOf('charge_automatically', 'send_invoice'),
  current_period_end: ignored,
  current_period_start: ignored,
  customer: text(),
  customer_account: text(),
  plan: text(),
  price: text(),
  status: oneOf(
    'active',
    'all',
    'canceled',
    'ended',
    'incomplete',
    'incomplete_expired',
    'past_due',
    'paused',
    'trialing',
    'unpaid',
  ),
  test_clock: text(),
}

/** Without `status`, everything that has not been canceled (Stripe API reference, List subscriptions). */
function isListed(row: SubscriptionRow, status: Values<typeof FILTERS>['status']): boolean {
  if (status === 'all') return true
  if (status === undefined) return row.object.status !== 'canceled'
  return status === 'ended' ? hasEnded(row) : row.object.status === status
}

function listSubscriptions(context: Context, values: Values<typeof FILTERS>) {
  const all = context.store.subscriptions
  const price = values.price ?? values.plan
  const rows = ownRows(context, all).filter(
    (row) =>
      isListed(row, values.status) &&
      (values.customer === undefined || row.object.customer === values.customer) &&
      (values.collection_method === undefined || row.object.collection_method === values.collection_method) &&
      (price === undefined || row.object.items.data.some((item) => item.price.id === price)),
  )
  return { ...page(context, { url: '/v1/subscriptions', noun: 'subscription', rows, all }, values) }
}

function cancelRoute(context: Context, values: Values<typeof CANCEL>, id: string) {
  const row = findSubscription(context, id)
  if (hasEnded(row)) {
    throw new StripeError(404, {
      type: 'invalid_request_error',
      code: 'resource_missing',
      message: `No such subscription: ${id}`,
      param: 'id',
    })
  }
  const period = periodOf(row)
  const from = nowSeconds(context.world)
  if (values.prorate === true && row.object.status === 'active') {
    for (const item of itemsOf(row))
      row.pending.push(prorationLine(context, { item, whole: period, from, kind: 'unused' }))
  }
  if (values.invoice_now === true && row.pending.length > 0) {
    const by = { reason: 'subscription_update', lines: [], period: { start: from, end: from } } as const
    const invoice = draftInvoice(context, row, by)
    finalizeInvoice(context, invoice)
    collect(context, invoice)
  }
  const { comment, feedback } = values.cancellation_details ?? {}
  cancelSubscription(context, row, {
    reason: 'cancellation_requested',
    ...(comment === undefined ? {} : { comment }),
    ...(feedback === undefined ? {} : { feedback }),
  })
  return render(row.object)
}

export const subscriptionRoutes = [
  route('POST', '/v1/subscriptions', CREATE, create),
  route('GET', '/v1/subscriptions', FILTERS, listSubscriptions),
  route(
    'GET',
    '/v1/subscriptions/search',
    { query: required(text()), limit: integer(1), page: text() },
    (context, values) =>
      searchObjects(context, { rows: context.store.subscriptions, url: '/v1/subscriptions/search' }, values),
  ),
  route('GET', '/v1/subscriptions/:id', {}, (context, _values, id) =>
    render(findSubscription(context, id).object),
  ),
  route('POST', '/v1/subscriptions/:id', UPDATE, (context, values, id) => {
    const row = findSubscription(context, id)
    updateSubscription(context, row, values)
    return render(row.object)
  }),
  route('DELETE', '/v1/subscriptions/:id', CANCEL, cancelRoute),
  route('POST', '/v1/subscriptions/:id/pause', PAUSE, (context, values, id) =>
    pauseRoute(context, findSubscription(context, id), values),
  ),
  route('POST', '/v1/subscriptions/:id/resume', RESUME, (context, values, id) =>
    resumeRoute(context, findSubscription(context, id), values),
  ),
]

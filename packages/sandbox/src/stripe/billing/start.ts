import { addEvery } from '../../kernel/calendar.ts'
import { emit } from '../events.ts'
import { createPaymentMethod, saveMethod } from '../payment-methods.ts'
import {
  type Context,
  type MethodRow,
  newId,
  nowSeconds,
  type PendingLine,
  type Row,
  randomText,
  type SubscriptionRow,
} from '../state.ts'
import { render } from '../templates.ts'
import type { Metadata, Price } from '../wire.ts'
import { scheduleTrialNotice } from './cycle.ts'
import { draftInvoice, finalizeInvoice } from './invoice-machine.ts'
import { everyOf, fullLine, type Period, type Priced, periodEnd, prorationLine, trialLine } from './lines.ts'
import { change, scheduleSubscription } from './subscription-state.ts'
import { planOf } from './templates.ts'
import type { MissingMethod, SetupIntent, SubscriptionItem } from './wire.ts'

export interface NewItem {
  readonly price: Price
  readonly quantity: number
  readonly metadata: Metadata
}

export interface NewSubscription {
  readonly customer: string
  readonly items: readonly NewItem[]
  /** One-time prices that the first invoice carries too. */
  readonly extras: readonly Priced[]
  readonly metadata: Metadata
  readonly description: string | null
  /** A future billing cycle anchor; null starts the cycle now. */
  readonly anchor: number | null
  readonly prorate: boolean
  readonly cancelAt: number | null
  readonly cancelAtPeriodEnd: boolean
  readonly trialEnd: number | null
  readonly missingMethod: MissingMethod
  readonly saveDefault: boolean
  readonly defaultMethod: string | null
  readonly sessionId?: string
}

/**
 * Starts a subscription with its first invoice, finalized. It is `incomplete` until that invoice is paid; with
 * nothing to pay it runs at once. Collecting is the caller's part.
 */
export function startSubscription(context: Context, by: NewSubscription): SubscriptionRow {
  const { world, accountId, livemode, store } = context
  const now = nowSeconds(world)
  const id = newId(world, 'sub')
  const period = firstPeriod(by, now)
  const anchor = by.trialEnd ?? by.anchor ?? now
  const items = by.items.map((item) => itemOf(context, item, { subscription: id, period }))
  const row: SubscriptionRow = {
    accountId,
    livemode,
    pending: [],
    dueAt: null,
    sessionId: by.sessionId ?? null,
    resumeInvoice: null,
    object: {
      id,
      object: 'subscription',
      billing_cycle_anchor: anchor,
      cancel_at: by.cancelAtPeriodEnd ? period.end : by.cancelAt,
      cancel_at_period_end: by.cancelAtPeriodEnd,
      canceled_at: by.cancelAtPeriodEnd || by.cancelAt !== null ? now : null,
      cancellation_details: { comment: null, feedback: null, feedback_option: null, reason: null },
      collection_method: 'charge_automatically',
      created: now,
      currency: by.items[0]?.price.currency ?? 'usd',
      customer: by.customer,
      default_payment_method: by.defaultMethod,
      description: by.description,
      ended_at: null,
      items: {
        object: 'list',
        data: items,
        has_more: false,
        url: `/v1/subscription_items?subscription=${id}`,
      },
      latest_invoice: null,
      livemode,
      metadata: { ...by.metadata },
      pause_collection: null,
      payment_settings: {
        payment_method_options: null,
        payment_method_types: null,
        save_default_payment_method: by.saveDefault ? 'on_subscription' : 'off',
      },
      pending_setup_intent: null,
      start_date: now,
      status: by.trialEnd === null ? 'incomplete' : 'trialing',
      trial_end: by.trialEnd,
      trial_settings: {
        end_behavior: { billing_cycle_anchor: null, missing_payment_method: by.missingMethod },
      },
      trial_start: by.trialEnd === null ? null : now,
    },
  }
  store.subscriptions.set(id, row)
  const lines = firstLines(context, by, row, period)
  const invoice = draftInvoice(context, row, {
    reason: 'subscription_create',
    lines,
    period: { start: now, end: now },
  })
  finalizeInvoice(context, invoice)
  const free = invoice.object.status === 'paid'
  if (free && row.object.status === 'incomplete') row.object.status = 'active'
  scheduleSubscription(context, row)
  emit(context, 'customer.subscription.created', row.object)
  scheduleTrialNotice(context, row)
  return row
}

function firstPeriod(by: NewSubscription, now: number): Period {
  const price = by.items[0]?.price
  const end = by.trialEnd ?? by.anchor ?? (price === undefined ? now : periodEnd(now, price, now))
  return { start: now, end }
}

function firstLines(
  context: Context,
  by: NewSubscription,
  row: SubscriptionRow,
  period: Period,
): PendingLine[] {
  const items: Priced[] = row.object.items.data.map(({ id, price, quantity }) => ({ id, price, quantity }))
  const extras = by.extras.map((extra) =>
    fullLine(context, extra, { start: period.start, end: period.start }),
  )
  if (by.trialEnd !== null) return [...items.map((item) => trialLine(context, item, period)), ...extras]
  if (by.anchor === null) return [...items.map((item) => fullLine(context, item, period)), ...extras]
  if (!by.prorate)
    return [...items.map((item) => ({ ...fullLine(context, item, period), amount: 0 })), ...extras]
  const partial = items.map((item) => {
    const whole = { start: addEvery(period.end * 1_000, everyOf(item.price), -1) / 1_000, end: period.end }
    return prorationLine(context, { item, whole, from: period.start, kind: 'remaining' })
  })
  return [...partial, ...extras]
}

export function itemOf(
  context: Context,
  by: NewItem,
  of: { subscription: string; period: Period },
): SubscriptionItem {
  // A price is stored without the fields that never change; an item carries it whole.
  const price = render(by.price) as unknown as Price
  return {
    id: newId(context.world, 'si', 14),
    object: 'subscription_item',
    billing_thresholds: null,
    created: nowSeconds(context.world),
    current_period_end: of.period.end,
    current_period_start: of.period.start,
    current_trial: null,
    discounts: [],
    metadata: { ...by.metadata },
    plan: planOf(by.price),
    price,
    quantity: by.quantity,
    subscription: of.subscription,
    tax_rates: [],
  }
}

export interface NewSetup {
  readonly customer: string | null
  readonly metadata: Metadata
  readonly description?: string | null
  readonly usage?: SetupIntent['usage']
}

/** A setup intent that waits for a payment method. */
export function createSetup(context: Context, by: NewSetup): Row<SetupIntent> {
  const { world, accountId, livemode } = context
  const id = newId(world, 'seti')
  const object: SetupIntent = {
    id,
    object: 'setup_intent',
    cancellation_reason: null,
    client_secret: `${id}_secret_${randomText(world, 25)}`,
    created: nowSeconds(world),
    customer: by.customer,
    description: by.description ?? null,
    last_setup_error: null,
    livemode,
    metadata: { ...by.metadata },
    next_action: null,
    payment_method: null,
    payment_method_types: ['card'],
    status: 'requires_payment_method',
    usage: by.usage ?? 'off_session',
  }
  const row = { accountId, livemode, object }
  context.store.setupIntents.set(id, row)
  emit(context, 'setup_intent.created', object)
  return row
}

/** A payer types a card; on hosted pages its bank is asked on the spot. */
export function confirmSetup(context: Context, row: Row<SetupIntent>, number: string): void {
  const { id } = createPaymentMethod(context, number, null)
  const method = context.store.paymentMethods.get(id)
  if (method !== undefined) succeedSetup(context, row, method)
}

/** A method is saved: the setup succeeds, and a subscription that waited for it keeps the method. */
export function succeedSetup(context: Context, row: Row<SetupIntent>, of: MethodRow): void {
  const setup = row.object
  const method = of.object
  setup.payment_method = method.id
  setup.status = 'succeeded'
  setup.next_action = null
  const setUp = setup.usage === 'off_session'
  if (setup.customer !== null)
    saveMethod(context, of, { customer: setup.customer, setUp, redisplay: 'limited' })
  emit(context, 'setup_intent.succeeded', setup)
  for (const subscription of context.store.subscriptions.values()) {
    if (subscription.object.pending_setup_intent !== setup.id) continue
    change(context, subscription, () => {
      subscription.object.pending_setup_intent = null
      subscription.object.default_payment_method = method.id
    })
  }
}

import { emit } from '../events.ts'
import { attempt } from '../intent-machine.ts'
import { DECLINED_CARD, PLAIN_CARD } from '../magic.ts'
import { cardOfMethod } from '../payment-methods.ts'
import { type Context, type IntentRow, type InvoiceRow, nowSeconds, type SubscriptionRow } from '../state.ts'
import type { PaymentError } from '../wire.ts'
import { markPaid, scheduleInvoice, stopCollecting } from './invoice-machine.ts'
import { cancelSubscription, change, scheduleSubscription } from './subscription-state.ts'

const DAY_S = 86_400
/** Pauses before the retries of a failed renewal (Stripe docs, Custom retry schedules: at most three). */
const RETRY_DAYS = [3, 5, 7]

export interface CollectOptions {
  /** The simulated bank's verdict instead of the stored card's own. */
  readonly verdict?: 'succeeds' | 'fails' | undefined
  /** A payment method named for this attempt only. */
  readonly method?: string | undefined
  /** The payer is there: a 3-D Secure step is possible. */
  readonly attended?: boolean
}

function subscriptionOf(context: Context, row: InvoiceRow): SubscriptionRow | undefined {
  return context.store.subscriptions.get(row.object.parent.subscription_details.subscription)
}

/** The payment method an invoice is collected with, in Stripe's order of precedence. */
export function methodFor(context: Context, subscription: SubscriptionRow | undefined): string | null {
  const customer = context.store.customers.get(subscription?.object.customer ?? '')?.object
  const own = subscription?.object.default_payment_method
  return own ?? customer?.invoice_settings.default_payment_method ?? null
}

const VERDICTS = { succeeds: PLAIN_CARD, fails: DECLINED_CARD }

/** One attempt on an open invoice. What went wrong, null when the money came or is on its way. */
export function collect(
  context: Context,
  row: InvoiceRow,
  options: CollectOptions = {},
): PaymentError | null {
  const subscription = subscriptionOf(context, row)
  const intent = context.store.intents.get(row.intentId ?? '')
  if (row.object.status !== 'open' || intent === undefined) return null
  const method = options.method ?? row.object.default_payment_method ?? methodFor(context, subscription)
  if (options.verdict === undefined && method === null) {
    fail(context, row, subscription)
    return MISSING_METHOD
  }
  const before = intent.object.status
  const number =
    options.verdict === undefined ? cardOfMethod(context, method ?? '') : VERDICTS[options.verdict]
  if (options.verdict === undefined && context.store.paymentMethods.has(method ?? '')) {
    intent.object.payment_method = method
  }
  try {
    return attempt(context, intent, number, { unattended: options.attended !== true })
  } finally {
    followInvoice(context, intent, before) // an attempt that ends in a 500 may have taken the money
  }
}

export const MISSING_METHOD: PaymentError = {
  type: 'invalid_request_error',
  code: 'resource_missing',
  message:
    'This customer has no attached payment source or default payment method. Please consider adding a ' +
    'default payment method. For more information, visit ' +
    'https://stripe.com/docs/billing/subscriptions/payment-methods-setting#payment-method-priority.',
  doc_url: 'https://stripe.com/docs/error-codes/resource-missing',
}

/** An automatic attempt: when it fails, the next one is planned or the subscription gives up. */
export function collectByItself(context: Context, row: InvoiceRow, options: CollectOptions = {}): void {
  collect(context, row, options)
  const subscription = subscriptionOf(context, row)
  const paying = context.store.intents.get(row.intentId ?? '')?.object.status === 'processing'
  if (row.object.status !== 'open' || paying || subscription?.object.status === 'incomplete') return
  const pause = RETRY_DAYS[row.failures]
  row.failures += 1
  if (pause !== undefined) {
    scheduleInvoice(context, row, nowSeconds(context.world) + pause * DAY_S)
    emit(context, 'invoice.updated', row.object, { next_payment_attempt: null })
    return
  }
  stopCollecting(context, row)
  if (subscription !== undefined) giveUp(context, subscription)
}

function giveUp(context: Context, subscription: SubscriptionRow): void {
  const action = context.store.billingSettings.get(context.accountId)?.finalAction ?? 'cancel'
  if (action === 'cancel') cancelSubscription(context, subscription, { reason: 'payment_failed' })
  if (action !== 'unpaid') return
  change(context, subscription, () => {
    subscription.object.status = 'unpaid'
  })
  scheduleSubscription(context, subscription)
}

/** Brings the invoice and its subscription in line with the intent, after any attempt by anybody. */
export function followInvoice(
  context: Context,
  intent: IntentRow,
  before: IntentRow['object']['status'],
): void {
  const row = context.store.invoices.get(intent.invoiceId ?? '')
  if (row === undefined || row.object.status !== 'open') return
  const subscription = subscriptionOf(context, row)
  const { status, last_payment_error } = intent.object
  if (status === 'requires_action' && before !== 'requires_action') {
    row.object.attempted = true
    emit(context, 'invoice.payment_action_required', row.object)
  } else if (status === 'succeeded') {
    row.object.attempt_count += 1
    markPaid(context, row)
    if (subscription !== undefined) paid(context, subscription, row, intent)
  } else if (status === 'requires_payment_method' && last_payment_error !== null) {
    if (last_payment_error.code === 'authentication_required') {
      emit(context, 'invoice.payment_action_required', row.object)
    }
    fail(context, row, subscription)
  }
}

function fail(context: Context, row: InvoiceRow, subscription: SubscriptionRow | undefined): void {
  row.object.attempted = true
  row.object.attempt_count += 1
  emit(context, 'invoice.payment_failed', row.object)
  if (subscription === undefined) return
  if (subscription.object.status !== 'active' && subscription.object.status !== 'trialing') return
  change(context, subscription, () => {
    subscription.object.status = 'past_due'
  })
}

/** What a paid invoice changes: the first one starts the subscription, the latest one cures it. */
export function paid(
  context: Context,
  subscription: SubscriptionRow,
  row: InvoiceRow,
  intent: IntentRow | undefined,
): void {
  const of = subscription.object
  const method = intent?.object.payment_method ?? null
  const keep = of.payment_settings.save_default_payment_method === 'on_subscription' && method !== null
  const latest = of.latest_invoice === row.object.id
  if (subscription.resumeInvoice === row.object.id) {
    subscription.resumeInvoice = null
    if (of.status === 'paused') resumed(context, subscription)
  }
  change(context, subscription, () => {
    const cured = of.status === 'incomplete' || of.status === 'past_due' || of.status === 'unpaid'
    if (cured && latest) of.status = 'active'
    if (keep && of.default_payment_method === null) of.default_payment_method = method
  })
  if (of.status === 'active') scheduleSubscription(context, subscription)
}

/** A paused subscription runs again. */
export function resumed(context: Context, subscription: SubscriptionRow): void {
  subscription.object.status = 'active'
  delete subscription.object.status_details
  scheduleSubscription(context, subscription)
  emit(context, 'customer.subscription.resumed', subscription.object)
}

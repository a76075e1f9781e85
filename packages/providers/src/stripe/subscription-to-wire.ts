import type { ChangePlan, CreatePlan, CreateSubscription } from '../subscriptions.ts'
import type { Form } from './call.ts'
import { TOTAL_COUNT_KEY } from './subscription-wire.ts'
import { bounded, exact } from './to-wire.ts'
import { REFERENCE_KEY } from './wire.ts'

/** Limits of the API reference: product name 250 (hosted page), subscription description 500. */
const NAME_MAX = 250
const DESCRIPTION_MAX = 500

/** A session tells its price only when its lines are asked for. */
export const EXPAND_SUBSCRIPTION_SESSION: Form = [
  ['expand[0]', 'subscription'],
  ['expand[1]', 'line_items'],
]

/**
 * `POST /v1/prices` with its product in the same call, so that no half of a plan can be left behind. The lookup key
 * finds it again (Stripe API reference, Create a price). The plan has passed `acceptsPlan`.
 */
export function priceForm(plan: CreatePlan): Form {
  const { amount, currency } = exact(plan.amount)
  return [
    ['currency', currency],
    ['unit_amount', amount],
    ['recurring[interval]', plan.interval],
    ['recurring[interval_count]', String(plan.intervalCount)],
    ['lookup_key', plan.reference],
    [`metadata[${REFERENCE_KEY}]`, plan.reference],
    ['product_data[name]', bounded(plan.name, NAME_MAX)],
    [`product_data[metadata][${REFERENCE_KEY}]`, plan.reference],
  ]
}

/** `POST /v1/checkout/sessions` in mode `subscription`; the subscription is made when the payer has approved. */
export function subscriptionSessionForm(request: CreateSubscription): Form {
  const { description, customer, trialDays, startAtMs, totalCount } = request
  const form: (readonly [string, string])[] = [
    ['mode', 'subscription'],
    ['line_items[0][price]', request.plan.planRef],
    ['line_items[0][quantity]', String(request.quantity)],
    ['success_url', request.returnUrl],
    ['cancel_url', request.cancelUrl],
    ['client_reference_id', request.reference],
    [`metadata[${REFERENCE_KEY}]`, request.reference],
    // A session's metadata is not copied to its subscription.
    [`subscription_data[metadata][${REFERENCE_KEY}]`, request.reference],
  ]
  if (totalCount !== null) form.push([`subscription_data[metadata][${TOTAL_COUNT_KEY}]`, String(totalCount)])
  if (trialDays > 0) form.push(['subscription_data[trial_period_days]', String(trialDays)])
  // A later start is a trial until then; Stripe refuses less than 48 hours (API reference, `trial_end`).
  if (startAtMs !== null) form.push(['subscription_data[trial_end]', String(Math.ceil(startAtMs / 1000))])
  if (description !== undefined) {
    form.push(['subscription_data[description]', bounded(description, DESCRIPTION_MAX)])
  }
  if (customer?.email !== undefined) form.push(['customer_email', customer.email])
  return [...form, ...EXPAND_SUBSCRIPTION_SESSION]
}

export const CANCEL_AT_PERIOD_END_FORM: Form = [['cancel_at_period_end', 'true']]

/** Nothing is billed or credited for the period that is cut off: what was paid is kept or refunded by hand. */
export const CANCEL_NOW_QUERY: Form = [
  ['invoice_now', 'false'],
  ['prorate', 'false'],
]

/** Ends it with the last of the charges agreed on, on the day the next one would be due. */
export function endForm(cancelAt: number): Form {
  return [
    ['cancel_at', String(cancelAt)],
    ['proration_behavior', 'none'],
  ]
}

/**
 * `POST /v1/subscriptions/:id/pause` of version 2026-09-30.endive and later. No credit for the unused rest, which would
 * otherwise pay for the period after the pause.
 */
export const PAUSE_FORM: Form = [
  ['type', 'subscription'],
  ['bill_for[unused_time_from][type]', 'none'],
]

/** The billing day stays, so nothing is charged before the next one, and no credit for the pause is given. */
export const RESUME_FORM: Form = [
  ['billing_cycle_anchor[type]', 'unchanged'],
  ['proration_behavior', 'none'],
]

export const RESUME_COLLECTION_FORM: Form = [['pause_collection', '']]

export function changePlanForm(itemId: string, change: ChangePlan): Form {
  return [
    ['items[0][id]', itemId],
    ['items[0][price]', change.plan.planRef],
    ['items[0][quantity]', String(change.quantity)],
    ['proration_behavior', change.prorate ? 'create_prorations' : 'none'],
  ]
}

import type { PlanInterval } from '@onerouter/core'
import { madeAtMs } from '../reference-time.ts'
import type { ChangePlan, CreatePlan, CreateSubscription } from '../subscriptions.ts'
import { bounded, EMAIL, wireAmount } from './to-wire.ts'

const TEXT_MAX = 127
const DAY_MS = 86_400_000
/** After so many failures in a row PayPal suspends the subscription; until then it tries and adds up what is owed. */
const FAILURES_MAX = 3
/** The regular cycle is the only one of our plans. */
const REGULAR = 1

/**
 * The one product of all plans: PayPal changes a subscription to a plan of the same product only
 * (`PLAN_PRODUCT_NOT_COMPATIBLE`). Its id is ours, so that it exists once however often it is made.
 */
export const PRODUCT_ID = 'ONEROUTER-SUBSCRIPTIONS'

export const UNITS = {
  day: 'DAY',
  week: 'WEEK',
  month: 'MONTH',
  year: 'YEAR',
} as const satisfies Record<PlanInterval, string>

/** Create product (Catalog Products API v1). */
export function toProduct(brandName: string | undefined): object {
  return { id: PRODUCT_ID, name: bounded(brandName, TEXT_MAX) ?? 'Subscriptions', type: 'SERVICE' }
}

/** Create plan (Subscriptions API v1): one price, one period, without end; a subscription may set an end of its own. */
export function toPlan(plan: CreatePlan): object {
  return {
    product_id: PRODUCT_ID,
    name: bounded(plan.name, TEXT_MAX) ?? 'Plan',
    status: 'ACTIVE',
    billing_cycles: [
      {
        frequency: { interval_unit: UNITS[plan.interval], interval_count: plan.intervalCount },
        tenure_type: 'REGULAR',
        sequence: REGULAR,
        total_cycles: 0,
        pricing_scheme: { fixed_price: wireAmount(plan.amount) },
      },
    ],
    payment_preferences: {
      auto_bill_outstanding: true,
      setup_fee_failure_action: 'CANCEL',
      payment_failure_threshold: FAILURES_MAX,
    },
    quantity_supported: true,
  }
}

/**
 * Create subscription. A trial is a later start, because a subscription can change the numbers of a plan's cycles and
 * add none (`billing_cycle_override`). It counts from the time our reference carries, so that a repetition says the same.
 */
export function toSubscription(
  request: CreateSubscription,
  brandName: string | undefined,
  nowMs: number,
): object {
  const { reference, trialDays, startAtMs, totalCount, customer } = request
  const trialEndMs = (madeAtMs(reference) ?? nowMs) + trialDays * DAY_MS
  const startMs = trialDays > 0 ? trialEndMs : startAtMs
  const brand = bounded(brandName, TEXT_MAX)
  const email = customer?.email
  return {
    plan_id: request.plan.planRef,
    quantity: String(request.quantity),
    custom_id: reference,
    ...(startMs === null ? {} : { start_time: secondsIso(startMs) }),
    ...(totalCount === null ? {} : { plan: endingAfter(totalCount) }),
    ...(email !== undefined && EMAIL.test(email) ? { subscriber: { email_address: email } } : {}),
    application_context: {
      return_url: request.returnUrl,
      cancel_url: request.cancelUrl,
      user_action: 'SUBSCRIBE_NOW',
      shipping_preference: 'NO_SHIPPING',
      ...(brand === undefined ? {} : { brand_name: brand }),
    },
  }
}

/** Revise; an end is said again, because PayPal carries no override over (Subscriptions API v1, Revise). */
export function toRevision(change: ChangePlan, cyclesRemaining: number | null): object {
  return {
    plan_id: change.plan.planRef,
    quantity: String(change.quantity),
    ...(cyclesRemaining === null ? {} : { plan: endingAfter(cyclesRemaining) }),
  }
}

/** Why we cancel, suspend or activate: PayPal wants words, and shows them in the account. */
export const REASON = { reason: 'Asked for by the merchant' } as const

function endingAfter(cycles: number): object {
  return { billing_cycles: [{ sequence: REGULAR, total_cycles: cycles }] }
}

/** Whole seconds, never earlier than asked. */
function secondsIso(ms: number): string {
  return new Date(Math.ceil(ms / 1000) * 1000).toISOString().replace('.000Z', 'Z')
}

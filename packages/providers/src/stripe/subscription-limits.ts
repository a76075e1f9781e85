import type { PlanInterval } from '@onerouter/core'
import type { CreatePlan, Subscriptions, UnacceptableSubscription } from '../subscriptions.ts'
import type { StripeCredentials } from './credentials.ts'
import { isSupported, toWireAmount } from './money.ts'

/** Three years (Stripe API reference, Create a price, `recurring.interval_count`). */
const COUNT_MAX = { day: 1095, week: 156, month: 36, year: 3 } as const satisfies Record<PlanInterval, number>
/** Stripe API reference, Checkout Session, `subscription_data.trial_period_days`. */
const TRIAL_DAYS_MAX = 730
const QUANTITY_MAX = 999_999

export function refusePlan(plan: CreatePlan): UnacceptableSubscription | null {
  const { currency } = plan.amount
  if (!isSupported(currency)) {
    return { code: 'unsupported_currency', field: 'currency', message: `Stripe does not accept ${currency}.` }
  }
  if (plan.amount.minor <= 0n || !toWireAmount(plan.amount).ok) {
    const message = `Stripe cannot charge exactly this amount of ${currency}.`
    return { code: 'invalid_amount', field: 'amount', message }
  }
  const most = COUNT_MAX[plan.interval]
  if (plan.intervalCount < 1 || plan.intervalCount > most) {
    return invalid('interval_count', `Stripe charges at least every ${most} ${plan.interval}s.`)
  }
  return null
}

export const refuseSubscription: Subscriptions<StripeCredentials>['accepts'] = (request) => {
  const { plan, quantity, trialDays, startAtMs, totalCount } = request
  const refused = refusePlan(plan)
  if (refused !== null) return refused
  if (quantity < 1 || quantity > QUANTITY_MAX) {
    return invalid('quantity', `Stripe takes a quantity from 1 to ${QUANTITY_MAX}.`)
  }
  if (!toWireAmount({ ...plan.amount, minor: plan.amount.minor * BigInt(quantity) }).ok) {
    return { code: 'invalid_amount', field: 'quantity', message: 'Stripe cannot charge this much at once.' }
  }
  if (trialDays > TRIAL_DAYS_MAX) {
    return invalid('trial_days', `Stripe gives at most ${TRIAL_DAYS_MAX} days of trial.`)
  }
  if (trialDays > 0 && startAtMs !== null) return invalid('start_date', 'A trial or a start date, not both.')
  return totalCount !== null && totalCount < 1 ? invalid('total_count', 'At least one charge.') : null
}

function invalid(field: UnacceptableSubscription['field'], message: string): UnacceptableSubscription {
  return { code: 'invalid_request', field, message }
}

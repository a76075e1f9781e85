import type { PlanInterval } from '@onerouter/core'
import type { CreatePlan, Subscriptions, UnacceptableSubscription } from '../subscriptions.ts'
import type { PaypalCredentials } from './credentials.ts'
import { refuseAmount } from './money.ts'

/** Subscriptions API v1, `frequency.interval_count`. */
const COUNT_MAX = { day: 365, week: 52, month: 12, year: 1 } as const satisfies Record<PlanInterval, number>
/** Subscriptions API v1, `total_cycles`. */
const CYCLES_MAX = 999
const QUANTITY_MAX = 999_999
/** Subscriptions API v1 has no limit of its own; a start within our own trial limit is certain to be one. */
const TRIAL_DAYS_MAX = 730

export function refusePlan(plan: CreatePlan): UnacceptableSubscription | null {
  const refused = refuseAmount(plan.amount)
  if (refused?.code === 'unsupported_currency') return { ...refused, code: refused.code, field: 'currency' }
  if (refused !== null) return { code: 'invalid_amount', field: 'amount', message: refused.message }
  const most = COUNT_MAX[plan.interval]
  return plan.intervalCount < 1 || plan.intervalCount > most
    ? invalid('interval_count', `PayPal charges at least every ${most} ${plan.interval}s.`)
    : null
}

export const refuseSubscription: Subscriptions<PaypalCredentials>['accepts'] = (request) => {
  const { plan, quantity, trialDays, startAtMs, totalCount } = request
  const refused = refusePlan(plan)
  if (refused !== null) return refused
  if (quantity < 1 || quantity > QUANTITY_MAX) {
    return invalid('quantity', `PayPal takes a quantity from 1 to ${QUANTITY_MAX}.`)
  }
  if (trialDays > TRIAL_DAYS_MAX) {
    return invalid('trial_days', `At PayPal a trial has at most ${TRIAL_DAYS_MAX} days.`)
  }
  if (trialDays > 0 && startAtMs !== null) return invalid('start_date', 'A trial or a start date, not both.')
  if (totalCount === null) return null
  return totalCount < 1 || totalCount > CYCLES_MAX
    ? invalid('total_count', `PayPal charges from 1 to ${CYCLES_MAX} times, or without end.`)
    : null
}

function invalid(field: UnacceptableSubscription['field'], message: string): UnacceptableSubscription {
  return { code: 'invalid_request', field, message }
}

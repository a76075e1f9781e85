import type { CreatePlan, Subscriptions, UnacceptableSubscription } from '../subscriptions.ts'
import type { RazorpayCredentials } from './credentials.ts'
import { refuseAmount } from './money.ts'
import { longest } from './subscription-to-wire.ts'

/** Razorpay API, Create a plan: `item.amount`. */
const AMOUNT_MAX = 4_294_967_295n
/** Razorpay API, Create a plan: `interval` of a daily plan. */
const DAYS_MIN = 7
const QUANTITY_MAX = 999_999

export function refusePlan(plan: CreatePlan): UnacceptableSubscription | null {
  const refused = refuseAmount(plan.amount)
  if (refused?.code === 'unsupported_currency') return { ...refused, code: refused.code, field: 'currency' }
  if (refused !== null) return { code: 'invalid_amount', field: 'amount', message: refused.message }
  if (plan.amount.minor > AMOUNT_MAX) {
    return {
      code: 'invalid_amount',
      field: 'amount',
      message: 'The amount is too large for a Razorpay plan.',
    }
  }
  if (plan.interval === 'day' && plan.intervalCount < DAYS_MIN) {
    return invalid('interval_count', `Razorpay bills every ${DAYS_MIN} days at most.`)
  }
  return plan.intervalCount < 1 || longest(plan) < 1
    ? invalid('interval_count', 'Razorpay bills within a hundred years.')
    : null
}

export const refuseSubscription: Subscriptions<RazorpayCredentials>['accepts'] = (request) => {
  const { plan, quantity, trialDays, startAtMs, totalCount } = request
  const refused = refusePlan(plan)
  if (refused !== null) return refused
  if (quantity < 1 || quantity > QUANTITY_MAX) {
    return invalid('quantity', `Razorpay takes a quantity from 1 to ${QUANTITY_MAX}.`)
  }
  if (plan.amount.minor * BigInt(quantity) > BigInt(Number.MAX_SAFE_INTEGER)) {
    return { code: 'invalid_amount', field: 'quantity', message: 'Razorpay cannot charge this much at once.' }
  }
  if (trialDays > 0 && startAtMs !== null) return invalid('start_date', 'A trial or a start date, not both.')
  if (totalCount === null) return null
  return totalCount < 1 || totalCount > longest(plan)
    ? invalid('total_count', `Razorpay charges this plan from 1 to ${longest(plan)} times.`)
    : null
}

function invalid(field: UnacceptableSubscription['field'], message: string): UnacceptableSubscription {
  return { code: 'invalid_request', field, message }
}

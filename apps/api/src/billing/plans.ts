import { currency, formatId, money } from '@onerouter/core'
import type { CreatePlan } from '@onerouter/providers'
import type { PlanRow } from './rows.ts'

/** The plan as providers are asked for it. */
export function createPlanOf(plan: PlanRow): CreatePlan {
  return {
    reference: formatId('plan', plan.id),
    name: plan.name,
    amount: money(plan.amount, currency(plan.currency)),
    interval: plan.interval,
    intervalCount: plan.interval_count,
  }
}

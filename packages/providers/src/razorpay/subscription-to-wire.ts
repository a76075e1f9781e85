import type { PlanInterval } from '@onerouter/core'
import type { ChangePlan, CreatePlan, CreateSubscription } from '../subscriptions.ts'
import { bounded, wireMoney } from './to-wire.ts'

const NAME_MAX = 250
const NOTE_MAX = 256
const DAY_MS = 86_400_000

/** Razorpay's word for the unit; `quarterly` is three of `monthly`. */
export const PERIODS = {
  day: 'daily',
  week: 'weekly',
  month: 'monthly',
  year: 'yearly',
} as const satisfies Record<PlanInterval, string>

/** Razorpay bills a subscription for a hundred years at most (Razorpay docs, Subscriptions, FAQs 3). */
const PER_CENTURY = { day: 36_500, week: 5_200, month: 1_200, year: 100 } as const satisfies Record<
  PlanInterval,
  number
>

/** Razorpay knows no subscription without an end: the longest one stands for it. */
export function longest({ interval, intervalCount }: Pick<CreatePlan, 'interval' | 'intervalCount'>): number {
  return Math.floor(PER_CENTURY[interval] / intervalCount)
}

/** Create a plan. Nothing about a plan can be changed or deleted later. */
export function toPlan(plan: CreatePlan): object {
  return {
    period: PERIODS[plan.interval],
    interval: plan.intervalCount,
    item: { name: bounded(plan.name, NAME_MAX) ?? 'Plan', ...wireMoney(plan.amount) },
    notes: { onerouter_ref: plan.reference },
  }
}

/**
 * Create a subscription. Razorpay is not to send it to anybody, because we do: until we have told the payer where to
 * go, a subscription nobody knows of charges nobody.
 */
export function toSubscription(request: CreateSubscription, nowMs: number): object {
  const description = bounded(request.description, NOTE_MAX)
  const startMs = request.trialDays > 0 ? nowMs + request.trialDays * DAY_MS : request.startAtMs
  return {
    plan_id: request.plan.planRef,
    total_count: request.totalCount ?? longest(request.plan),
    quantity: request.quantity,
    customer_notify: false,
    // The first charge; without it Razorpay charges with the approval.
    ...(startMs === null ? {} : { start_at: Math.ceil(startMs / 1000) }),
    notes: { onerouter_ref: request.reference, ...(description === undefined ? {} : { description }) },
  }
}

/** Always said: left out, Razorpay would cancel at once. */
export function toCancel(when: 'now' | 'period_end'): object {
  return { cancel_at_cycle_end: when === 'period_end' }
}

export const PAUSE = { pause_at: 'now' } as const
export const RESUME = { resume_at: 'now' } as const

/**
 * At once, Razorpay charges or refunds the difference of the running period; at its end, there is none (Razorpay docs,
 * Update a subscription).
 */
export function toUpdate(change: ChangePlan): object {
  return {
    plan_id: change.plan.planRef,
    quantity: change.quantity,
    schedule_change_at: change.prorate ? 'now' : 'cycle_end',
    customer_notify: false,
  }
}

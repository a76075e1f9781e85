import type { Step } from './payment.ts'

/** The life of a subscription. `past_due` and `paused` are ways to be alive; the last three are final. */
export const SUBSCRIPTION_STATUSES = [
  'created',
  'pending_approval',
  'trialing',
  'active',
  'past_due',
  'paused',
  'canceled',
  'completed',
  'expired',
] as const
export type SubscriptionStatus = (typeof SUBSCRIPTION_STATUSES)[number]

/** What a provider's answer can say about a subscription. */
export type ProviderSubscriptionStatus = Exclude<SubscriptionStatus, 'created'> | 'unrecognised'

const ALIVE = ['trialing', 'active', 'past_due', 'paused'] as const
const FINAL = ['canceled', 'completed', 'expired'] as const

const NEXT = {
  created: ['pending_approval', ...ALIVE, ...FINAL],
  pending_approval: [...ALIVE, ...FINAL],
  trialing: ['active', 'past_due', 'paused', ...FINAL],
  active: ['trialing', 'past_due', 'paused', ...FINAL],
  past_due: ['trialing', 'active', 'paused', ...FINAL],
  paused: ['trialing', 'active', 'past_due', ...FINAL],
  canceled: [],
  completed: [],
  expired: [],
} as const satisfies Record<SubscriptionStatus, readonly SubscriptionStatus[]>

export function isSubscriptionFinal(status: SubscriptionStatus): boolean {
  return NEXT[status].length === 0
}

export function nextSubscriptionStatuses(from: SubscriptionStatus): readonly SubscriptionStatus[] {
  return NEXT[from]
}

/**
 * Where evidence of status `to` takes a subscription in status `from`. Pure. The evidence is always a fetched
 * snapshot, so among the living states the newest word holds; what has ended stays ended.
 */
export function stepSubscription(from: SubscriptionStatus, to: SubscriptionStatus): Step<SubscriptionStatus> {
  if (from === to) return { kind: 'same' }
  if ((NEXT[from] as readonly SubscriptionStatus[]).includes(to)) return { kind: 'moved', to }
  const early = to === 'created' || to === 'pending_approval'
  return early ? { kind: 'stale' } : { kind: 'impossible', from, to }
}

export const PLAN_INTERVALS = ['day', 'week', 'month', 'year'] as const
export type PlanInterval = (typeof PLAN_INTERVALS)[number]

/** What can be asked for a subscription, and in which statuses. */
export const SUBSCRIPTION_ALLOWED_FROM = {
  cancel: ['created', 'pending_approval', ...ALIVE],
  pause: ['active'],
  resume: ['paused'],
  change_plan: ['trialing', 'active'],
} as const satisfies Record<string, readonly SubscriptionStatus[]>

/** What became of one period's charge. `refunded` and `partially_refunded` are told by amounts, not here. */
export const SUBSCRIPTION_CHARGE_STATUSES = ['pending', 'succeeded', 'failed'] as const
export type SubscriptionChargeStatus = (typeof SUBSCRIPTION_CHARGE_STATUSES)[number]

/** Calls that make or change a subscription, each an object of its own. */
export const SUBSCRIPTION_OPERATION_KINDS = ['create', 'cancel', 'pause', 'resume', 'change_plan'] as const
export type SubscriptionOperationKind = (typeof SUBSCRIPTION_OPERATION_KINDS)[number]

/** `scheduled`: a cancellation that waits for the period's end. What is last in the list is over. */
export const SUBSCRIPTION_OPERATION_STATES = [
  'scheduled',
  'sent',
  'unknown',
  'needs_review',
  'succeeded',
  'declined',
  'rejected',
  'not_sent',
  'absent',
  'abandoned',
  'canceled',
] as const
export type SubscriptionOperationState = (typeof SUBSCRIPTION_OPERATION_STATES)[number]

/** What is known of the call that makes a plan at a provider. */
export const PROVIDER_PLAN_STATES = [
  'sent',
  'unknown',
  'needs_review',
  'ready',
  'rejected',
  'not_sent',
] as const
export type ProviderPlanState = (typeof PROVIDER_PLAN_STATES)[number]

import {
  PLAN_INTERVALS,
  type ProviderSubscriptionStatus,
  type SubscriptionChargeStatus,
} from '@onerouter/core'
import type { Failure } from '../spec.ts'
import type {
  PlanSnapshot,
  SubscriptionCharge,
  SubscriptionHandle,
  SubscriptionSnapshot,
} from '../subscriptions.ts'
import { lookUp } from './from-wire.ts'
import { UNITS } from './subscription-to-wire.ts'
import type { Plan, Subscription, Transaction } from './subscription-wire.ts'

/** Subscriptions API v1, `status`. `SUSPENDED` is the merchant's pause, or PayPal's after too many failures. */
const SUBSCRIPTION_STATUS = {
  APPROVAL_PENDING: 'pending_approval',
  APPROVED: 'pending_approval',
  ACTIVE: 'active',
  SUSPENDED: 'paused',
  CANCELLED: 'canceled',
  EXPIRED: 'completed',
} as const satisfies Record<string, ProviderSubscriptionStatus>

/** A refund is told by its amount: the charge itself has succeeded. */
const TRANSACTION_STATUS = {
  COMPLETED: 'succeeded',
  PARTIALLY_REFUNDED: 'succeeded',
  REFUNDED: 'succeeded',
  PENDING: 'pending',
  DECLINED: 'failed',
} as const satisfies Record<string, SubscriptionChargeStatus>

export function planOf(plan: Plan): PlanSnapshot | undefined {
  const interval = PLAN_INTERVALS.find((unit) => UNITS[unit] === plan.unit)
  if (interval === undefined || plan.price === null) return undefined
  const refs: Record<string, string> = plan.productId === null ? {} : { product: plan.productId }
  return { planRef: plan.id, refs, amount: plan.price, interval, intervalCount: plan.count, reference: null }
}

function statusOf(subscription: Subscription, nowMs: number): ProviderSubscriptionStatus {
  const status = lookUp(SUBSCRIPTION_STATUS, subscription.status) ?? 'unrecognised'
  if (status !== 'active') return status
  // A charge that was made or tried proves that it has begun, whatever our clock says.
  const begun = subscription.lastPaymentAtMs !== null || subscription.failedCount > 0
  if (!begun && subscription.startAtMs !== null && subscription.startAtMs > nowMs) return 'trialing'
  const owes = (subscription.outstanding?.minor ?? 0n) > 0n
  // PayPal keeps calling it active while it tries again.
  return owes && subscription.failedCount > 0 ? 'past_due' : 'active'
}

export function subscriptionOf(
  subscription: Subscription,
  known: Pick<SubscriptionHandle, 'refs'>,
  nowMs: number,
): SubscriptionSnapshot {
  const status = statusOf(subscription, nowMs)
  const runs = status === 'active' || status === 'trialing' || status === 'past_due'
  const ended = status === 'canceled' || status === 'completed'
  const revision = ended ? null : openRevision(subscription, known.refs)
  return {
    orderRef: null,
    subscriptionRef: subscription.id,
    refs: revision === null ? withoutRevision(known.refs) : known.refs,
    status,
    providerStatus: subscription.status,
    reference: subscription.reference,
    planRef: subscription.planId,
    ...(revision === null ? {} : { pendingPlanRef: revision.planRef }),
    quantity: subscription.quantity,
    approvalUrl:
      subscription.status === 'APPROVAL_PENDING' ? subscription.approveUrl : (revision?.approveUrl ?? null),
    currentPeriodStartMs: runs ? (subscription.lastPaymentAtMs ?? subscription.startAtMs) : null,
    currentPeriodEndMs: runs ? subscription.nextBillingAtMs : null,
    trialEndMs: status === 'trialing' ? subscription.startAtMs : null,
    nextChargeAtMs: nextChargeOf(subscription, status),
    cancelAtPeriodEnd: false,
    endedAtMs: ended ? subscription.statusAtMs : null,
    paidCount: subscription.cyclesCompleted,
    failedCount: subscription.failedCount,
    customerRef: subscription.payerId,
  }
}

function nextChargeOf(subscription: Subscription, status: ProviderSubscriptionStatus): number | null {
  const { nextBillingAtMs, nextRetryAtMs } = subscription
  if (status === 'past_due') return nextRetryAtMs ?? nextBillingAtMs
  return status === 'active' || status === 'trialing' ? nextBillingAtMs : null
}

/** What a revision the payer has yet to agree to is remembered by: PayPal's subscription does not show it. */
export function revisionRefs(
  refs: SubscriptionHandle['refs'],
  planRef: string,
  approveUrl: string,
): SubscriptionHandle['refs'] {
  return { ...refs, revise_plan: planRef, revise_url: approveUrl }
}

function openRevision(
  { planId }: Subscription,
  { revise_plan: planRef, revise_url: approveUrl }: SubscriptionHandle['refs'],
): { readonly planRef: string; readonly approveUrl: string } | null {
  return planRef === undefined || approveUrl === undefined || planRef === planId
    ? null
    : { planRef, approveUrl }
}

function withoutRevision(refs: SubscriptionHandle['refs']): SubscriptionHandle['refs'] {
  const { revise_plan: _plan, revise_url: _url, ...rest } = refs
  return rest
}

/** Every try has a name of its own: a period that failed twice and was paid has three of these. */
export function chargeOf(transaction: Transaction): SubscriptionCharge {
  const status = lookUp(TRANSACTION_STATUS, transaction.status) ?? 'unrecognised'
  const { id, gross, fee, atMs } = transaction
  return {
    chargeRef: id,
    paymentRef: status === 'succeeded' ? id : null,
    status,
    providerStatus: transaction.status,
    amount: gross,
    refunded: refundedOf(transaction),
    fee: fee === null ? null : { amount: fee.minor, tax: 0n, currency: fee.currency },
    periodStartMs: null,
    periodEndMs: null,
    chargedAtMs: atMs,
    failure: status === 'failed' ? declined(transaction.statusReason) : null,
  }
}

function refundedOf({ status, gross }: Transaction): bigint | null {
  if (status === 'REFUNDED') return gross.minor
  return status === 'PARTIALLY_REFUNDED' ? null : 0n
}

const declined = (reason: string | null): Failure => ({
  reason: 'card_declined',
  providerCode: reason ?? 'DECLINED',
  message: 'PayPal could not take the payment.',
})

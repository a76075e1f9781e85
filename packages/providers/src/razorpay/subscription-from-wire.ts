import {
  PLAN_INTERVALS,
  type ProviderSubscriptionStatus,
  type SubscriptionChargeStatus,
} from '@onerouter/core'
import type {
  PlanSnapshot,
  SubscriptionCharge,
  SubscriptionHandle,
  SubscriptionSnapshot,
} from '../subscriptions.ts'
import { failureOf } from './errors.ts'
import { feeOf, lookUp } from './from-wire.ts'
import { PERIODS } from './subscription-to-wire.ts'
import type { Invoice, Plan, Subscription } from './subscription-wire.ts'
import type { Payment } from './wire.ts'

/** Razorpay docs, Subscriptions, States. `halted` still makes invoices, which nobody is charged. */
const SUBSCRIPTION_STATUS = {
  created: 'pending_approval',
  authenticated: 'trialing',
  active: 'active',
  pending: 'past_due',
  halted: 'past_due',
  paused: 'paused',
  cancelled: 'canceled',
  completed: 'completed',
  expired: 'expired',
} as const satisfies Record<string, ProviderSubscriptionStatus>

const INVOICE_STATUS = {
  draft: 'pending',
  issued: 'pending',
  partially_paid: 'pending',
  paid: 'succeeded',
  cancelled: 'failed',
  expired: 'failed',
  deleted: 'failed',
} as const satisfies Record<string, SubscriptionChargeStatus>

/**
 * Marks, in a subscription's `refs`, that it ends with its period because we asked: Razorpay neither shows that nor
 * tells it by a webhook (razorpay-node issue 337).
 */
export const ENDS_WITH_CYCLE = { cancel_at_cycle_end: 'true' } as const

export function planOf(plan: Plan): PlanSnapshot | undefined {
  const quarterly = plan.period === 'quarterly'
  const interval = quarterly ? 'month' : PLAN_INTERVALS.find((unit) => PERIODS[unit] === plan.period)
  if (interval === undefined) return undefined
  return {
    planRef: plan.id,
    refs: {},
    amount: plan.amount,
    interval,
    intervalCount: quarterly ? plan.interval * 3 : plan.interval,
    reference: plan.reference,
  }
}

export function subscriptionOf(
  subscription: Subscription,
  refs: SubscriptionHandle['refs'],
  pending?: Subscription,
): SubscriptionSnapshot {
  const status = lookUp(SUBSCRIPTION_STATUS, subscription.status) ?? 'unrecognised'
  const isAlive = status === 'trialing' || status === 'active' || status === 'past_due'
  const endsWithCycle =
    (isAlive || status === 'paused') && refs.cancel_at_cycle_end === ENDS_WITH_CYCLE.cancel_at_cycle_end
  return {
    orderRef: null,
    subscriptionRef: subscription.id,
    refs,
    status,
    providerStatus: subscription.status,
    reference: subscription.reference,
    planRef: subscription.planId,
    ...(pending === undefined ? {} : { pendingPlanRef: pending.planId }),
    quantity: subscription.quantity,
    approvalUrl: status === 'pending_approval' ? subscription.url : null,
    currentPeriodStartMs: msOf(subscription.currentStart),
    currentPeriodEndMs: msOf(subscription.currentEnd),
    trialEndMs: status === 'trialing' ? msOf(subscription.startAt) : null,
    nextChargeAtMs: isAlive && !endsWithCycle ? msOf(subscription.chargeAt) : null,
    cancelAtPeriodEnd: endsWithCycle,
    endedAtMs: msOf(subscription.endedAt),
    paidCount: subscription.paidCount,
    failedCount: status === 'past_due' ? subscription.attempts : 0,
    customerRef: subscription.customerId,
  }
}

/** `tries`: the payment that paid the invoice, or every try to pay it. */
export function chargeOf(invoice: Invoice, tries: readonly Payment[]): SubscriptionCharge | undefined {
  const paid = tries.find(({ id }) => id === invoice.paymentId)
  if (paid !== undefined && paid.amount.currency !== invoice.amount.currency) return undefined
  const failed = tries
    .filter((payment) => payment.status === 'failed')
    .toSorted((a, b) => b.createdAt - a.createdAt)[0]
  const status = statusOf(invoice, failed)
  return {
    chargeRef: invoice.id,
    paymentRef: status === 'succeeded' ? invoice.paymentId : null,
    status,
    providerStatus: [invoice.status, (paid ?? failed)?.status].filter((word) => word !== undefined).join('/'),
    amount: invoice.amount,
    refunded: paid?.refunded ?? 0n,
    fee: paid === undefined ? null : feeOf(paid),
    periodStartMs: msOf(invoice.billingStart),
    periodEndMs: msOf(invoice.billingEnd),
    chargedAtMs: (invoice.paidAt ?? invoice.issuedAt) * 1000,
    failure: status === 'failed' && failed !== undefined ? failureOf(failed) : null,
  }
}

/** An invoice somebody tried to pay has failed, for now: Razorpay tries again for three days. */
function statusOf({ status }: Invoice, failed: Payment | undefined): SubscriptionCharge['status'] {
  const told = lookUp(INVOICE_STATUS, status) ?? 'unrecognised'
  return told === 'pending' && failed !== undefined ? 'failed' : told
}

function msOf(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000
}

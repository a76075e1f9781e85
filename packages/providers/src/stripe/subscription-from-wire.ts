import {
  PLAN_INTERVALS,
  type PlanInterval,
  type ProviderSubscriptionStatus,
  type SubscriptionChargeStatus,
} from '@onerouter/core'
import type {
  PlanSnapshot,
  SubscriptionCharge,
  SubscriptionHandle,
  SubscriptionSnapshot,
} from '../subscriptions.ts'
import { CANCELED_BY_US, failureIn, feeOf, lookup, refundedIn } from './from-wire.ts'
import { fromWireAmount } from './money.ts'
import { endOfPeriods } from './period.ts'
import type {
  WireInvoice,
  WirePrice,
  WireSubscription,
  WireSubscriptionSession,
} from './subscription-wire.ts'
import type { WirePaymentIntent } from './wire.ts'

/** Stripe documentation, "How subscriptions work": statuses. `unpaid` still makes invoices, unpaid ones. */
const SUBSCRIPTION_STATUS = {
  incomplete: 'pending_approval',
  incomplete_expired: 'expired',
  trialing: 'trialing',
  active: 'active',
  past_due: 'past_due',
  unpaid: 'past_due',
  paused: 'paused',
  canceled: 'canceled',
} as const satisfies Record<string, ProviderSubscriptionStatus>

const INVOICE_STATUS = {
  draft: 'pending',
  open: 'pending',
  paid: 'succeeded',
  void: 'failed',
  uncollectible: 'failed',
} as const satisfies Record<string, SubscriptionChargeStatus>

export function planSnapshot(price: WirePrice): PlanSnapshot | undefined {
  const amount = fromWireAmount(price.amount, price.currency)
  const interval = intervalOf(price.interval)
  if (amount === undefined || interval === undefined || price.intervalCount === null) return undefined
  const refs: Record<string, string> = price.product === null ? {} : { product: price.product }
  const { id: planRef, intervalCount, reference } = price
  return { planRef, refs, amount, interval, intervalCount, reference }
}

export function subscriptionStatus(subscription: WireSubscription): ProviderSubscriptionStatus {
  const status = lookup(SUBSCRIPTION_STATUS, subscription.status)
  if (status === 'canceled') return isCompleted(subscription) ? 'completed' : 'canceled'
  // Payments held back by the merchant's own hand (`pause_collection`) leave Stripe's word at `active`.
  const alive = status === 'active' || status === 'trialing' || status === 'past_due'
  return alive && subscription.isPausedCollection ? 'paused' : status
}

/** It ran its charges to the end, and was not cut short. */
function isCompleted({ totalCount, cancelAt, endedAt }: WireSubscription): boolean {
  return totalCount !== null && cancelAt !== null && endedAt !== null && endedAt >= cancelAt
}

/** When a subscription with a number of charges must end; `null` where it already knows or has none. */
export function endToSet(subscription: WireSubscription): number | null {
  const { totalCount, billingCycleAnchor: anchor, item, cancelAt } = subscription
  const interval = intervalOf(item?.price.interval ?? null)
  const count = item?.price.intervalCount ?? null
  if (totalCount === null || cancelAt !== null || subscription.cancelAtPeriodEnd) return null
  if (!['trialing', 'active', 'past_due'].includes(subscription.status ?? '')) return null
  if (anchor === null || interval === undefined || count === null) return null
  return endOfPeriods(anchor, { interval, count }, totalCount)
}

/** `undefined` when the subscription has no price we can read. */
export function subscriptionSnapshot(
  subscription: WireSubscription,
  known: Pick<SubscriptionHandle, 'orderRef' | 'refs'>,
): SubscriptionSnapshot | undefined {
  const { item } = subscription
  if (item === null) return undefined
  const status = subscriptionStatus(subscription)
  const endsWithPeriod = isEndingWithPeriod(subscription)
  const isCharging = status === 'active' || status === 'trialing' || status === 'past_due'
  const isLast = subscription.cancelAt !== null && subscription.cancelAt <= (item.periodEnd ?? 0)
  return {
    orderRef: known.orderRef,
    subscriptionRef: subscription.id,
    refs: { ...known.refs, item: item.id },
    status,
    providerStatus: [subscription.status, subscription.isPausedCollection ? 'collection paused' : null]
      .filter((word) => word !== null)
      .join(', '),
    reference: subscription.reference,
    planRef: item.price.id,
    quantity: item.quantity,
    approvalUrl: null,
    currentPeriodStartMs: msOf(item.periodStart),
    currentPeriodEndMs: msOf(item.periodEnd),
    trialEndMs: msOf(subscription.trialEnd),
    nextChargeAtMs: isCharging && !endsWithPeriod && !isLast ? msOf(item.periodEnd) : null,
    cancelAtPeriodEnd: endsWithPeriod,
    endedAtMs: msOf(subscription.endedAt),
    paidCount: null,
    failedCount: null,
    customerRef: subscription.customer,
  }
}

/** A date set in the Dashboard that falls into the running period says the same as the flag. */
function isEndingWithPeriod(subscription: WireSubscription): boolean {
  const { cancelAt, item, totalCount, status, cancelAtPeriodEnd } = subscription
  if (status === 'canceled' || status === 'incomplete_expired') return false
  if (cancelAtPeriodEnd) return true
  return totalCount === null && cancelAt !== null && cancelAt <= (item?.periodEnd ?? 0)
}

/** The session decides until it has made the subscription. */
export function subscriptionSessionSnapshot(
  session: WireSubscriptionSession,
  refs: SubscriptionHandle['refs'],
): SubscriptionSnapshot | undefined {
  const known = { orderRef: session.id, refs }
  if (session.subscription !== null) {
    const snapshot = subscriptionSnapshot(session.subscription, known)
    return snapshot && { ...snapshot, reference: snapshot.reference ?? session.reference }
  }
  // A subscription that is named but not told is no answer to what became of it.
  if (session.subscriptionId !== null || session.priceId === null) return undefined
  const status = sessionStatus(session, refs)
  return {
    orderRef: session.id,
    subscriptionRef: null,
    refs,
    status,
    providerStatus: session.status ?? '',
    reference: session.reference,
    planRef: session.priceId,
    quantity: session.quantity ?? 1,
    approvalUrl: status === 'pending_approval' ? session.url : null,
    ...NOTHING_RUNS,
  }
}

const NOTHING_RUNS = {
  currentPeriodStartMs: null,
  currentPeriodEndMs: null,
  trialEndMs: null,
  nextChargeAtMs: null,
  cancelAtPeriodEnd: false,
  endedAtMs: null,
  paidCount: null,
  failedCount: null,
  customerRef: null,
} as const satisfies Partial<SubscriptionSnapshot>

function sessionStatus(
  { status }: WireSubscriptionSession,
  refs: SubscriptionHandle['refs'],
): ProviderSubscriptionStatus {
  if (status === 'open') return 'pending_approval'
  if (status !== 'expired') return 'unrecognised'
  return refs.session_end === CANCELED_BY_US.session_end ? 'canceled' : 'expired'
}

/** `undefined` when the invoice states no amount we can trust. */
export function chargeOf(
  invoice: WireInvoice,
  intent: WirePaymentIntent | null,
): SubscriptionCharge | undefined {
  const amount = fromWireAmount(invoice.due, invoice.currency)
  const refunded = refundedIn(intent?.charge ?? null, invoice.currency)
  if (amount === undefined || refunded === undefined) return undefined
  const status = invoiceStatus(invoice)
  const transaction = intent?.charge?.balanceTransaction ?? null
  return {
    chargeRef: invoice.id,
    paymentRef: status === 'succeeded' ? (intent?.id ?? null) : null,
    status,
    providerStatus: [invoice.status, intent?.status].filter((word) => word != null).join('/'),
    amount,
    refunded,
    fee: transaction === null ? null : feeOf(transaction),
    periodStartMs: msOf(invoice.period?.start ?? null),
    periodEndMs: msOf(invoice.period?.end ?? null),
    chargedAtMs: (invoice.paidAt ?? invoice.created) * 1000,
    failure: status === 'failed' ? failureIn(intent) : null,
  }
}

/** An open invoice that was tried has failed, for now: Stripe tries again, and a later try may pay it. */
function invoiceStatus({ status, attempted }: WireInvoice): SubscriptionCharge['status'] {
  return status === 'open' && attempted ? 'failed' : lookup(INVOICE_STATUS, status)
}

function intervalOf(word: string | null): PlanInterval | undefined {
  return PLAN_INTERVALS.find((interval) => interval === word)
}

function msOf(seconds: number | null): number | null {
  return seconds === null ? null : seconds * 1000
}

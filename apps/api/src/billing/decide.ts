import {
  type EventType,
  isSubscriptionFinal,
  type SubscriptionStatus,
  stepSubscription,
  type Uuid,
} from '@onerouter/core'
import type { SubscriptionSnapshot } from '@onerouter/providers'
import type { StoredFailure } from '../store/rows.ts'
import { type Booked, totalsOf } from './charges.ts'
import type { SubscriptionChargeRow, SubscriptionOperationRow, SubscriptionRow } from './rows.ts'

/** A subscription's next version and what it is to be told of. Pure. */
export interface Decision {
  readonly subscription: SubscriptionRow
  readonly events: readonly NewEvent[]
  /** False: nothing but the schedule. */
  readonly changed: boolean
}

export interface NewEvent {
  readonly type: EventType
  /** The charge it tells of; `null` = none in particular. */
  readonly chargeId: Uuid | null
}

/** Why evidence is believed of nothing: a person must look. `null` = it is about this very subscription. */
export function contradictionOf(row: SubscriptionRow, snapshot: SubscriptionSnapshot): string | null {
  if (snapshot.reference !== null && snapshot.reference !== row.reference) {
    return 'the provider answered for another reference'
  }
  const named = row.provider_subscription_id
  if (named !== null && snapshot.subscriptionRef !== null && snapshot.subscriptionRef !== named) {
    return 'the provider answered for another subscription'
  }
  return null
}

/** What a change of the subscription itself brings along. */
export interface Also {
  /** The call this is the outcome of. */
  readonly operation?: SubscriptionOperationRow
  /** What the provider calls the plan that was asked for, or that the payer still has to agree to. */
  readonly newPlanRef?: string | null
  readonly booked?: Booked
}

/** Where the provider's word takes a subscription. */
export function decideSnapshot(
  before: SubscriptionRow,
  snapshot: SubscriptionSnapshot,
  also: Also,
  at: Date,
): Decision {
  const totals = also.booked === undefined ? null : totalsOf(also.booked.all)
  const paidCount = Math.max(before.paid_count, snapshot.paidCount ?? totals?.paidPeriods ?? 0)
  const status = statusOf(before, snapshot, paidCount, also.operation)
  const ended = isSubscriptionFinal(status)
  const endedAt = before.ended_at ?? (snapshot.endedAtMs === null ? at : new Date(snapshot.endedAtMs))
  const next: SubscriptionRow = {
    ...before,
    ...planOf(before, snapshot, also),
    ...cancellationOf(before, snapshot, also.operation),
    status,
    provider_order_id: snapshot.orderRef ?? before.provider_order_id,
    provider_subscription_id: snapshot.subscriptionRef ?? before.provider_subscription_id,
    provider_refs: { ...before.provider_refs, ...snapshot.refs },
    provider_status: snapshot.providerStatus,
    provider_customer_id: snapshot.customerRef ?? before.provider_customer_id,
    approval_url: ended ? null : (snapshot.approvalUrl ?? before.approval_url),
    current_period_start: dateOf(snapshot.currentPeriodStartMs) ?? before.current_period_start,
    current_period_end: dateOf(snapshot.currentPeriodEndMs) ?? before.current_period_end,
    trial_end: dateOf(snapshot.trialEndMs) ?? before.trial_end,
    next_charge_at: ended ? null : dateOf(snapshot.nextChargeAtMs),
    ended_at: ended ? endedAt : null,
    paid_count: paidCount,
    failed_count: snapshot.failedCount ?? totals?.failedTries ?? before.failed_count,
    ...(totals !== null && {
      charged: totals.charged,
      refunded: totals.refunded,
      latest_charge_id: totals.latestId,
    }),
  }
  return decisionOf(before, next, also.booked?.paid ?? [], at)
}

/** The subscription was never made, and why. */
export function decideUnmade(before: SubscriptionRow, failure: StoredFailure | null, at: Date): Decision {
  return decisionOf(before, { ...before, status: 'canceled', ended_at: at, failure }, [], at)
}

/** A call that came to nothing leaves the subscription as it is. */
export function decideUnchanged(before: SubscriptionRow, at: Date): Decision {
  return { ...decisionOf(before, before, [], at), changed: true }
}

function statusOf(
  before: SubscriptionRow,
  snapshot: SubscriptionSnapshot,
  paidCount: number,
  operation: SubscriptionOperationRow | undefined,
): SubscriptionStatus {
  if (snapshot.status === 'unrecognised') return before.status
  let to: SubscriptionStatus = snapshot.status
  const complete = before.total_count !== null && paidCount >= before.total_count
  if (to === 'canceled' && complete && operation === undefined) to = 'completed'
  // What ends because we ended it was canceled, however the provider words it.
  if (to === 'expired' && operation?.kind === 'cancel') to = 'canceled'
  return stepSubscription(before.status, to).kind === 'moved' ? to : before.status
}

/** A change of plan holds once the provider says so; until then it waits for the payer. */
function planOf(before: SubscriptionRow, snapshot: SubscriptionSnapshot, { operation, newPlanRef }: Also) {
  const asked = operation?.kind === 'change_plan' ? operation.request : null
  const planId = asked?.plan_id ?? before.pending_plan_id
  const quantity = asked?.quantity ?? before.pending_quantity ?? before.quantity
  if (planId === null || newPlanRef === undefined || newPlanRef === null) {
    return { quantity: snapshot.quantity }
  }
  const holds = snapshot.planRef === newPlanRef && snapshot.quantity === quantity
  return holds
    ? { plan_id: planId, quantity, pending_plan_id: null, pending_quantity: null }
    : { quantity: snapshot.quantity, pending_plan_id: planId, pending_quantity: quantity }
}

function cancellationOf(
  before: SubscriptionRow,
  snapshot: SubscriptionSnapshot,
  operation: SubscriptionOperationRow | undefined,
) {
  const asked = operation?.kind === 'cancel' && operation.request.when === 'period_end'
  const cancelAsked = before.cancel_asked || (asked && !snapshot.cancelAtPeriodEnd)
  return {
    cancel_asked: cancelAsked,
    cancel_at_period_end: snapshot.cancelAtPeriodEnd || cancelAsked || before.cancel_scheduled_at !== null,
  }
}

const dateOf = (ms: number | null): Date | null => (ms === null ? null : new Date(ms))

const OPEN: readonly SubscriptionStatus[] = ['created', 'pending_approval']

const ENTERED = {
  created: null,
  pending_approval: null,
  trialing: null,
  active: null,
  past_due: 'subscription.past_due',
  paused: 'subscription.paused',
  canceled: 'subscription.canceled',
  // It ended and nobody agreed to it: its status says which way.
  expired: 'subscription.canceled',
  completed: 'subscription.completed',
} as const satisfies Record<SubscriptionStatus, EventType | null>

function eventsOf(
  before: SubscriptionRow,
  after: SubscriptionRow,
  paid: readonly SubscriptionChargeRow[],
): NewEvent[] {
  const events: NewEvent[] = []
  const tell = (type: EventType, chargeId: Uuid | null = null) => events.push({ type, chargeId })
  const ended = isSubscriptionFinal(after.status)
  const began = OPEN.includes(before.status) && !OPEN.includes(after.status)
  // One that ran its whole course before we looked was alive all the same.
  if (began && (!ended || paid.length > 0)) tell('subscription.activated', paid[0]?.id ?? null)
  if (
    before.plan_id !== after.plan_id ||
    (before.pending_quantity !== null && after.pending_quantity === null)
  ) {
    tell('subscription.plan_changed')
  }
  if (before.status === 'paused' && after.status !== 'paused' && !ended) tell('subscription.resumed')
  // The first charge is part of the beginning, unless a trial or a later start lay between.
  const first = before.charged === 0n && before.trial_days === 0 && before.start_at === null
  const renewals = first ? paid.slice(1) : paid
  for (const charge of renewals) tell('subscription.renewed', charge.id)
  const entered = before.status === after.status ? null : ENTERED[after.status]
  if (entered !== null) tell(entered)
  return events
}

/** Grows by itself with every write, and is no reason for one. */
const BOOKKEEPING = ['version', 'sequence', 'tries', 'due_at', 'updated_at'] as const

function decisionOf(
  before: SubscriptionRow,
  next: SubscriptionRow,
  paid: readonly SubscriptionChargeRow[],
  at: Date,
): Decision {
  const events = eventsOf(before, next, paid)
  const changed = facts(before) !== facts(next)
  return {
    subscription: {
      ...next,
      version: before.version + 1,
      sequence: before.sequence + events.length,
      tries: changed ? 0 : before.tries,
      updated_at: changed ? at : before.updated_at,
    },
    events,
    changed,
  }
}

function facts(row: SubscriptionRow): string {
  const own = Object.entries(row).filter(([name]) => !(BOOKKEEPING as readonly string[]).includes(name))
  return JSON.stringify(own, (_, value: unknown) => (typeof value === 'bigint' ? value.toString() : value))
}

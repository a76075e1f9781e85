import { nextBoundary } from '../../kernel/calendar.ts'
import { isRecord } from '../../kernel/http.ts'
import { refuse } from '../errors.ts'
import { type Fields, integer, notes, only, optionalFlag, required } from '../fields.ts'
import type { Razorpay } from '../state.ts'
import { finish, schedule, tell } from './cycle.ts'
import { everyOf, planOf, remainingOf, subscriptionEntity } from './entities.ts'
import { itemOf } from './plans.ts'
import type { Item, PlanRow, SubscriptionRow } from './rows.ts'

const KNOWN = [
  'plan_id',
  'total_count',
  'end_at',
  'quantity',
  'start_at',
  'expire_by',
  'customer_notify',
  'addons',
  'offer_id',
  'notes',
  'customer_id',
  'notify_info',
]
/** A subscription lives a hundred years at most. */
const MAX_CYCLES = 5_300

export function createSubscription(rzp: Razorpay, account: string, fields: Fields): object {
  only(fields, KNOWN)
  const plan = planFor(rzp, account, fields)
  const now = rzp.seconds()
  const startAt = moment(fields, 'start_at')
  if (startAt !== null && startAt < now) {
    refuse('start_at cannot be lesser than the current time.', { field: 'start_at' })
  }
  const expireBy = moment(fields, 'expire_by')
  if (expireBy !== null && expireBy < now) {
    refuse('Link expire by cannot be lesser than the current time.', { field: 'expire_by' })
  }
  if (fields['offer_id'] !== undefined) refuse('Offer Not Found', { field: 'offer_id' })
  const subscription: SubscriptionRow = {
    id: rzp.id('sub'),
    account,
    planId: plan.id,
    quantity: quantityOf(fields, 1),
    totalCount: totalOf(fields, plan, startAt ?? now),
    paidCount: 0,
    begun: 0,
    status: 'created',
    customerId: null,
    tokenId: null,
    mandate: null,
    startAt,
    currentStart: null,
    currentEnd: null,
    chargeAt: startAt,
    endedAt: null,
    expireBy,
    attempts: 0,
    notify: optionalFlag(fields, 'customer_notify', true),
    addons: addonsOf(rzp, fields['addons'], plan),
    notes: notes(fields['notes']),
    scheduled: null,
    cancelAtEnd: false,
    pausedAt: null,
    authOrderId: null,
    openInvoiceId: null,
    createdAt: now,
    dueAt: null,
  }
  rzp.state.subscriptions.set(subscription.id, subscription)
  // Nobody authorised it in time: by `expire_by`, or by the day it should have started.
  const ends = [expireBy, startAt].filter((end) => end !== null)
  if (ends.length > 0) schedule(rzp, subscription, Math.min(...ends))
  return subscriptionEntity(rzp, subscription)
}

/** Unix seconds of this century and a half, the range of Razorpay's own filters. */
export function moment(fields: Fields, name: string): number | null {
  if (fields[name] === undefined) return null
  const at = integer(fields[name], name)
  if (at >= 946_684_800 && at <= 4_765_046_400) return at
  return refuse(`${name} must be between 946684800 and 4765046400`, { field: name })
}

function planFor(rzp: Razorpay, account: string, fields: Fields): PlanRow {
  required(fields, 'plan_id')
  const plan = rzp.state.plans.get(String(fields['plan_id']))
  if (plan?.account === account) return plan
  return refuse('The id provided does not exist', { field: 'plan_id' })
}

function quantityOf(fields: Fields, fallback: number): number {
  if (fields['quantity'] === undefined) return fallback
  const quantity = integer(fields['quantity'], 'quantity')
  return quantity >= 1 ? quantity : refuse('The quantity must be at least 1.', { field: 'quantity' })
}

/** Exactly one of a count and an end: there is no subscription without an end. */
function totalOf(fields: Fields, plan: PlanRow, start: number): number {
  const { total_count: count, end_at: end } = fields
  if (count !== undefined && end !== undefined) {
    refuse('Please provide either an end date or a total count, but not both.')
  }
  if (count === undefined && end === undefined) {
    refuse('The total count field is required when end at is not present.', { field: 'total_count' })
  }
  if (count !== undefined) {
    const total = integer(count, 'total count')
    if (total < 1) refuse('The total count must be at least 1.', { field: 'total_count' })
    if (total > MAX_CYCLES) refuse('Exceeds the maximum total count allowed.', { field: 'total_count' })
    return total
  }
  const last = moment(fields, 'end_at') ?? start
  let cycles = 0
  for (let at = start; at < last && cycles < MAX_CYCLES; cycles += 1) {
    at = nextBoundary(start * 1_000, everyOf(plan), at * 1_000) / 1_000
  }
  return cycles > 0 ? cycles : refuse('The total count must be at least 1.', { field: 'end_at' })
}

function addonsOf(rzp: Razorpay, value: unknown, plan: PlanRow): Item[] {
  if (value === undefined) return []
  if (!Array.isArray(value)) return refuse('The addons must be an array.', { field: 'addons' })
  return value.map((addon: unknown) => {
    const item: unknown = isRecord(addon) ? addon['item'] : undefined
    if (!isRecord(item)) return refuse('The item field is required.', { field: 'addons' })
    const read = itemOf(rzp, item)
    if (read.currency === plan.item.currency) return read
    return refuse('The currency of the addon must be the same as of the plan.', { field: 'addons' })
  })
}

const CANCELLABLE = ['created', 'authenticated', 'active', 'pending', 'halted', 'paused']

/** At the end of the cycle nothing tells that it was asked, not even the entity (razorpay-node issue 337). */
export function cancelSubscription(rzp: Razorpay, subscription: SubscriptionRow, fields: Fields): object {
  only(fields, ['cancel_at_cycle_end'])
  const { status } = subscription
  const atEnd = cycleEndFlag(fields)
  if (!CANCELLABLE.includes(status)) refuse(`Subscription is not cancellable in ${status} status.`)
  if (!atEnd) {
    finish(rzp, subscription, 'cancelled')
    return subscriptionEntity(rzp, subscription)
  }
  if (status !== 'active') refuse('Subscription cannot be cancelled since no billing cycle is going on.')
  if (remainingOf(subscription) === 0) {
    refuse('The subscription is in its final cycle and cannot be cancelled now.')
  }
  subscription.cancelAtEnd = true
  return subscriptionEntity(rzp, subscription)
}

function cycleEndFlag(fields: Fields): boolean {
  const value = fields['cancel_at_cycle_end']
  if (value === undefined) return false
  if ([true, 1, '1', 'true'].some((yes) => yes === value)) return true
  if ([false, 0, '0', 'false'].some((no) => no === value)) return false
  return refuse('The cancel at cycle end field must be true or false.')
}

export function pauseSubscription(rzp: Razorpay, subscription: SubscriptionRow, fields: Fields): object {
  only(fields, ['pause_at'])
  if ((fields['pause_at'] ?? 'now') !== 'now')
    refuse('The selected pause at is invalid.', { field: 'pause_at' })
  const { status } = subscription
  if (status !== 'active') refuse(`subscription can't be paused as subscription is in ${status} state.`)
  subscription.status = 'paused'
  subscription.pausedAt = rzp.seconds()
  subscription.chargeAt = null
  schedule(rzp, subscription, null)
  tell(rzp, subscription, 'paused')
  return subscriptionEntity(rzp, subscription)
}

/** Cycles that would have begun during the pause are not made up for: the next one is on the old grid. */
export function resumeSubscription(rzp: Razorpay, subscription: SubscriptionRow, fields: Fields): object {
  only(fields, ['resume_at'])
  if ((fields['resume_at'] ?? 'now') !== 'now')
    refuse('The selected resume at is invalid.', { field: 'resume_at' })
  const { status, startAt, currentEnd } = subscription
  if (status !== 'paused') refuse(`subscription can't be resumed as subscription is in ${status} state.`)
  const now = rzp.seconds()
  const every = everyOf(planOf(rzp, subscription))
  const running = currentEnd !== null && currentEnd > now
  const next = running ? currentEnd : nextBoundary((startAt ?? now) * 1_000, every, now * 1_000) / 1_000
  subscription.status = 'active'
  subscription.pausedAt = null
  subscription.chargeAt = next
  schedule(rzp, subscription, next)
  tell(rzp, subscription, 'resumed')
  return subscriptionEntity(rzp, subscription)
}

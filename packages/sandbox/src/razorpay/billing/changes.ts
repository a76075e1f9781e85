import { nextBoundary } from '../../kernel/calendar.ts'
import { refuse } from '../errors.ts'
import { type Fields, integer, only } from '../fields.ts'
import { authorize, startPayment } from '../payments.ts'
import { createRefund } from '../refunds.ts'
import type { Razorpay } from '../state.ts'
import { addInvoice, schedule, tell } from './cycle.ts'
import { everyOf, planOf, remainingOf, subscriptionEntity } from './entities.ts'
import type { Changes, SubscriptionRow } from './rows.ts'
import { moment } from './subscriptions.ts'

const KNOWN = [
  'plan_id',
  'offer_id',
  'quantity',
  'remaining_count',
  'start_at',
  'schedule_change_at',
  'customer_notify',
]

/** `PATCH /v1/subscriptions/{id}`: now, with the difference charged or given back, or at the cycle's end. */
export function updateSubscription(rzp: Razorpay, subscription: SubscriptionRow, fields: Fields): object {
  only(fields, KNOWN)
  if (Object.keys(fields).length === 0) refuse("Parameters to update can't be empty.")
  const { status, mandate } = subscription
  if (status !== 'authenticated' && status !== 'active') {
    refuse("Can't update Subscription when Subscription is not in Authenticated or Active state")
  }
  if (mandate?.instrument.method === 'upi') refuse('Subscriptions cannot be updated when payment mode is UPI')
  if (fields['offer_id'] !== undefined) refuse('Offer Not Found', { field: 'offer_id' })
  const changes = changesOf(rzp, subscription, fields)
  const when = fields['schedule_change_at'] ?? 'now'
  if (when !== 'now' && when !== 'cycle_end') {
    return refuse('The selected schedule change at is invalid.', { field: 'schedule_change_at' })
  }
  if (when === 'cycle_end' && status === 'active') {
    subscription.scheduled = changes
    return subscriptionEntity(rzp, subscription)
  }
  moveStart(rzp, subscription, fields)
  changeNow(rzp, subscription, changes)
  tell(rzp, subscription, 'updated')
  return subscriptionEntity(rzp, subscription)
}

function changesOf(rzp: Razorpay, subscription: SubscriptionRow, fields: Fields): Changes {
  const planId = fields['plan_id'] === undefined ? subscription.planId : String(fields['plan_id'])
  const plan = rzp.state.plans.get(planId)
  if (plan?.account !== subscription.account) {
    return refuse('The id provided does not exist', { field: 'plan_id' })
  }
  if (plan.item.currency !== planOf(rzp, subscription).item.currency) {
    refuse('The currency of the new plan must be the same.', { field: 'plan_id' })
  }
  const quantity =
    fields['quantity'] === undefined ? subscription.quantity : integer(fields['quantity'], 'quantity')
  if (quantity < 1) refuse('The quantity must be at least 1.', { field: 'quantity' })
  const left =
    fields['remaining_count'] === undefined
      ? remainingOf(subscription)
      : integer(fields['remaining_count'], 'remaining count')
  if (fields['remaining_count'] !== undefined && left < 1) {
    refuse('The remaining count must be at least 1.', { field: 'remaining_count' })
  }
  return { planId, quantity, totalCount: subscription.begun + left }
}

/** The first charge of an authenticated subscription can be moved. */
function moveStart(rzp: Razorpay, subscription: SubscriptionRow, fields: Fields): void {
  if (fields['start_at'] === undefined) return
  const startAt = moment(fields, 'start_at') ?? rzp.seconds()
  if (startAt < rzp.seconds())
    refuse('start_at cannot be lesser than the current time.', { field: 'start_at' })
  if (subscription.status !== 'authenticated')
    refuse('start_at cannot be changed once the subscription started.')
  subscription.startAt = startAt
  subscription.chargeAt = startAt
  schedule(rzp, subscription, startAt)
}

/** The unused part of the old price against the same part of the new one, or a whole new cycle. */
function changeNow(rzp: Razorpay, subscription: SubscriptionRow, changes: Changes): void {
  const now = rzp.seconds()
  const before = planOf(rzp, subscription)
  const old = BigInt(before.item.amount * subscription.quantity)
  const { currentStart, currentEnd, status } = subscription
  Object.assign(subscription, changes)
  subscription.scheduled = null
  const plan = planOf(rzp, subscription)
  if (status !== 'active' || currentStart === null || currentEnd === null) return
  const whole = BigInt(currentEnd - currentStart)
  const left = BigInt(Math.max(0, currentEnd - now))
  const share = (amount: bigint) => (2n * amount * left + whole) / (2n * whole)
  const fresh = BigInt(plan.item.amount * subscription.quantity)
  const sameCycle = JSON.stringify(everyOf(before)) === JSON.stringify(everyOf(plan))
  if (!sameCycle) {
    subscription.startAt = now
    subscription.currentStart = now
    subscription.currentEnd = nextBoundary(now * 1_000, everyOf(plan), now * 1_000) / 1_000
    subscription.chargeAt = subscription.currentEnd
    schedule(rzp, subscription, subscription.currentEnd)
  }
  const difference = Number((sameCycle ? share(fresh) : fresh) - share(old)) // both are wire amounts
  if (difference > 0) charge(rzp, subscription, difference)
  else if (difference < 0) giveBack(rzp, subscription, -difference)
}

function charge(rzp: Razorpay, subscription: SubscriptionRow, amount: number): void {
  const { mandate } = subscription
  if (mandate === null) return
  const { name, description } = planOf(rzp, subscription).item
  const invoice = addInvoice(rzp, subscription, {
    lines: [{ name, description, amount, quantity: 1, type: 'plan' }],
    kind: 'change',
    start: rzp.seconds(),
    end: subscription.currentEnd ?? rzp.seconds(),
  })
  const order = rzp.state.orders.get(invoice.orderId)
  if (order === undefined) return
  const { instrument, email, contact } = mandate
  const payer = { instrument, email, contact, description: 'Recurring Payment via Subscription', notes: {} }
  authorize(rzp, startPayment(rzp, order, payer))
}

/** Refunds are taken from the subscription's newest payments first. */
function giveBack(rzp: Razorpay, subscription: SubscriptionRow, amount: number): void {
  const invoices = [...rzp.state.invoices.values()].filter((row) => row.subscriptionId === subscription.id)
  let left = amount
  for (const { paymentId } of invoices.reverse()) {
    const payment = rzp.state.payments.get(paymentId ?? '')
    const part = Math.min(left, payment === undefined ? 0 : payment.amount - payment.amountRefunded)
    if (payment === undefined || part <= 0) continue
    createRefund(rzp, payment, { fields: { amount: part }, key: null })
    left -= part
    if (left === 0) return
  }
}

export function scheduledChanges(rzp: Razorpay, subscription: SubscriptionRow): object {
  if (subscription.scheduled === null) return refuse('No Pending update for this subscription.')
  return {
    ...subscriptionEntity(rzp, { ...subscription, ...subscription.scheduled }),
    has_scheduled_changes: true,
  }
}

export function cancelScheduledChanges(rzp: Razorpay, subscription: SubscriptionRow): object {
  if (subscription.scheduled === null) refuse('No Pending update for this subscription.')
  subscription.scheduled = null
  return subscriptionEntity(rzp, subscription)
}

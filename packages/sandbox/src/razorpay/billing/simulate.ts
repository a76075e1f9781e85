import type {
  SimulationResult,
  SubscriptionCharge,
  SubscriptionEntry,
  SubscriptionSimulation,
} from '../../kernel/types.ts'
import { authorize, startPayment } from '../payments.ts'
import type { Notes, OrderRow, PaymentRow, Razorpay } from '../state.ts'
import { collect, due, finish, goodInstrument, schedule, type Verdict } from './cycle.ts'
import { orderForPayer } from './mandate.ts'
import type { SubscriptionRow } from './rows.ts'

const PAYER = { email: 'asha@example.com', contact: '+919000090000', description: null, notes: {} }
const ENDED = ['cancelled', 'completed', 'expired']

/** The payer opens `short_url` and authorises, or pays what is open. */
function approve(rzp: Razorpay, subscription: SubscriptionRow): string | null {
  const order = orderForPayer(rzp, subscription)
  if (order === undefined || order.status === 'paid' || subscription.status === 'authenticated') {
    return `the subscription is ${subscription.status}`
  }
  authorize(rzp, startPayment(rzp, order, { ...PAYER, instrument: goodInstrument(rzp) }))
  return null
}

/** The next charge or retry happens now; the running cycle ends at this moment. */
function bill(rzp: Razorpay, subscription: SubscriptionRow, verdict: Verdict): string | null {
  const { status } = subscription
  if (ENDED.includes(status) || status === 'created' || status === 'paused')
    return `the subscription is ${status}`
  if (subscription.openInvoiceId !== null && status !== 'active') {
    collect(rzp, subscription, verdict)
    return null
  }
  const now = rzp.seconds()
  subscription.startAt = now
  if (status === 'active') subscription.currentEnd = now
  schedule(rzp, subscription, now)
  due(rzp, subscription, now, verdict)
  return null
}

const ACTIONS = {
  approve,
  renew: (rzp, subscription) => bill(rzp, subscription, 'succeeds'),
  fail_renewal: (rzp, subscription) => bill(rzp, subscription, 'fails'),
  cancel: (rzp, subscription) => {
    if (ENDED.includes(subscription.status)) return `the subscription is ${subscription.status}`
    finish(rzp, subscription, 'cancelled')
    return null
  },
  update_card: (rzp, subscription) => {
    if (subscription.mandate === null) return 'the subscription has not been authorised'
    const instrument = goodInstrument(rzp)
    subscription.mandate = { ...subscription.mandate, instrument, fails: null }
    return null
  },
} satisfies Record<SubscriptionSimulation, (rzp: Razorpay, subscription: SubscriptionRow) => string | null>

export function simulateSubscription(
  rzp: Razorpay,
  account: string,
  ref: string,
  action: SubscriptionSimulation,
): SimulationResult {
  const subscription = rzp.state.subscriptions.get(ref)
  if (subscription?.account !== account) return { ok: false, reason: `no such subscription: ${ref}` }
  const reason = ACTIONS[action](rzp, subscription)
  return reason === null ? { ok: true, status: subscription.status } : { ok: false, reason }
}

/** The caller's correlation id: the first note whose name starts with `onerouter_`. */
function referenceOf(notes: Notes): string | null {
  const found = Object.entries(notes).find(([name]) => name.startsWith('onerouter_'))
  return found === undefined ? null : String(found[1])
}

const iso = (seconds: number) => new Date(seconds * 1_000).toISOString()

export function subscriptionsOf(rzp: Razorpay, account: string): SubscriptionEntry[] {
  const own = [...rzp.state.subscriptions.values()].filter((row) => row.account === account)
  return own.map((row) => ({
    accountId: account,
    subscriptionRef: row.id,
    reference: referenceOf(row.notes),
    planRef: row.planId,
    quantity: row.quantity,
    status: row.status,
    nextAt: row.dueAt === null ? null : iso(row.dueAt),
  }))
}

/** Collections made or refused; a token that went back at once is not one. */
export function chargesOf(rzp: Razorpay, account: string): SubscriptionCharge[] {
  return [...rzp.state.payments.values()].flatMap((payment) => {
    const order = rzp.state.orders.get(payment.orderId)
    const subscription = rzp.state.subscriptions.get(order?.subscriptionId ?? '')
    const counts = payment.captured || payment.status === 'failed'
    if (payment.account !== account || order === undefined || subscription === undefined || !counts) return []
    return [entryOf(payment, order, subscription)]
  })
}

const entryOf = (
  payment: PaymentRow,
  order: OrderRow,
  subscription: SubscriptionRow,
): SubscriptionCharge => ({
  accountId: payment.account,
  subscriptionRef: subscription.id,
  reference: referenceOf(subscription.notes),
  invoiceRef: order.invoiceId,
  paymentRef: payment.id,
  currency: payment.currency,
  amount: BigInt(payment.amount),
  refunded: BigInt(payment.amountRefunded),
  status: payment.captured ? 'paid' : 'failed',
  at: iso(payment.createdAt),
})

import { nextBoundary } from '../../kernel/calendar.ts'
import { BASE62 } from '../../kernel/random.ts'
import { orderEntity, paymentEntity } from '../entities.ts'
import { card, INSTRUMENT, MAGIC } from '../magic.ts'
import { authorize, failPayment, lapse, startPayment } from '../payments.ts'
import type { OrderRow, PaymentRow, Razorpay } from '../state.ts'
import { emit } from '../webhooks.ts'
import { everyOf, invoiceEntity, planOf, remainingOf, subscriptionEntity } from './entities.ts'
import { startsLater, subscriptionOrder } from './mandate.ts'
import type { InvoiceLine, InvoiceRow, SubscriptionRow } from './rows.ts'

const DUE = 'razorpay.subscription_due'
const DAY_S = 86_400
/** A failed charge is tried again on T+1, T+2 and T+3 (Razorpay docs, Payment Retries). */
const RETRIES = 3

export type Verdict = 'succeeds' | 'fails'

/** Plans the next thing that happens by itself. */
export function schedule(rzp: Razorpay, subscription: SubscriptionRow, at: number | null): void {
  subscription.dueAt = at
  if (at === null) return
  const data = { subscription: subscription.id, at }
  rzp.world.schedule(at * 1_000, { kind: DUE, data })
}

export function tell(
  rzp: Razorpay,
  subscription: SubscriptionRow,
  event: string,
  payment?: PaymentRow,
): void {
  const entities = { subscription: subscriptionEntity(rzp, subscription) }
  // In subscription events `captured` is the text "1" (Razorpay docs, sample payloads).
  const paid = payment && {
    payment: { ...paymentEntity(rzp, payment), captured: payment.captured ? '1' : '0' },
  }
  emit(rzp, subscription.account, `subscription.${event}`, { ...entities, ...paid })
}

export function finish(
  rzp: Razorpay,
  subscription: SubscriptionRow,
  status: 'cancelled' | 'completed' | 'expired',
  payment?: PaymentRow,
): void {
  subscription.status = status
  subscription.endedAt = rzp.seconds()
  subscription.chargeAt = null
  subscription.scheduled = null
  schedule(rzp, subscription, null)
  if (status !== 'expired') tell(rzp, subscription, status, payment) // no event tells of an expiry
}

export interface NewInvoice {
  readonly lines: readonly InvoiceLine[]
  readonly kind: InvoiceRow['kind']
  readonly start: number
  readonly end: number
  readonly order?: OrderRow
}

export function addInvoice(rzp: Razorpay, subscription: SubscriptionRow, by: NewInvoice): InvoiceRow {
  const amount = by.lines.reduce((sum, line) => sum + line.amount * line.quantity, 0)
  const id = rzp.id('inv')
  const order = by.order ?? subscriptionOrder(rzp, subscription, { amount, invoiceId: id, capture: true })
  order.invoiceId = id
  const invoice: InvoiceRow = {
    id,
    account: subscription.account,
    subscriptionId: subscription.id,
    orderId: order.id,
    amount,
    currency: planOf(rzp, subscription).item.currency,
    status: 'issued',
    paymentId: null,
    lines: by.lines,
    billingStart: by.start,
    billingEnd: by.end,
    kind: by.kind,
    createdAt: rzp.seconds(),
    paidAt: null,
  }
  rzp.state.invoices.set(id, invoice)
  return invoice
}

export function planLine(rzp: Razorpay, subscription: SubscriptionRow): InvoiceLine {
  const { name, description, amount } = planOf(rzp, subscription).item
  return { name, description, amount, quantity: subscription.quantity, type: 'plan' }
}

const addonLines = (subscription: SubscriptionRow): InvoiceLine[] =>
  subscription.addons.map(({ name, description, amount }) => ({
    name,
    description,
    amount,
    quantity: 1,
    type: 'addon',
  }))

/** Rolls to the cycle that starts at `start`. */
function beginCycle(rzp: Razorpay, subscription: SubscriptionRow, start: number): void {
  const anchor = subscription.startAt ?? start
  subscription.startAt = anchor
  subscription.currentStart = start
  subscription.currentEnd =
    nextBoundary(anchor * 1_000, everyOf(planOf(rzp, subscription)), start * 1_000) / 1_000
  subscription.begun += 1
  subscription.attempts = 0
}

/** A new cycle with its invoice, collected at once unless the subscription is halted. */
function bill(rzp: Razorpay, subscription: SubscriptionRow, start: number, verdict?: Verdict): void {
  applyScheduled(subscription)
  beginCycle(rzp, subscription, start)
  const end = subscription.currentEnd ?? start
  const invoice = addInvoice(rzp, subscription, {
    lines: [planLine(rzp, subscription)],
    kind: 'cycle',
    start,
    end,
  })
  subscription.openInvoiceId = invoice.id
  if (subscription.status === 'halted') {
    subscription.chargeAt = end
    schedule(rzp, subscription, end)
    return
  }
  collect(rzp, subscription, verdict)
}

function applyScheduled(subscription: SubscriptionRow): void {
  if (subscription.scheduled === null) return
  Object.assign(subscription, subscription.scheduled)
  subscription.scheduled = null
}

/** One automatic attempt on the open invoice. What follows from success is in `paid`. */
export function collect(rzp: Razorpay, subscription: SubscriptionRow, verdict?: Verdict): void {
  const invoice = rzp.state.invoices.get(subscription.openInvoiceId ?? '')
  const order = rzp.state.orders.get(invoice?.orderId ?? '')
  const { mandate } = subscription
  if (order === undefined || mandate === null) return
  const payment = startPayment(rzp, order, {
    instrument: mandate.instrument,
    email: mandate.email,
    contact: mandate.contact,
    description: 'Recurring Payment via Subscription',
    notes: {},
  })
  const fails = verdict === undefined ? mandate.fails : verdict === 'fails' ? 'payment_failed' : null
  if (fails === null) {
    authorize(rzp, payment)
    return
  }
  failPayment(rzp, payment, fails)
  refused(rzp, subscription)
}

function refused(rzp: Razorpay, subscription: SubscriptionRow): void {
  subscription.attempts += 1
  if (subscription.attempts > RETRIES) {
    subscription.status = 'halted'
    subscription.chargeAt = subscription.currentEnd
    schedule(rzp, subscription, subscription.currentEnd)
    tell(rzp, subscription, 'halted')
    return
  }
  subscription.status = 'pending'
  subscription.chargeAt = rzp.seconds() + DAY_S
  schedule(rzp, subscription, subscription.chargeAt)
  if (subscription.attempts === 1) tell(rzp, subscription, 'pending')
}

/** Every payment of a subscription ends here once it is authorised or captured, whoever made it. */
function settled(rzp: Razorpay, order: OrderRow, payment: PaymentRow): void {
  const subscription = rzp.state.subscriptions.get(order.subscriptionId ?? '')
  if (subscription === undefined) return
  if (subscription.status === 'created') authorised(rzp, subscription, order, payment)
  else if (payment.captured) paid(rzp, subscription, order, payment)
}

/** The mandate stands. An immediate start was paid with it; a later one took a token or the add-ons. */
function authorised(
  rzp: Razorpay,
  subscription: SubscriptionRow,
  order: OrderRow,
  payment: PaymentRow,
): void {
  adoptMandate(rzp, subscription, payment)
  const now = rzp.seconds()
  if (!startsLater(rzp, subscription)) {
    subscription.startAt = now
    beginCycle(rzp, subscription, now)
    const lines = [planLine(rzp, subscription), ...addonLines(subscription)]
    const by = { lines, kind: 'cycle', start: now, end: subscription.currentEnd ?? now, order } as const
    subscription.openInvoiceId = addInvoice(rzp, subscription, by).id
    subscription.status = 'authenticated'
    tell(rzp, subscription, 'authenticated', payment)
    paid(rzp, subscription, order, payment)
    return
  }
  subscription.status = 'authenticated'
  subscription.chargeAt = subscription.startAt
  schedule(rzp, subscription, subscription.startAt)
  tell(rzp, subscription, 'authenticated', payment.captured ? payment : undefined)
  if (!payment.captured) {
    lapse(rzp, payment)
    return
  }
  const invoice = addInvoice(rzp, subscription, {
    lines: addonLines(subscription),
    kind: 'upfront',
    start: now,
    end: now,
    order,
  })
  settleInvoice(rzp, invoice, order, payment)
}

/** Razorpay makes the customer itself when the mandate is set up. */
function adoptMandate(rzp: Razorpay, subscription: SubscriptionRow, payment: PaymentRow): void {
  const { instrument, email, contact } = payment
  subscription.mandate = { instrument, email, contact, fails: renewalFailure(payment) }
  subscription.tokenId = `token_${rzp.world.random.text(BASE62, 14)}`
  const known = [...rzp.state.customers.values()].find(
    (row) => row.account === subscription.account && row.email === email && row.contact === contact,
  )
  const customer = known ?? {
    id: rzp.id('cust'),
    account: subscription.account,
    name: instrument.card?.name ?? null,
    email,
    contact,
    gstin: null,
    notes: {},
    createdAt: rzp.seconds(),
  }
  rzp.state.customers.set(customer.id, customer)
  subscription.customerId = customer.id
}

/** The sandbox's own magic: this UPI id and this card can be authorised, and fail when they are renewed. */
export const FAILS_ON_RENEWAL = { vpa: 'renewalfails@razorpay', last4: '0003' } as const

function renewalFailure({ instrument }: PaymentRow): 'card_declined' | 'insufficient_funds' | null {
  if (instrument.vpa === FAILS_ON_RENEWAL.vpa) return 'insufficient_funds'
  return instrument.card?.last4 === FAILS_ON_RENEWAL.last4 ? 'card_declined' : null
}

function settleInvoice(rzp: Razorpay, invoice: InvoiceRow, order: OrderRow, payment: PaymentRow): void {
  invoice.status = 'paid'
  invoice.paymentId = payment.id
  invoice.paidAt = rzp.seconds()
  emit(rzp, invoice.account, 'invoice.paid', {
    payment: paymentEntity(rzp, payment),
    order: orderEntity(rzp, order),
    invoice: invoiceEntity(rzp, invoice),
  })
}

function paid(rzp: Razorpay, subscription: SubscriptionRow, order: OrderRow, payment: PaymentRow): void {
  const invoice = rzp.state.invoices.get(order.invoiceId ?? '')
  if (invoice === undefined || invoice.status === 'paid') return
  settleInvoice(rzp, invoice, order, payment)
  const byPayer = JSON.stringify(subscription.mandate?.instrument) !== JSON.stringify(payment.instrument)
  if (byPayer) adoptMandate(rzp, subscription, payment)
  if (invoice.id === subscription.openInvoiceId) subscription.openInvoiceId = null
  if (invoice.kind !== 'cycle') return
  subscription.paidCount += 1
  if (subscription.status === 'cancelled' || subscription.status === 'completed') return
  const starts = subscription.status !== 'active'
  subscription.status = 'active'
  subscription.attempts = 0
  const last = remainingOf(subscription) === 0
  subscription.chargeAt = last ? null : subscription.currentEnd
  schedule(rzp, subscription, subscription.currentEnd)
  if (starts) tell(rzp, subscription, 'activated', payment)
  tell(rzp, subscription, 'charged', payment)
  if (last) finish(rzp, subscription, 'completed', payment)
}

/** What the calendar does at `at`; a plan that has changed since is ignored. */
export function due(rzp: Razorpay, subscription: SubscriptionRow, at: number, verdict?: Verdict): void {
  if (subscription.dueAt !== at) return
  const { status } = subscription
  if (status === 'created') finish(rzp, subscription, 'expired')
  else if (status === 'pending') collect(rzp, subscription, verdict)
  else if (status === 'active' && subscription.cancelAtEnd) finish(rzp, subscription, 'cancelled')
  else if (status === 'authenticated' || status === 'active' || status === 'halted') {
    if (remainingOf(subscription) === 0) finish(rzp, subscription, 'completed')
    else bill(rzp, subscription, at, verdict)
  }
}

export function registerSubscriptionTasks(rzp: Razorpay): void {
  rzp.listeners.push((order, payment) => settled(rzp, order, payment))
  rzp.world.onTask(DUE, (data) => {
    const subscription = rzp.state.subscriptions.get(String(data['subscription']))
    if (subscription !== undefined) due(rzp, subscription, Number(data['at']))
  })
}

/** A card that works, for simulations. */
export const goodInstrument = (rzp: Razorpay) => INSTRUMENT.card(card(rzp, MAGIC.card, 'Asha Rao'))

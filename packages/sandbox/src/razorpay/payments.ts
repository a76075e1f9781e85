import { baseAmount, feeOf } from './amounts.ts'
import { orderEntity, paymentEntity } from './entities.ts'
import { refuse } from './errors.ts'
import { linkPaid } from './links.ts'
import { FAILURES, type FailureReason } from './magic.ts'
import { refundLapsed } from './refunds.ts'
import type { Failure, Instrument, Notes, OrderRow, PaymentRow, Razorpay } from './state.ts'
import { emit } from './webhooks.ts'

/** The payments machine: created → authorized → captured → refunded, with failed on the side. */

const MINUTE_MS = 60_000
/** A bank that stays silent this long fails the payment; it may still come back (late authorisation). */
const BANK_TIMEOUT_MINUTES = 10
/** When the slow bank of the pay page answers after all. */
const SLOW_BANK_MINUTES = 30

const LAPSE = 'razorpay.lapse'
const TIME_OUT = 'razorpay.time_out'
const LATE = 'razorpay.late_authorize'

export interface Payer {
  readonly instrument: Instrument
  readonly email: string
  readonly contact: string
  readonly description: string | null
  readonly notes: Notes
}

/** A first try makes the order `attempted`; a paid order takes no further payment. */
export function startPayment(rzp: Razorpay, order: OrderRow, payer: Payer): PaymentRow {
  if (order.status === 'paid') {
    return refuse(
      'Your payment has been declined as the order is already paid. ' +
        'Please initiate the payment with a new order.',
      { reason: 'order_already_paid' },
    )
  }
  const payment: PaymentRow = {
    id: rzp.id('pay'),
    account: order.account,
    orderId: order.id,
    amount: order.amount - order.amountPaid,
    currency: order.currency,
    status: 'created',
    captured: false,
    amountRefunded: 0,
    fee: null,
    tax: null,
    failure: null,
    ...payer,
    reference: rzp.world.random.text('0123456789', 12),
    createdAt: rzp.seconds(),
    refunds: [],
    disputeId: null,
  }
  rzp.state.payments.set(payment.id, payment)
  order.payments.push(payment.id)
  order.attempts += 1
  order.status = 'attempted'
  return payment
}

function orderOf(rzp: Razorpay, payment: PaymentRow): OrderRow {
  const order = rzp.state.orders.get(payment.orderId)
  if (order === undefined) throw new Error(`payment ${payment.id} has lost its order`)
  return order
}

const tell = (rzp: Razorpay, payment: PaymentRow, event: string) =>
  emit(rzp, payment.account, event, { payment: paymentEntity(rzp, payment) })

/** The bank said yes; a failed payment may still get here. Captures at once when the order's rule says so. */
export function authorize(rzp: Razorpay, payment: PaymentRow): void {
  if (payment.status !== 'created' && payment.status !== 'failed') return
  payment.status = 'authorized'
  payment.failure = null
  tell(rzp, payment, 'payment.authorized')
  const order = orderOf(rzp, payment)
  const { capture, automaticMinutes, manualMinutes } = order.rule
  const ageMs = rzp.world.clock.now() - payment.createdAt * 1000
  const inTime = capture === 'automatic' && ageMs <= automaticMinutes * MINUTE_MS
  if (inTime && order.amountPaid < order.amount) {
    capturePayment(rzp, payment)
    return
  }
  const lapseAtMs = payment.createdAt * 1000 + manualMinutes * MINUTE_MS
  rzp.world.schedule(Math.max(lapseAtMs, rzp.world.clock.now()), {
    kind: LAPSE,
    data: { payment: payment.id },
  })
  notify(rzp, order, payment)
}

/** The money is the merchant's: fee and tax are known from here on. */
export function capturePayment(rzp: Razorpay, payment: PaymentRow): void {
  const order = orderOf(rzp, payment)
  payment.status = 'captured'
  payment.captured = true
  Object.assign(payment, feeOf(baseAmount(payment.amount, payment.currency)))
  order.amountPaid += payment.amount
  if (order.amountPaid >= order.amount) order.status = 'paid'
  tell(rzp, payment, 'payment.captured')
  if (order.status === 'paid') {
    emit(rzp, payment.account, 'order.paid', {
      payment: paymentEntity(rzp, payment),
      order: orderEntity(rzp, order),
    })
  }
  linkPaid(rzp, order, payment)
  notify(rzp, order, payment)
}

function notify(rzp: Razorpay, order: OrderRow, payment: PaymentRow): void {
  for (const listener of rzp.listeners) listener(order, payment)
}

export function failPayment(rzp: Razorpay, payment: PaymentRow, reason: FailureReason): void {
  if (payment.status !== 'created') return
  const failure: Failure = FAILURES[reason]
  payment.status = 'failed'
  payment.failure = failure
  tell(rzp, payment, 'payment.failed')
}

/** The bank is silent: the payment waits, fails after ten minutes and, from a slow bank, succeeds late. */
export function awaitBank(rzp: Razorpay, payment: PaymentRow, slow: boolean): void {
  const now = rzp.world.clock.now()
  const data = { payment: payment.id }
  rzp.world.schedule(now + BANK_TIMEOUT_MINUTES * MINUTE_MS, { kind: TIME_OUT, data })
  if (slow) rzp.world.schedule(now + SLOW_BANK_MINUTES * MINUTE_MS, { kind: LATE, data })
}

/** An authorisation nobody captured goes back to the payer. */
export function lapse(rzp: Razorpay, payment: PaymentRow): void {
  if (payment.status !== 'authorized') return
  refundLapsed(rzp, payment, orderOf(rzp, payment).rule.refundSpeed)
}

export function registerPaymentTasks(rzp: Razorpay): void {
  const on = (kind: string, act: (payment: PaymentRow) => void) =>
    rzp.world.onTask(kind, (data) => {
      const payment = rzp.state.payments.get(String(data['payment']))
      if (payment !== undefined) act(payment)
    })
  on(LAPSE, (payment) => lapse(rzp, payment))
  on(TIME_OUT, (payment) => failPayment(rzp, payment, 'payment_timed_out'))
  on(LATE, (payment) => authorize(rzp, payment))
}

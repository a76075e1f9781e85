import type { Money, ProviderPaymentStatus, RefundStatus } from '@onerouter/core'
import type {
  DuplicatePayment,
  Failure,
  Fee,
  PaymentHandle,
  PaymentSnapshot,
  RefundSnapshot,
} from '../spec.ts'
import { failureOf } from './errors.ts'
import { toWireAmount } from './money.ts'
import type { Order, Payment, PaymentLink, Refund } from './wire.ts'

/** What one payment says; "lapsed" is an authorization that Razorpay let go without ever taking the money. */
type PaymentState = 'taken' | 'authorized' | 'pending' | 'lapsed' | 'failed' | 'unrecognised'

const PAYMENT_STATE = {
  created: 'pending',
  pending: 'pending',
  authorized: 'authorized',
  captured: 'taken',
  refunded: 'look_at_captured',
  failed: 'failed',
} as const satisfies Record<string, PaymentState | 'look_at_captured'>

const REFUND_STATUS = {
  pending: 'pending',
  processed: 'succeeded',
  failed: 'failed',
} as const satisfies Record<string, RefundStatus>

/** What is payable when nothing was paid. */
const LINK_STATUS = {
  created: 'requires_action',
  cancelled: 'canceled',
  expired: 'expired',
} as const satisfies Record<string, ProviderPaymentStatus>

/** An order can be paid for ever: only its payments say more (Razorpay API, Orders, Life cycle). */
const ORDER_STATUS = {
  created: 'requires_action',
  attempted: 'requires_action',
} as const satisfies Record<string, ProviderPaymentStatus>

/** What a payment is made for: an order or a payment link, as Razorpay has it or as we remember it. */
export interface Subject {
  /** Order or link, which is our `orderRef`. */
  readonly id: string
  readonly status: string
  /** What the payment comes to while no try says more. */
  readonly open: ProviderPaymentStatus
  readonly amount: Money
  readonly reference: string | null
  readonly refs: Readonly<Record<string, string>>
  readonly checkoutUrl: string | null
}

export function ofOrder(order: Order, refs: Readonly<Record<string, string>>): Subject {
  const open = lookUp(ORDER_STATUS, order.status) ?? 'unrecognised'
  return { ...order, open, refs, checkoutUrl: null }
}

export function ofLink(link: PaymentLink, refs: Readonly<Record<string, string>>): Subject {
  return {
    ...link,
    open: lookUp(LINK_STATUS, link.status) ?? 'unrecognised',
    refs: {
      ...refs,
      ...(link.orderId === null ? {} : { order: link.orderId }),
      ...(link.url === null ? {} : { link_url: link.url }),
    },
    checkoutUrl: link.url,
  }
}

/** For answers that show a payment but not its order, which never changes. */
export function ofHandle(payment: PaymentHandle & { readonly orderRef: string }): Subject {
  return {
    id: payment.orderRef,
    status: 'known',
    open: 'unrecognised',
    amount: payment.amount,
    reference: payment.reference,
    refs: payment.refs,
    checkoutUrl: null,
  }
}

/**
 * The payment in the engine's words, decided by the order and all its payments: money taken wins (the first
 * of it: what was taken again is a duplicate), then money held, then a try at work; failed tries leave the order payable. `undefined` when the answers
 * contradict each other, such as a paid order without a payment.
 */
export function paymentOf(
  subject: Subject,
  payments: readonly Payment[],
  keyId: string,
): PaymentSnapshot | undefined {
  if (payments.some(({ amount }) => amount.currency !== subject.amount.currency)) return undefined
  const tries = payments
    .map((payment) => ({ payment, state: stateOf(payment) }))
    .toSorted((a, b) => b.payment.createdAt - a.payment.createdAt)
  // The first payment that took money is the order's; what a later one took came twice.
  const [own, ...twice] = tries
    .filter(({ state }) => state === 'taken')
    .map(({ payment }) => payment)
    .reverse()
  const leading = LEADING.map((wanted) => tries.find(({ state }) => state === wanted)).find(
    (found) => found !== undefined,
  )
  if (leading === undefined && subject.status === 'paid') return undefined
  const status = leading === undefined ? subject.open : STATUS_OF[leading.state]
  const failed = tries.find(({ state }) => state === 'failed')?.payment
  const payable = status === 'requires_action'
  return {
    orderRef: subject.id,
    paymentRef: own?.id ?? leading?.payment.id ?? null,
    refs: subject.refs,
    status,
    providerStatus: describe(subject, own ?? leading?.payment ?? failed),
    amount: subject.amount,
    captured: own?.amount.minor ?? 0n,
    refunded: own?.refunded ?? 0n,
    ...(twice.length > 0 && { duplicates: twice.map(duplicateOf) }),
    reference: subject.reference,
    method: (own ?? leading?.payment ?? failed)?.method ?? null,
    fee: own === undefined ? null : feeOf(own),
    failure: payable && failed !== undefined ? failureOf(failed) : null,
    checkoutUrl: payable ? subject.checkoutUrl : null,
    checkoutOptions: payable ? embedding(subject, keyId) : null,
  }
}

const duplicateOf = ({ id, amount, refunded }: Payment): DuplicatePayment => ({
  paymentRef: id,
  captured: amount.minor,
  refunded,
})

const LEADING = ['taken', 'unrecognised', 'authorized', 'pending', 'lapsed'] as const

const STATUS_OF = {
  taken: 'succeeded',
  unrecognised: 'unrecognised',
  authorized: 'authorized',
  pending: 'processing',
  lapsed: 'canceled',
  failed: 'requires_action',
} as const satisfies Record<PaymentState, ProviderPaymentStatus>

function stateOf(payment: Payment): PaymentState {
  const state = lookUp(PAYMENT_STATE, payment.status) ?? 'unrecognised'
  if (state !== 'look_at_captured') return state
  // An authorization that nobody captured in time also ends as "refunded".
  if (payment.captured === null) return payment.fee === null ? 'unrecognised' : 'taken'
  return payment.captured ? 'taken' : 'lapsed'
}

/**
 * `fee` includes `tax`, and both are in the settlement currency (Razorpay API, Payments entity). Where that
 * is not named it is certain for rupees only.
 */
export function feeOf(payment: Payment): Fee | null {
  if (payment.fee === null) return null
  const currency = payment.baseCurrency ?? (payment.amount.currency === 'INR' ? 'INR' : null)
  return currency === null ? null : { amount: payment.fee, tax: payment.tax ?? 0n, currency }
}

/** Public values with which a shop opens Checkout on a page of its own; a link has its own page. */
function embedding(subject: Subject, keyId: string): PaymentSnapshot['checkoutOptions'] {
  const amount = toWireAmount(subject.amount)
  return subject.checkoutUrl !== null || amount === undefined
    ? null
    : { key: keyId, order_id: subject.id, amount, currency: subject.amount.currency }
}

/** A payment that nobody can or shall pay any more. */
export function givenUp(snapshot: PaymentSnapshot): PaymentSnapshot {
  return {
    ...snapshot,
    status: 'canceled',
    providerStatus: `${snapshot.providerStatus}, given up`,
    checkoutUrl: null,
    checkoutOptions: null,
  }
}

export function refundOf(refund: Refund): RefundSnapshot {
  const status = lookUp(REFUND_STATUS, refund.status) ?? 'unrecognised'
  return {
    refundRef: refund.id,
    status,
    amount: refund.amount,
    reference: refund.reference,
    failure: status === 'failed' ? REFUND_FAILED : null,
  }
}

const REFUND_FAILED: Failure = {
  reason: 'other',
  providerCode: 'failed',
  message: 'Razorpay could not refund the payment.',
}

/** Razorpay's own words: `attempted, payment failed (insufficient_funds)`. */
function describe(subject: Subject, payment: Payment | undefined): string {
  if (payment === undefined) return subject.status
  const reason = payment.errorReason === null ? '' : ` (${payment.errorReason})`
  return `${subject.status}, payment ${payment.status}${reason}`.slice(0, 200)
}

/** Statuses are open: words this table lacks are `undefined`, never a guess. */
export function lookUp<V>(table: Readonly<Record<string, V>>, word: string): V | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined
}

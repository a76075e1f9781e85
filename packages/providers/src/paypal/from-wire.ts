import type { DeclineReason, Money, ProviderPaymentStatus, RefundStatus } from '@onerouter/core'
import { sameMoney } from '@onerouter/core'
import type { Failure, Fee, PaymentHandle, PaymentSnapshot, RefundSnapshot } from '../spec.ts'
import type { Authorization, Capture, Order, Refund } from './wire.ts'

/** Before PayPal reports the order completed, its own status says all; afterwards only the money inside does. */
const ORDER_STATUS = {
  CREATED: 'requires_action',
  SAVED: 'requires_action',
  PAYER_ACTION_REQUIRED: 'requires_action',
  APPROVED: 'approved',
  VOIDED: 'canceled',
  COMPLETED: 'look_inside',
} as const satisfies Record<string, ProviderPaymentStatus | 'look_inside'>

/** A refund is not the payment's business, hence `taken` for refunded captures too. */
const CAPTURE_STATUS = {
  COMPLETED: 'taken',
  PARTIALLY_REFUNDED: 'taken',
  REFUNDED: 'taken',
  PENDING: 'processing',
  DECLINED: 'failed',
  FAILED: 'failed',
} as const satisfies Record<string, 'taken' | 'processing' | 'failed'>
type CaptureState = (typeof CAPTURE_STATUS)[keyof typeof CAPTURE_STATUS]

const AUTHORIZATION_STATUS = {
  CREATED: 'authorized',
  PENDING: 'processing',
  DENIED: 'failed',
  VOIDED: 'canceled',
  // Captures exist then, and were looked at first; without one the answer contradicts itself.
  CAPTURED: 'unrecognised',
  PARTIALLY_CAPTURED: 'unrecognised',
} as const satisfies Record<string, ProviderPaymentStatus>

const REFUND_STATUS = {
  COMPLETED: 'succeeded',
  PENDING: 'pending',
  FAILED: 'failed',
  CANCELLED: 'canceled',
} as const satisfies Record<string, RefundStatus>

/** Why a capture or authorization failed: `status_details.reason`, else the card network's code. */
const FAILURE_REASON = {
  DECLINED_BY_RISK_FRAUD_FILTERS: 'fraud_suspected',
  '0500': 'card_declined',
  '00N7': 'incorrect_details',
  '1330': 'incorrect_details',
  '5100': 'card_declined',
  '5120': 'insufficient_funds',
  '5180': 'incorrect_details',
  '5400': 'expired_card',
  '9500': 'fraud_suspected',
  '9520': 'card_declined',
} as const satisfies Record<string, DeclineReason>

/** What the engine knows of the payment beforehand. */
type Known = Pick<PaymentHandle, 'refs'>

/** The order in the engine's words; `undefined` when it does not say what the payment is worth. */
export function paymentOf(order: Order, known: Known, nowMs: number): PaymentSnapshot | undefined {
  const { amount } = order
  if (amount === null) return undefined
  const taken = order.captures.filter((capture) => captureState(capture) === 'taken')
  const captured = sum(taken, amount)
  const refunded = sum(
    order.refunds.filter((refund) => refund.status === 'COMPLETED'),
    amount,
  )
  if (captured === undefined || refunded === undefined) return undefined
  const status = statusOf(order, nowMs)
  const capture = leadingCapture(order)
  const authorization = order.authorizations[0]
  const payerUrl = safeUrl(order.payerUrl) ?? known.refs.payer_url ?? null
  return {
    orderRef: order.id,
    paymentRef: capture?.id ?? authorization?.id ?? null,
    refs: {
      ...known.refs,
      ...(authorization === undefined ? {} : { authorization: authorization.id }),
      ...(capture === undefined ? {} : { capture: capture.id }),
      ...(payerUrl === null ? {} : { payer_url: payerUrl }),
    },
    status,
    providerStatus: describe(order, capture, authorization),
    amount,
    captured,
    refunded,
    reference: order.reference,
    method: order.method,
    fee: feeOf(taken),
    failure: status === 'failed' ? failureOf(capture ?? authorization) : null,
    checkoutUrl: status === 'requires_action' ? payerUrl : null,
    checkoutOptions: null,
  }
}

/** An order PayPal no longer has, or one we give up: PayPal keeps no unpaid order beyond a few hours. */
export function unpaid(
  payment: PaymentHandle & { readonly orderRef: string },
  status: 'expired' | 'canceled',
  providerStatus: string,
): PaymentSnapshot {
  return {
    orderRef: payment.orderRef,
    paymentRef: null,
    refs: payment.refs,
    status,
    providerStatus,
    amount: payment.amount,
    captured: 0n,
    refunded: 0n,
    reference: payment.reference,
    method: null,
    fee: null,
    failure: null,
    checkoutUrl: null,
    checkoutOptions: null,
  }
}

/** `undefined` when the refund does not say its amount. */
export function refundOf(refund: Refund): RefundSnapshot | undefined {
  if (refund.amount === null) return undefined
  const status = lookUp(REFUND_STATUS, refund.status) ?? 'unrecognised'
  return {
    refundRef: refund.id,
    status,
    amount: refund.amount,
    reference: refund.reference,
    failure:
      status === 'failed'
        ? {
            reason: 'other',
            providerCode: refund.statusReason ?? refund.status,
            message: 'PayPal could not refund the payment.',
          }
        : null,
  }
}

/** The failure of a capture that PayPal answered but did not make; `null` when it was made or is under way. */
export function captureFailure(capture: Capture): Failure | null {
  return captureState(capture) === 'failed' ? failureOf(capture) : null
}

function statusOf(order: Order, nowMs: number): ProviderPaymentStatus {
  const status = lookUp(ORDER_STATUS, order.status) ?? 'unrecognised'
  if (status !== 'look_inside') return status
  const states = order.captures.map(captureState)
  if (states.includes('taken')) return 'succeeded'
  if (states.includes('processing')) return 'processing'
  // A failed capture of an authorization leaves the money held.
  const authorization = order.authorizations[0]
  if (authorization !== undefined) return authorizationStatus(authorization, nowMs)
  return states.includes('failed') ? 'failed' : 'unrecognised'
}

/** PayPal has no word for an authorization that lapsed: only its expiration time tells. */
function authorizationStatus(authorization: Authorization, nowMs: number): ProviderPaymentStatus {
  const status = lookUp(AUTHORIZATION_STATUS, authorization.status) ?? 'unrecognised'
  const lapsed = authorization.expiresAtMs !== null && authorization.expiresAtMs <= nowMs
  return status === 'authorized' && lapsed ? 'expired' : status
}

function captureState(capture: Capture): CaptureState | undefined {
  return lookUp(CAPTURE_STATUS, capture.status)
}

/** The capture to refund and to show: one that took money, else one that may, else the last that failed. */
function leadingCapture(order: Order): Capture | undefined {
  const inState = (state: CaptureState) => order.captures.find((capture) => captureState(capture) === state)
  return inState('taken') ?? inState('processing') ?? order.captures.at(-1)
}

function sum(items: readonly { readonly amount: Money | null }[], like: Money): bigint | undefined {
  let total = 0n
  for (const { amount } of items) {
    if (amount === null || amount.currency !== like.currency) return undefined
    total += amount.minor
  }
  return total
}

/** Unknown until every capture tells its fee: PayPal leaves it out while a capture is pending. */
function feeOf(taken: readonly Capture[]): Fee | null {
  const currency = taken[0]?.fee?.currency
  if (currency === undefined) return null
  let amount = 0n
  for (const { fee } of taken) {
    if (fee === null || fee.currency !== currency) return null
    amount += fee.minor
  }
  return { amount, tax: 0n, currency }
}

function failureOf(payment: Capture | Authorization | undefined): Failure | null {
  if (payment === undefined) return null
  const card = 'responseCode' in payment ? payment.responseCode : null
  const codes = [payment.statusReason, card].filter((code) => code !== null)
  const known = codes.find((code) => lookUp(FAILURE_REASON, code) !== undefined)
  return {
    reason: (known === undefined ? undefined : lookUp(FAILURE_REASON, known)) ?? 'other',
    providerCode: known ?? codes[0] ?? payment.status,
    message: 'PayPal could not take the payment.',
  }
}

/** PayPal's own words: `COMPLETED, capture PENDING (ECHECK)`. */
function describe(
  order: Order,
  capture: Capture | undefined,
  authorization: Authorization | undefined,
): string {
  const part = (name: string, payment: Capture | Authorization | undefined) => {
    if (payment === undefined) return ''
    const reason = payment.statusReason === null ? '' : ` (${payment.statusReason})`
    return `, ${name} ${payment.status}${reason}`
  }
  return `${order.status}${part('authorization', authorization)}${part('capture', capture)}`.slice(0, 200)
}

/** Payers are sent there, so nothing but a web page will do. */
function safeUrl(text: string | null): string | null {
  return text !== null && /^https?:\/\//i.test(text) && URL.canParse(text) ? text : null
}

/** PayPal's statuses are open: words this table lacks are `undefined`, never a guess. */
export function lookUp<V>(table: Readonly<Record<string, V>>, word: string): V | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined
}

/** Whether the snapshot shows that exactly `wanted` was taken. */
export function shows(snapshot: PaymentSnapshot, wanted: Money): boolean {
  return sameMoney({ minor: snapshot.captured, currency: snapshot.amount.currency }, wanted)
}

import type { Money, ProviderPaymentStatus, RefundStatus } from '@onerouter/core'

import type { Failure, Fee, PaymentHandle, PaymentSnapshot, RefundSnapshot } from '../spec.ts'
import { failureOf, refundFailureOf } from './errors.ts'
import { fromWireAmount } from './money.ts'
import type {
  WireBalanceTransaction,
  WireCharge,
  WirePaymentIntent,
  WireRefund,
  WireSession,
} from './wire.ts'

/** PaymentIntent lifecycle, Stripe documentation "How PaymentIntents work". */
const INTENT_STATUS = {
  requires_payment_method: 'requires_action',
  requires_confirmation: 'requires_action',
  requires_action: 'requires_action',
  processing: 'processing',
  requires_capture: 'authorized',
  succeeded: 'succeeded',
  canceled: 'canceled',
} as const satisfies Record<string, ProviderPaymentStatus>

export const REFUND_STATUS = {
  pending: 'pending',
  requires_action: 'pending',
  succeeded: 'succeeded',
  failed: 'failed',
  canceled: 'canceled',
} as const satisfies Record<string, RefundStatus>

/** Reasons Stripe itself gives when a hold ran out (PaymentIntent `cancellation_reason`). */
const RAN_OUT: ReadonlySet<string> = new Set(['automatic', 'expired'])

/** Marks, in a payment's `refs`, a session that ended because we expired it on the merchant's word. */
export const CANCELED_BY_US = { session_end: 'canceled' } as const

export function intentStatus(intent: Pick<WirePaymentIntent, 'status' | 'cancellationReason'>) {
  const status = lookup(INTENT_STATUS, intent.status)
  return status === 'canceled' && RAN_OUT.has(intent.cancellationReason ?? '') ? 'expired' : status
}

const UNPAID: ReadonlySet<ProviderPaymentStatus> = new Set(['requires_action', 'canceled', 'expired'])

/** The session decides while nobody has paid; from then on the PaymentIntent does. */
export function sessionStatus(session: WireSession, refs: PaymentHandle['refs']): ProviderPaymentStatus {
  const paying = session.paymentIntent === null ? undefined : intentStatus(session.paymentIntent)
  if (paying !== undefined && !UNPAID.has(paying)) return paying
  if (session.status === 'expired') {
    return refs.session_end === CANCELED_BY_US.session_end ? 'canceled' : 'expired'
  }
  if (session.status === 'open') return 'requires_action'
  if (session.status !== 'complete') return 'unrecognised'
  if (paying === undefined) return session.paymentIntentId === null ? 'unrecognised' : 'processing'
  if (paying !== 'requires_action') return paying
  // A completed session cannot be paid again: an asynchronous method that failed here is over, and one that
  // still waits (a voucher to be paid at a shop) is out of the checkout's hands.
  return session.paymentIntent?.status === 'requires_payment_method' ? 'failed' : 'processing'
}

export interface Known {
  readonly refs: PaymentHandle['refs']
  readonly publishableKey: string | undefined
}

/** `undefined` when Stripe's answer states no amount we can trust. */
export function sessionSnapshot(session: WireSession, known: Known): PaymentSnapshot | undefined {
  const intent = session.paymentIntent
  const amounts = intent === null ? untouched(session) : intentAmounts(intent)
  if (amounts === undefined) return undefined
  const contradicts = intent !== null && !sameAmount(session, intent)
  // Two amounts for one payment: neither is believed, and a person sees both.
  const status = contradicts ? 'unrecognised' : sessionStatus(session, known.refs)
  const payable = status === 'requires_action' && session.status === 'open'
  return {
    orderRef: session.id,
    paymentRef: session.paymentIntentId,
    refs: known.refs,
    status,
    providerStatus: contradicts ? inWords(session, intent) : wordsOf(session, intent),
    ...amounts,
    reference: session.reference ?? intent?.reference ?? null,
    ...chargeFacts(intent?.charge ?? null),
    failure: failureIn(intent),
    checkoutUrl: payable ? session.url : null,
    checkoutOptions: payable ? embedding(session.id, known.publishableKey) : null,
  }
}

const wordsOf = (session: WireSession, intent: WirePaymentIntent | null): string =>
  [session.status, intent?.status].filter((word) => word != null).join('/')

const inWords = (session: WireSession, intent: WirePaymentIntent): string =>
  `session of ${session.amount} ${session.currency}, intent of ${intent.amount} ${intent.currency}`

/** What the payer was asked for and what is being charged; a session that states no amount contradicts nothing. */
function sameAmount(session: WireSession, intent: WirePaymentIntent): boolean {
  return (
    (session.amount === null || session.amount === intent.amount) &&
    (session.currency === null || session.currency === intent.currency)
  )
}

export function intentSnapshot(
  intent: WirePaymentIntent,
  handle: Pick<PaymentHandle, 'orderRef' | 'refs'>,
): PaymentSnapshot | undefined {
  const amounts = intentAmounts(intent)
  if (amounts === undefined) return undefined
  return {
    orderRef: handle.orderRef ?? intent.id,
    paymentRef: intent.id,
    refs: handle.refs,
    status: intentStatus(intent),
    providerStatus: intent.status ?? '',
    ...amounts,
    reference: intent.reference,
    ...chargeFacts(intent.charge),
    failure: failureIn(intent),
    checkoutUrl: null,
    checkoutOptions: null,
  }
}

export function refundSnapshot(refund: WireRefund): RefundSnapshot | undefined {
  const amount = fromWireAmount(refund.amount, refund.currency)
  if (amount === undefined) return undefined
  return {
    refundRef: refund.id,
    status: lookup(REFUND_STATUS, refund.status),
    amount,
    reference: refund.reference,
    failure: refund.failureReason === null ? null : refundFailureOf(refund.failureReason),
  }
}

type Amounts = Pick<PaymentSnapshot, 'amount' | 'captured' | 'refunded'>

function untouched(session: WireSession): Amounts | undefined {
  const amount = fromWireAmount(session.amount, session.currency)
  return amount === undefined ? undefined : { amount, captured: 0n, refunded: 0n }
}

function intentAmounts(intent: WirePaymentIntent): Amounts | undefined {
  const amount = fromWireAmount(intent.amount, intent.currency)
  const captured = fromWireAmount(intent.amountReceived ?? 0, intent.currency)
  const refunded = refundedIn(intent.charge, intent.currency)
  if (amount === undefined || captured === undefined || refunded === undefined) return undefined
  return { amount, captured: captured.minor, refunded }
}

/**
 * What went back of the money that was taken. Stripe counts what it releases of a hold as refunded, too, though nothing
 * of it was ever taken (API reference, Cancel a PaymentIntent: "automatically refunded").
 */
export function refundedIn(charge: WireCharge | null, currency: unknown): bigint | undefined {
  if (charge === null) return 0n
  const shown = fromWireAmount(charge.amountRefunded ?? 0, currency)
  const held = fromWireAmount(charge.amount ?? 0, currency)
  const captured = fromWireAmount(charge.amountCaptured ?? 0, currency)
  if (shown === undefined || held === undefined || captured === undefined) return undefined
  const released = held.minor > captured.minor ? held.minor - captured.minor : 0n
  return shown.minor > released ? shown.minor - released : 0n
}

function chargeFacts(charge: WireCharge | null): Pick<PaymentSnapshot, 'method' | 'fee'> {
  const transaction = charge?.balanceTransaction ?? null
  return { method: charge?.method ?? null, fee: transaction === null ? null : feeOf(transaction) }
}

/** In the settlement currency; absent until Stripe has booked the charge, which happens after success. */
export function feeOf(transaction: WireBalanceTransaction): Fee | null {
  const total = fromWireAmount(transaction.fee, transaction.currency)
  if (total === undefined) return null
  const taxes = transaction.feeDetails.filter(({ type }) => type === 'tax')
  const tax = taxes
    .map(({ amount }) => fromWireAmount(amount, total.currency))
    .reduce((sum: bigint, part: Money | undefined) => sum + (part?.minor ?? 0n), 0n)
  return { amount: total.minor, tax, currency: total.currency }
}

export function failureIn(intent: WirePaymentIntent | null): Failure | null {
  return intent?.lastError == null || intent.status === 'succeeded' ? null : failureOf(intent.lastError)
}

function embedding(sessionId: string, publishableKey: string | undefined): Record<string, string> {
  return {
    session_id: sessionId,
    ...(publishableKey === undefined ? {} : { publishable_key: publishableKey }),
  }
}

/** A word Stripe has added since is not guessed at. */
export function lookup<T extends string>(
  table: Readonly<Record<string, T>>,
  word: string | null,
): T | 'unrecognised' {
  return word !== null && Object.hasOwn(table, word) ? (table[word] ?? 'unrecognised') : 'unrecognised'
}

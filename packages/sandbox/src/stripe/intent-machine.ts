import { bookCapture, createCharge, releaseRemainder } from './charges.ts'
import { openDisputeSoon } from './disputes.ts'
import { internalFailure } from './errors.ts'
import { emit } from './events.ts'
import { DECLINES, type Decline, type MagicCard } from './magic.ts'
import { cardFor, createPaymentMethod, magicOf, saveMethod } from './payment-methods.ts'
import { type ChargeRow, type Context, type IntentRow, nowSeconds } from './state.ts'
import type { CancellationReason, PaymentError, PaymentIntent } from './wire.ts'

/** A card authorisation is held seven days (Stripe docs, Place a hold on a payment method). */
const HOLD_MS = 7 * 24 * 3_600_000
/** How long the sandbox's slow bank takes to confirm a debit. */
const SLOW_BANK_MS = 30_000
export const HOLD_TASK = 'stripe.hold_expiry'
export const BANK_TASK = 'stripe.bank_settlement'

export interface AttemptOptions {
  /** Nobody is there to pass a 3-D Secure step, so needing one is a decline. */
  readonly unattended?: boolean
}

/** Why this number cannot be used, null when it can: a bank debit has no hold to capture by hand. */
export function unusable(captureMethod: PaymentIntent['capture_method'], number: string): string | null {
  if (captureMethod !== 'manual' || magicOf(number).bank === undefined) return null
  return 'The payment method type us_bank_account does not support capture_method manual.'
}

/** Tries to pay with a card or account number. Returns what went wrong, null when nothing did. */
export function attempt(
  context: Context,
  row: IntentRow,
  number: string,
  options: AttemptOptions = {},
): PaymentError | null {
  const intent = row.object
  if (context.store.paymentMethods.get(intent.payment_method ?? '')?.number !== number) {
    intent.payment_method = createPaymentMethod(context, number, null).id
  }
  const card = cardFor(context, intent.payment_method, number)
  intent.last_payment_error = null
  intent.next_action = null
  row.attempt = number
  const unattended = options.unattended === true
  if (card.authentication === undefined || (unattended && isExempt(context, intent, card))) {
    return conclude(context, row, card)
  }
  if (unattended) return decline(context, row, card, UNATTENDED)
  intent.status = 'requires_action'
  const url = `${context.world.urls.pages}/stripe/3ds/${intent.id}?client_secret=${intent.client_secret}`
  intent.next_action = { type: 'redirect_to_url', redirect_to_url: { return_url: row.returnUrl, url } }
  emit(context, 'payment_intent.requires_action', intent)
  return null
}

/** What the payer agreed to when the card was set up lets it be charged without them. */
function isExempt(context: Context, intent: PaymentIntent, card: MagicCard): boolean {
  if (card.authentication === 'on_session') return true
  const method = context.store.paymentMethods.get(intent.payment_method ?? '')
  return card.authentication === 'unless_set_up' && method?.setUp === true
}

/**
 * `setup_future_usage` attaches the method to the customer once the payment is confirmed (Stripe API reference,
 * PaymentIntents); a method that was not kept is spent.
 */
export function keepMethod(context: Context, row: IntentRow): void {
  const { customer, payment_method, setup_future_usage } = row.object
  const method = context.store.paymentMethods.get(payment_method ?? '')
  if (method === undefined) return
  const wanted = setup_future_usage !== null || row.saves === true
  if (customer !== null && wanted) {
    const redisplay = row.saves === true ? 'always' : 'limited'
    saveMethod(context, method, { customer, setUp: setup_future_usage === 'off_session', redisplay })
  }
  method.spent = method.object.customer === null
}

const UNATTENDED: Decline = {
  code: 'authentication_required',
  declineCode: 'authentication_required',
  message: 'Your card was declined. This transaction requires authentication.',
}

/** The payer passed or failed the 3-D Secure step. */
export function authenticate(context: Context, row: IntentRow, passed: boolean): PaymentError | null {
  const card = cardFor(context, row.object.payment_method, row.attempt ?? '')
  row.object.next_action = null
  return passed ? conclude(context, row, card) : decline(context, row, card, DECLINES.authentication)
}

function conclude(context: Context, row: IntentRow, card: MagicCard): PaymentError | null {
  if (card.decline !== undefined) return decline(context, row, card, card.decline)
  if (card.bank !== undefined) return startBankDebit(context, row, card)
  approve(context, row, card)
  if (card.serverError === true) throw internalFailure()
  return null
}

function approve(context: Context, row: IntentRow, card: MagicCard): void {
  const intent = row.object
  const charge = createCharge(context, row, card, { status: 'succeeded' })
  row.attempt = null
  keepMethod(context, row)
  if (intent.capture_method === 'manual') {
    intent.status = 'requires_capture'
    intent.amount_capturable = intent.amount
    const atMs = context.world.clock.now() + HOLD_MS
    context.world.schedule(atMs, { kind: HOLD_TASK, data: { intent: intent.id } })
    emit(context, 'charge.succeeded', charge.object)
    emit(context, 'payment_intent.amount_capturable_updated', intent)
    return
  }
  bookCapture(context, charge, card, intent.capture_method === 'automatic_async')
  emit(context, 'charge.succeeded', charge.object)
  succeed(context, row, charge, card)
}

function succeed(context: Context, row: IntentRow, charge: ChargeRow, card: MagicCard): void {
  row.object.status = 'succeeded'
  row.object.amount_received = charge.object.amount_captured
  row.object.amount_capturable = 0
  emit(context, 'payment_intent.succeeded', row.object)
  if (card.dispute !== undefined) openDisputeSoon(context, charge, card.dispute)
}

function decline(context: Context, row: IntentRow, card: MagicCard, reason: Decline): PaymentError {
  const intent = row.object
  const error = errorOf(context, row, reason)
  if (reason.beforeCharge !== true) {
    const charge = createCharge(context, row, card, { status: 'failed', decline: reason })
    error.charge = charge.object.id
    emit(context, 'charge.failed', charge.object)
  }
  spendMethod(context, intent)
  backToStart(intent, error)
  row.attempt = null
  emit(context, 'payment_intent.payment_failed', intent)
  return error
}

function spendMethod(context: Context, intent: PaymentIntent): void {
  const method = context.store.paymentMethods.get(intent.payment_method ?? '')
  if (method !== undefined) method.spent = method.object.customer === null
}

function backToStart(intent: PaymentIntent, error: PaymentError): void {
  intent.status = 'requires_payment_method'
  intent.payment_method = null
  intent.next_action = null
  intent.last_payment_error = error
}

function errorOf(context: Context, row: IntentRow, reason: Decline): PaymentError {
  const authentication = reason.code === 'payment_intent_authentication_failure'
  const error: PaymentError = {
    type: authentication ? 'invalid_request_error' : 'card_error',
    code: reason.code,
    message: reason.message,
    doc_url: `https://stripe.com/docs/error-codes/${reason.code.replaceAll('_', '-')}`,
  }
  if (reason.declineCode !== undefined) error.decline_code = reason.declineCode
  if (reason.adviceCode !== undefined) error.advice_code = reason.adviceCode
  const method = context.store.paymentMethods.get(row.object.payment_method ?? '')
  if (method !== undefined) error.payment_method = structuredClone(method.object)
  return error
}

function startBankDebit(context: Context, row: IntentRow, card: MagicCard): null {
  const charge = createCharge(context, row, card, { status: 'pending' })
  keepMethod(context, row)
  row.object.status = 'processing'
  const atMs = context.world.clock.now() + SLOW_BANK_MS
  context.world.schedule(atMs, { kind: BANK_TASK, data: { intent: row.object.id } })
  emit(context, 'charge.pending', charge.object)
  emit(context, 'payment_intent.processing', row.object)
  return null
}

/** The bank's verdict on a pending debit; `verdict` overrides what the account number would do. */
export function settleBankDebit(context: Context, row: IntentRow, verdict?: 'succeeds' | 'fails'): void {
  const intent = row.object
  const charge = context.store.charges.get(intent.latest_charge ?? '')
  if (intent.status !== 'processing' || charge === undefined) return
  const card = magicOf(charge.card)
  row.attempt = null
  if ((verdict ?? card.bank) === 'fails') {
    failBankDebit(context, row, charge)
    return
  }
  charge.object.status = 'succeeded'
  charge.object.paid = true
  charge.object.captured = true
  charge.object.amount_captured = charge.object.amount
  bookCapture(context, charge, card, intent.capture_method === 'automatic_async')
  emit(context, 'charge.succeeded', charge.object)
  succeed(context, row, charge, card)
}

function failBankDebit(context: Context, row: IntentRow, charge: ChargeRow): void {
  const reason = DECLINES.insufficientFunds
  const error = { ...errorOf(context, row, reason), charge: charge.object.id }
  charge.object.status = 'failed'
  charge.object.failure_code = 'insufficient_funds'
  charge.object.failure_message = 'The customer\u2019s account has insufficient funds to cover this payment.'
  backToStart(row.object, error)
  emit(context, 'charge.failed', charge.object)
  emit(context, 'payment_intent.payment_failed', row.object)
}

/** Captures part or all of a hold; the rest is released at once. */
export function capture(context: Context, row: IntentRow, amount: number): void {
  const charge = context.store.charges.get(row.object.latest_charge ?? '')
  if (charge === undefined) return
  const card = magicOf(charge.card)
  charge.object.captured = true
  charge.object.amount_captured = amount
  releaseRemainder(charge)
  bookCapture(context, charge, card, false)
  const previous = { amount_captured: 0, balance_transaction: null, captured: false }
  emit(context, 'charge.captured', charge.object, previous)
  succeed(context, row, charge, card)
}

/** Ends an intent without payment, letting go of a hold if there is one. */
export function cancel(context: Context, row: IntentRow, reason: CancellationReason | null): void {
  const intent = row.object
  const held = intent.status === 'requires_capture'
  const charge = context.store.charges.get(intent.latest_charge ?? '')
  intent.status = 'canceled'
  intent.canceled_at = nowSeconds(context.world)
  intent.cancellation_reason = reason
  intent.amount_capturable = 0
  intent.next_action = null
  row.attempt = null
  if (held && charge !== undefined) {
    releaseRemainder(charge)
    const type = reason === 'automatic' ? 'charge.expired' : 'charge.refunded'
    emit(context, type, charge.object, { amount_refunded: 0, refunded: false })
  }
  emit(context, 'payment_intent.canceled', intent)
}

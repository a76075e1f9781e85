import { type Money, type Outcome, ok, sameMoney, unknown } from '@onerouter/core'
import { refuseMethod } from '../payment-methods.ts'
import type { CreatePayment, PaymentHandle, PaymentSnapshot, Payments, Unacceptable } from '../spec.ts'
import { beforeActing, call, type Form, path, type StripeContext } from './call.ts'
import type { StripeCredentials } from './credentials.ts'
import { CANCELED_BY_US, intentSnapshot, sessionSnapshot } from './from-wire.ts'
import { METHODS } from './methods.ts'
import { isSupported, toWireAmount } from './money.ts'
import { chargeSaved } from './saved-methods.ts'
import { findSession } from './sessions.ts'
import {
  CANCEL_FORM,
  captureForm,
  EXPAND_INTENT,
  EXPAND_SESSION,
  searchQuery,
  sessionForm,
} from './to-wire.ts'
import { readList, readPaymentIntent, readSession, type WireSession } from './wire.ts'

const HOUR_MS = 3_600_000
/** Keys are kept for at least 24 hours (API reference, "Idempotent requests"); the rest is margin. */
export const REPLAY_WINDOW_MS = 20 * HOUR_MS
/** Search answers are usually complete within a minute, later during outages ("Search", data freshness). */
const SEARCH_LAG_MS = 5 * 60_000

export const payments: Payments<StripeCredentials> = {
  replayWindowMs: {
    create: REPLAY_WINDOW_MS,
    confirm: REPLAY_WINDOW_MS,
    capture: REPLAY_WINDOW_MS,
    cancel: REPLAY_WINDOW_MS,
  },
  lookupLagMs: SEARCH_LAG_MS,
  inertCreate: true,
  partialCapture: true,
  methods: METHODS,
  accepts,
  create: createSession,
  fetch: fetchPayment,
  find: findPayment,
  capture: capturePayment,
  cancel: cancelPayment,
}

function accepts(request: Pick<CreatePayment, 'amount' | 'method'>): Unacceptable | null {
  const { amount } = request
  if (!isSupported(amount.currency)) {
    return { code: 'unsupported_currency', message: `Stripe does not accept ${amount.currency}.` }
  }
  const wire = toWireAmount(amount)
  if (!wire.ok) return { code: 'invalid_amount', message: AMOUNT_MESSAGES[wire.reason](amount.currency) }
  return refuseMethod('Stripe', METHODS, request)
}

const AMOUNT_MESSAGES = {
  unsupported_currency: (code: string) => `Stripe does not accept ${code}.`,
  inexact: (code: string) => `Stripe cannot carry this amount of ${code} exactly.`,
  too_large: (code: string) => `Stripe accepts at most twelve digits of ${code}.`,
}

async function createSession(
  ctx: StripeContext,
  request: CreatePayment,
  key: string,
): Promise<Outcome<PaymentSnapshot>> {
  if (request.saved !== undefined) return chargeSaved(ctx, request, request.saved, key)
  const form = sessionForm(request)
  return call(ctx, { method: 'POST', path: path(['checkout', 'sessions']), form, key }, (body) =>
    snapshotOfSession(ctx, readSession(body), {}),
  )
}

/** Session first; a handle whose order is itself a PaymentIntent (`pi_…`) is read as one. */
async function fetchPayment(ctx: StripeContext, payment: PaymentHandle): Promise<Outcome<PaymentSnapshot>> {
  const orderRef = payment.orderRef ?? payment.paymentRef
  if (orderRef === null) {
    const found = await findPayment(ctx, payment)
    if (found.kind !== 'ok') return found
    return found.value === null ? unknown('Stripe shows no payment for the reference yet') : ok(found.value)
  }
  if (isIntent(orderRef)) return fetchIntent(ctx, orderRef, payment)
  return call(
    ctx,
    { method: 'GET', path: path(['checkout', 'sessions', orderRef], EXPAND_SESSION) },
    (body) => snapshotOfSession(ctx, readSession(body), payment.refs),
  )
}

function fetchIntent(ctx: StripeContext, id: string, payment: Pick<PaymentHandle, 'orderRef' | 'refs'>) {
  return call(ctx, { method: 'GET', path: path(['payment_intents', id], EXPAND_INTENT) }, (body) =>
    readIntentSnapshot(body, payment),
  )
}

/**
 * The list of sessions is exact but cannot be filtered by metadata, so it is read within the time in which the
 * session can have been made; PaymentIntents can be searched, but lag (`lookupLagMs`).
 */
async function findPayment(
  ctx: StripeContext,
  payment: PaymentHandle,
): Promise<Outcome<PaymentSnapshot | null>> {
  const listed = await findSession(ctx, payment.reference)
  if (listed.kind !== 'ok') return listed
  if (listed.value !== null) return fetchPayment(ctx, { ...payment, orderRef: listed.value })
  const query: Form = [
    ['query', searchQuery(payment)],
    ['limit', '1'],
  ]
  const searched = await call(
    ctx,
    { method: 'GET', path: path(['payment_intents', 'search'], query) },
    (body) => readList(body, readPaymentIntent),
  )
  if (searched.kind !== 'ok') return searched
  const intent = searched.value.data[0]
  if (intent === undefined) return ok(null)
  const owner = await sessionOfIntent(ctx, intent.id)
  if (owner.kind !== 'ok') return owner
  return fetchPayment(ctx, { ...payment, orderRef: owner.value ?? intent.id, paymentRef: intent.id })
}

function sessionOfIntent(ctx: StripeContext, intentId: string): Promise<Outcome<string | null>> {
  const query: Form = [
    ['payment_intent', intentId],
    ['limit', '1'],
  ]
  return call(ctx, { method: 'GET', path: path(['checkout', 'sessions'], query) }, (body) => {
    const list = readList(body, readSession)
    return list === undefined ? undefined : (list.data[0]?.id ?? null)
  })
}

async function capturePayment(
  ctx: StripeContext,
  payment: PaymentHandle,
  amount: Money,
  key: string,
): Promise<Outcome<PaymentSnapshot>> {
  const intent = await intentOf(ctx, payment)
  if (intent.kind !== 'ok') return intent
  const form = captureForm(amount)
  const target = path(['payment_intents', intent.value, 'capture'])
  const captured = await call(ctx, { method: 'POST', path: target, form, key }, (body) =>
    readIntentSnapshot(body, payment),
  )
  return settledByReading(ctx, captured, payment, (now) =>
    sameMoney({ minor: now.captured, currency: now.amount.currency }, amount),
  )
}

/** An open session is expired; a PaymentIntent that a session made can be canceled only while it holds money. */
async function cancelPayment(
  ctx: StripeContext,
  payment: PaymentHandle,
  key: string,
): Promise<Outcome<PaymentSnapshot>> {
  const current = beforeActing(ctx, await fetchPayment(ctx, payment))
  if (current.kind !== 'ok') return current
  const { status, orderRef, paymentRef } = current.value
  if (status === 'canceled') return current
  const known = { ...payment, orderRef, paymentRef }
  if (status === 'expired') return whoseExpiry(ctx, known, key, current)
  if (status !== 'authorized' && status !== 'requires_action') return notCancelable(current.value)
  const canceled =
    status === 'requires_action' && !isIntent(orderRef)
      ? await expireSession(ctx, known, key)
      : await cancelIntent(ctx, known, key)
  return settledByReading(
    ctx,
    canceled,
    known,
    (now) => now.status === 'canceled' || now.status === 'expired',
  )
}

/** After a lost answer the key tells whether the session ran out or an earlier send of ours ended it. */
async function whoseExpiry(
  ctx: StripeContext,
  payment: PaymentHandle & { orderRef: string },
  key: string,
  current: Outcome<PaymentSnapshot>,
): Promise<Outcome<PaymentSnapshot>> {
  if (ctx.send === 'first' || isIntent(payment.orderRef)) return current
  const replayed = await expireSession(ctx, payment, key)
  return replayed.kind === 'rejected' ? current : replayed
}

function expireSession(ctx: StripeContext, payment: PaymentHandle & { orderRef: string }, key: string) {
  const target = path(['checkout', 'sessions', payment.orderRef, 'expire'])
  return call(ctx, { method: 'POST', path: target, form: EXPAND_SESSION, key }, (body) =>
    snapshotOfSession(ctx, readSession(body), { ...payment.refs, ...CANCELED_BY_US }),
  )
}

async function cancelIntent(ctx: StripeContext, payment: PaymentHandle, key: string) {
  const intent = await intentOf(ctx, payment)
  if (intent.kind !== 'ok') return intent
  const target = path(['payment_intents', intent.value, 'cancel'])
  return call(ctx, { method: 'POST', path: target, form: CANCEL_FORM, key }, (body) =>
    readIntentSnapshot(body, payment),
  )
}

/** "Already done" and "wrong state" look alike on the wire: one GET tells them apart. */
async function settledByReading(
  ctx: StripeContext,
  outcome: Outcome<PaymentSnapshot>,
  payment: PaymentHandle,
  shows: (now: PaymentSnapshot) => boolean,
): Promise<Outcome<PaymentSnapshot>> {
  if (outcome.kind !== 'rejected' || outcome.reason !== 'invalid_state') return outcome
  const now = await fetchPayment({ ...ctx, send: 'later' }, payment)
  if (now.kind !== 'ok') return unknown('refused for its state, which could not be read')
  return shows(now.value) ? now : outcome
}

/** The PaymentIntent's id, read from the session when the payment was made before it existed. */
export async function intentOf(ctx: StripeContext, payment: PaymentHandle): Promise<Outcome<string>> {
  const known = payment.paymentRef ?? payment.orderRef
  if (known !== null && isIntent(known)) return ok(known)
  const current = beforeActing(ctx, await fetchPayment(ctx, payment))
  if (current.kind !== 'ok') return current
  return current.value.paymentRef === null ? notStarted() : ok(current.value.paymentRef)
}

const notStarted = (): Outcome<never> => ({
  kind: 'rejected',
  reason: 'invalid_state',
  providerCode: null,
  message: 'The payer has not started to pay.',
})

const notCancelable = (now: PaymentSnapshot): Outcome<never> => ({
  kind: 'rejected',
  reason: 'invalid_state',
  providerCode: null,
  message: `The payment can no longer be canceled: Stripe says ${now.providerStatus}.`,
})

function snapshotOfSession(
  ctx: StripeContext,
  session: WireSession | undefined,
  refs: PaymentHandle['refs'],
): PaymentSnapshot | undefined {
  const publishableKey = ctx.credentials.publishable_key
  return session === undefined ? undefined : sessionSnapshot(session, { refs, publishableKey })
}

function readIntentSnapshot(
  body: unknown,
  payment: Pick<PaymentHandle, 'orderRef' | 'refs'>,
): PaymentSnapshot | undefined {
  const intent = readPaymentIntent(body)
  return intent === undefined ? undefined : intentSnapshot(intent, payment)
}

const isIntent = (ref: string): boolean => ref.startsWith('pi_')

import type { Task } from '../kernel/types.ts'
import { followInvoice } from './billing/collection.ts'
import { expireIncomplete } from './billing/subscription-state.ts'
import { createCustomer } from './customers.ts'
import { emit } from './events.ts'
import { cancel, keepMethod, unusable } from './intent-machine.ts'
import { magicOf } from './payment-methods.ts'
import type { Context, IntentRow, SessionRow } from './state.ts'
import type { CheckoutSession } from './wire.ts'

/** What every payer of the sandbox types into the form's other fields. */
export const PAYER = { email: 'payer@example.com', name: 'Test Payer' }
export const EXPIRE_TASK = 'stripe.session_expiry'

export function expireTaskOf(session: string): Task {
  return { kind: EXPIRE_TASK, data: { session } }
}

/** The intent a session made, once the payer has started. */
export function intentOfSession(context: Context, row: SessionRow): IntentRow | undefined {
  const { intents, invoices, subscriptions } = context.store
  const subscription = subscriptions.get(row.subscriptionId ?? '')
  const invoice = invoices.get(subscription?.object.latest_invoice ?? '')
  return intents.get(row.object.payment_intent ?? invoice?.intentId ?? '')
}

/** Why a session cannot be paid with this number, null when it can. */
export function unusableOn(row: SessionRow, number: string): string | null {
  if (row.object.mode === 'payment') return unusable(row.intentData.capture_method, number)
  return magicOf(number).bank === undefined
    ? null
    : 'The payment method type us_bank_account cannot be used for a subscription here.'
}

/** Closes an open session for good and ends what the payer had begun. */
export function expireSession(context: Context, row: SessionRow): void {
  const session = row.object
  if (session.status !== 'open') return
  session.status = 'expired'
  session.url = null
  const intent = intentOfSession(context, row)
  const subscription = context.store.subscriptions.get(row.subscriptionId ?? '')
  if (subscription !== undefined) expireIncomplete(context, subscription)
  else if (intent !== undefined) cancel(context, intent, 'automatic')
  emit(context, 'checkout.session.expired', session)
}

/** Brings the session in line with its intent after the payer, the bank or the clock moved it. */
export function followIntent(
  context: Context,
  intent: IntentRow,
  before: IntentRow['object']['status'],
): void {
  followInvoice(context, intent, before)
  const row = context.store.sessions.get(intent.sessionId ?? '')
  if (row === undefined) return
  const { status } = intent.object
  if (before === 'processing') {
    settleSession(context, row, status === 'succeeded')
    return
  }
  if (row.object.status !== 'open') return
  if (status === 'succeeded' || status === 'requires_capture' || status === 'processing') {
    completeSession(context, row, status === 'succeeded' ? 'paid' : 'unpaid')
  }
}

/** The payer is done; what the session made is named in it from now on. */
export function completeSession(
  context: Context,
  row: SessionRow,
  payment: CheckoutSession['payment_status'],
): void {
  const session = row.object
  session.status = 'complete'
  session.url = null
  session.payment_status = payment
  session.customer_details = {
    address: null,
    business_name: null,
    email: session.customer_email ?? PAYER.email,
    individual_name: null,
    name: PAYER.name,
    phone: null,
    tax_exempt: 'none',
    tax_ids: [],
  }
  const subscription = context.store.subscriptions.get(row.subscriptionId ?? '')?.object
  if (subscription !== undefined) {
    session.customer = subscription.customer
    session.subscription = subscription.id
    if (subscription.latest_invoice !== null) session.invoice = subscription.latest_invoice
  } else if (session.customer_creation === 'always') {
    session.customer ??= newCustomer(context, row)
  }
  countLinkCompletion(context, session.payment_link)
  emit(context, 'checkout.session.completed', session)
}

function newCustomer(context: Context, row: SessionRow): string {
  const email = row.object.customer_email ?? PAYER.email
  const { id } = createCustomer(context, { email, name: PAYER.name })
  const intent = intentOfSession(context, row)
  if (intent !== undefined) {
    intent.object.customer = id
    keepMethod(context, intent)
  }
  return id
}

/** A link with a limit counts completed sessions, paid or still waiting for the bank. */
function countLinkCompletion(context: Context, link: string | null): void {
  const restriction = context.store.links.get(link ?? '')?.object.restrictions?.completed_sessions
  if (restriction !== undefined) restriction.count += 1
}

function settleSession(context: Context, row: SessionRow, paid: boolean): void {
  if (paid) row.object.payment_status = 'paid'
  emit(context, `checkout.session.async_payment_${paid ? 'succeeded' : 'failed'}`, row.object)
}

/** A session that was only authorised counts as paid once its intent is captured. */
export function sessionAfterCapture(context: Context, intent: IntentRow): void {
  const row = context.store.sessions.get(intent.sessionId ?? '')
  if (row !== undefined && intent.object.status === 'succeeded') row.object.payment_status = 'paid'
}

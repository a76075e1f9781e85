import { completeFree, saveOnSession, subscriptionForSession } from './billing/checkout.ts'
import { attempt, authenticate } from './intent-machine.ts'
import { createIntent } from './new-intent.ts'
import { followIntent, intentOfSession } from './session-flow.ts'
import type { Context, IntentRow, SessionRow } from './state.ts'
import type { PaymentError } from './wire.ts'

/**
 * The payer presses Pay on a session's page. The intent is made at the first try: until then the session's
 * `payment_intent` is null. Only `payment_intent_data` reaches it, never the session's own metadata.
 */
export function payOnSession(
  context: Context,
  row: SessionRow,
  number: string,
  saves = offersToSave(row),
): PaymentError | null {
  if (row.object.mode === 'setup') return saveOnSession(context, row, number)
  if (row.object.mode === 'subscription') return subscribeOnSession(context, row, number)
  const intent = intentOfSession(context, row) ?? startIntent(context, row)
  intent.saves = saves && offersToSave(row)
  return tryWith(context, intent, number)
}

/** Checkout shows its box to known customers only. */
export const offersToSave = ({ object: session }: SessionRow): boolean =>
  session.customer !== null && session.saved_payment_method_options?.payment_method_save === 'enabled'

function subscribeOnSession(context: Context, row: SessionRow, number: string): PaymentError | null {
  const started = subscriptionForSession(context, row, number)
  if (!('object' in started)) return started
  if (completeFree(context, row, started, number)) return null
  const intent = intentOfSession(context, row)
  return intent === undefined ? null : tryWith(context, intent, number)
}

function startIntent(context: Context, row: SessionRow): IntentRow {
  const { id, amount_total, currency, customer } = row.object
  const intent = createIntent(context, {
    amount: amount_total ?? 0,
    currency: currency ?? 'usd',
    sessionId: id,
    invoiceId: null,
    returnUrl: null,
    fields: { customer, ...structuredClone(row.intentData) },
  })
  row.object.payment_intent = intent.object.id
  return intent
}

/** Pays an intent, with or without a session around it. */
export function tryWith(context: Context, intent: IntentRow, number: string): PaymentError | null {
  const before = intent.object.status
  try {
    return attempt(context, intent, number)
  } finally {
    followIntent(context, intent, before) // an attempt that ends in a 500 may have taken the money
  }
}

/** The payer leaves the bank's 3-D Secure page. */
export function finishAuthentication(
  context: Context,
  intent: IntentRow,
  passed: boolean,
): PaymentError | null {
  if (intent.object.status !== 'requires_action') return null
  const error = authenticate(context, intent, passed)
  followIntent(context, intent, 'requires_action')
  return error
}

import { attempt, authenticate } from './intent-machine.ts'
import { createIntent } from './payment-intents.ts'
import { followIntent, intentOfSession } from './session-flow.ts'
import type { Context, IntentRow, SessionRow } from './state.ts'
import type { PaymentError } from './wire.ts'

/**
 * The payer presses Pay on a session's page. The intent is made at the first try: until then the session's
 * `payment_intent` is null. Only `payment_intent_data` reaches it, never the session's own metadata.
 */
export function payOnSession(context: Context, row: SessionRow, number: string): PaymentError | null {
  const intent = intentOfSession(context, row) ?? startIntent(context, row)
  return tryWith(context, intent, number)
}

function startIntent(context: Context, row: SessionRow): IntentRow {
  const { id, amount_total: amount, currency, customer } = row.object
  const intent = createIntent(context, {
    amount,
    currency,
    sessionId: id,
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

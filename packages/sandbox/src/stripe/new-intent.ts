import { emit } from './events.ts'
import { type Context, type IntentRow, newId, nowSeconds, randomText } from './state.ts'
import type { PaymentIntent } from './wire.ts'

export interface NewIntent {
  readonly amount: number
  readonly currency: string
  readonly sessionId: string | null
  readonly invoiceId: string | null
  readonly returnUrl: string | null
  readonly fields: Partial<PaymentIntent>
}

/** Makes an intent and says so; used by the API, by Checkout and by invoices alike. */
export function createIntent(context: Context, by: NewIntent): IntentRow {
  const { world, accountId, livemode } = context
  const id = newId(world, 'pi')
  const object: PaymentIntent = {
    id,
    object: 'payment_intent',
    amount: by.amount,
    amount_capturable: 0,
    amount_received: 0,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    canceled_at: null,
    cancellation_reason: null,
    capture_method: 'automatic_async',
    client_secret: `${id}_secret_${randomText(world, 25)}`,
    confirmation_method: 'automatic',
    created: nowSeconds(world),
    currency: by.currency,
    customer: null,
    description: null,
    last_payment_error: null,
    latest_charge: null,
    livemode,
    metadata: {},
    next_action: null,
    payment_method: null,
    payment_method_types: ['card', 'us_bank_account'],
    processing: null,
    receipt_email: null,
    setup_future_usage: null,
    shipping: null,
    statement_descriptor: null,
    statement_descriptor_suffix: null,
    status: 'requires_payment_method',
    transfer_group: null,
    ...by.fields,
  }
  const row: IntentRow = {
    accountId,
    livemode,
    object,
    sessionId: by.sessionId,
    invoiceId: by.invoiceId,
    returnUrl: by.returnUrl,
    attempt: null,
  }
  context.store.intents.set(id, row)
  emit(context, 'payment_intent.created', object)
  return row
}

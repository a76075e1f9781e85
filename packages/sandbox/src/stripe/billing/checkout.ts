import { createCustomer } from '../customers.ts'
import { oneTimeItems } from '../line-items.ts'
import { magicOf } from '../payment-methods.ts'
import { completeSession, PAYER } from '../session-flow.ts'
import { type Context, nowSeconds, type SessionRow, type SubscriptionRow } from '../state.ts'
import type { PaymentError } from '../wire.ts'
import { isSavable } from './methods.ts'
import { confirmSetup, createSetup, startSubscription } from './start.ts'
import { latestInvoice } from './subscription-state.ts'

const DAY_S = 86_400

/** What a bank says to a card that cannot be saved. */
function refusal(number: string): PaymentError {
  const decline = magicOf(number).decline
  const code = decline?.code ?? 'card_declined'
  return {
    type: 'card_error',
    code,
    message: decline?.message ?? 'Your card was declined.',
    doc_url: `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`,
  }
}

/** The payer of a `mode=setup` session saves a card. */
export function saveOnSession(context: Context, row: SessionRow, number: string): PaymentError | null {
  if (!isSavable(number)) return refusal(number)
  const session = row.object
  session.customer ??= newCustomer(context, row)
  const setup = createSetup(context, { customer: session.customer, metadata: row.intentData.metadata })
  confirmSetup(context, setup, number)
  session.setup_intent = setup.object.id
  completeSession(context, row, 'no_payment_required')
  return null
}

/** Starts the session's subscription, or finds the one an earlier try began. Null: the card cannot be saved. */
export function subscriptionForSession(
  context: Context,
  row: SessionRow,
  number: string,
): SubscriptionRow | PaymentError {
  const known = context.store.subscriptions.get(row.subscriptionId ?? '')
  if (known !== undefined) return known
  const now = nowSeconds(context.world)
  const data = row.subscriptionData
  const free = row.object.amount_total === 0
  if (free && !isSavable(number)) return refusal(number)
  const recurring = row.lineItems.filter(({ price }) => price.type === 'recurring')
  const customer = row.object.customer ?? newCustomer(context, row)
  const started = startSubscription(context, {
    customer,
    items: recurring.map(({ price, quantity }) => ({ price, quantity, metadata: {} })),
    extras: oneTimeItems(row.lineItems),
    metadata: data?.metadata ?? {},
    description: data?.description ?? null,
    anchor: data?.anchor ?? null,
    prorate: data?.prorate ?? true,
    cancelAt: null,
    cancelAtPeriodEnd: false,
    trialEnd: data?.trialEnd ?? (data?.trialDays ? now + data.trialDays * DAY_S : null),
    missingMethod: data?.missingMethod ?? 'create_invoice',
    saveDefault: true,
    defaultMethod: null,
    sessionId: row.object.id,
  })
  row.subscriptionId = started.object.id
  return started
}

/** With nothing to pay yet the card is saved and the session complete. True when that was so. */
export function completeFree(
  context: Context,
  row: SessionRow,
  started: SubscriptionRow,
  number: string,
): boolean {
  if (latestInvoice(context, started)?.object.status !== 'paid') return false
  const setup = createSetup(context, { customer: started.object.customer, metadata: {} })
  started.object.pending_setup_intent = setup.object.id
  confirmSetup(context, setup, number)
  completeSession(context, row, 'no_payment_required')
  return true
}

function newCustomer(context: Context, row: SessionRow): string {
  const email = row.object.customer_email ?? PAYER.email
  return createCustomer(context, { email, name: PAYER.name }).id
}

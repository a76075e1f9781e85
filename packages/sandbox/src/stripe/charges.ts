import { bookEntry } from './balance.ts'
import { emit } from './events.ts'
import type { Decline, MagicCard } from './magic.ts'
import { processingFee } from './money.ts'
import { methodDetails, NO_BILLING } from './payment-methods.ts'
import { type ChargeRow, type Context, type IntentRow, newId, nowSeconds } from './state.ts'
import type { Charge, Outcome } from './wire.ts'

/**
 * Under `automatic_async` the fee is known a little after the payment (Stripe docs, Asynchronous
 * capture).
 */
export const BALANCE_TRANSACTION_DELAY_MS = 2_000
export const BALANCE_TRANSACTION_TASK = 'stripe.balance_transaction'

const APPROVED: Outcome = {
  advice_code: null,
  network_advice_code: null,
  network_decline_code: null,
  network_status: 'approved_by_network',
  reason: null,
  risk_level: 'normal',
  seller_message: 'Payment complete.',
  type: 'authorized',
}

/** The charge of one attempt, in the state the attempt ended in. */
export function createCharge(
  context: Context,
  intent: IntentRow,
  card: MagicCard,
  end: { status: Charge['status']; decline?: Decline },
): ChargeRow {
  const { world, accountId, livemode } = context
  const of = intent.object
  const paid = end.status === 'succeeded'
  const captured = paid && of.capture_method !== 'manual'
  const object: Charge = {
    id: newId(world, card.bank === undefined ? 'ch' : 'py'),
    object: 'charge',
    amount: of.amount,
    amount_captured: captured ? of.amount : 0,
    amount_refunded: 0,
    balance_transaction: null,
    billing_details: NO_BILLING,
    captured,
    created: nowSeconds(world),
    currency: of.currency,
    customer: of.customer,
    description: of.description,
    disputed: false,
    failure_code: end.decline?.code ?? null,
    failure_message: end.decline?.message ?? null,
    livemode,
    metadata: { ...of.metadata },
    outcome: end.decline === undefined ? APPROVED : refusal(end.decline),
    paid,
    payment_intent: of.id,
    payment_method: of.payment_method ?? '',
    payment_method_details: methodDetails(context, card, card.authentication !== undefined),
    receipt_email: of.receipt_email,
    refunded: false,
    statement_descriptor_suffix: of.statement_descriptor_suffix,
    status: end.status,
    transfer_group: of.transfer_group,
  }
  const row: ChargeRow = { accountId, livemode, object, released: 0, card: card.number }
  context.store.charges.set(object.id, row)
  of.latest_charge = object.id
  return row
}

function refusal(decline: Decline): Outcome {
  const blocked = decline.blocked === true
  return {
    advice_code: decline.adviceCode ?? null,
    network_advice_code: null,
    network_decline_code: null,
    network_status: blocked ? 'not_sent_to_network' : 'declined_by_network',
    reason: blocked ? 'highest_risk_level' : (decline.declineCode ?? decline.code),
    risk_level: blocked ? 'highest' : 'normal',
    seller_message: blocked ? 'Stripe blocked this payment as too risky.' : 'The bank declined the payment.',
    type: blocked ? 'blocked' : 'issuer_declined',
  }
}

/** Books the captured money now, or a little later when the capture is asynchronous. */
export function bookCapture(context: Context, row: ChargeRow, card: MagicCard, asynchronous: boolean): void {
  if (asynchronous && card.bypassPending !== true) {
    const atMs = context.world.clock.now() + BALANCE_TRANSACTION_DELAY_MS
    context.world.schedule(atMs, { kind: BALANCE_TRANSACTION_TASK, data: { charge: row.object.id } })
    return
  }
  assignBalanceTransaction(context, row, card.bypassPending === true)
}

function assignBalanceTransaction(context: Context, row: ChargeRow, immediate: boolean): void {
  const { amount_captured, currency, id, description } = row.object
  const type = id.startsWith('py_') ? 'payment' : 'charge'
  const fee = processingFee(amount_captured)
  const entry = { type, amount: amount_captured, fee, currency, source: id, description, immediate } as const
  row.object.balance_transaction = bookEntry(context, entry).id
}

/** The late half of an asynchronous capture: the fee becomes known and `charge.updated` says so. */
export function completeCapture(context: Context, row: ChargeRow): void {
  if (row.object.balance_transaction !== null) return
  assignBalanceTransaction(context, row, false)
  emit(context, 'charge.updated', row.object, { balance_transaction: null })
}

/**
 * Gives back what was authorised and not captured. Stripe shows it in the charge's `amount_refunded` although
 * the merchant made no refund (Stripe API reference, Cancel a PaymentIntent: "automatically refunded").
 */
export function releaseRemainder(row: ChargeRow): number {
  const remainder = row.object.amount - row.object.amount_captured
  row.released = remainder
  row.object.amount_refunded += remainder
  row.object.refunded = row.object.amount_refunded === row.object.amount
  return remainder
}

import { bookEntry } from './balance.ts'
import { emit } from './events.ts'
import type { MagicCard } from './magic.ts'
import { type ChargeRow, type Context, newId, nowSeconds, ownRows } from './state.ts'
import type { Dispute } from './wire.ts'

export type DisputeKind = NonNullable<MagicCard['dispute']>
export const DISPUTE_TASK = 'stripe.dispute'
const DISPUTE_DELAY_MS = 1_000
const EVIDENCE_DUE_S = 7 * 24 * 3_600
/** What Stripe takes for a dispute, in the smallest wire unit of the currency. */
const DISPUTE_FEE = 1_500

export function openDisputeSoon(context: Context, charge: ChargeRow, kind: DisputeKind): void {
  const atMs = context.world.clock.now() + DISPUTE_DELAY_MS
  context.world.schedule(atMs, { kind: DISPUTE_TASK, data: { charge: charge.object.id, dispute: kind } })
}

const REASON = {
  fraudulent: 'fraudulent',
  product_not_received: 'product_not_received',
  inquiry: 'fraudulent',
} satisfies Record<DisputeKind, string>

/** The payer's bank takes the money back, or only asks (an inquiry moves nothing). */
export function openDispute(context: Context, charge: ChargeRow, kind: DisputeKind): Dispute {
  const { world, accountId, livemode } = context
  const of = charge.object
  const inquiry = kind === 'inquiry'
  const amount = of.amount - of.amount_refunded
  const object: Dispute = {
    id: newId(world, 'dp'),
    object: 'dispute',
    amount,
    balance_transactions: [],
    charge: of.id,
    created: nowSeconds(world),
    currency: of.currency,
    evidence_details: {
      due_by: nowSeconds(world) + EVIDENCE_DUE_S,
      has_evidence: false,
      past_due: false,
      submission_count: 0,
    },
    is_charge_refundable: inquiry,
    livemode,
    metadata: {},
    payment_intent: of.payment_intent,
    reason: REASON[kind],
    status: inquiry ? 'warning_needs_response' : 'needs_response',
  }
  context.store.disputes.set(object.id, { accountId, livemode, object })
  of.disputed = true
  emit(context, 'charge.dispute.created', object)
  if (!inquiry) withdraw(context, object)
  return object
}

function withdraw(context: Context, dispute: Dispute): void {
  const { amount, currency, id } = dispute
  const description = `Chargeback withdrawal for ${dispute.charge}`
  const entry = {
    type: 'adjustment',
    amount: -amount,
    fee: DISPUTE_FEE,
    currency,
    source: id,
    description,
  } as const
  dispute.balance_transactions.push(bookEntry(context, entry))
  emit(context, 'charge.dispute.funds_withdrawn', dispute)
}

/** The bank decides: the disputed amount stays taken, or comes back; the fee stays either way. */
export function decideDispute(context: Context, charge: ChargeRow, won: boolean): boolean {
  const open = (status: Dispute['status']) => status === 'needs_response' || status === 'under_review'
  const row = ownRows(context, context.store.disputes).find(
    ({ object }) => object.charge === charge.object.id && open(object.status),
  )
  if (row === undefined) return false
  const dispute = row.object
  dispute.status = won ? 'won' : 'lost'
  if (won) {
    const { amount, currency, id } = dispute
    const description = `Chargeback reversal for ${dispute.charge}`
    const entry = { type: 'adjustment', amount, fee: 0, currency, source: id, description } as const
    dispute.balance_transactions.push(bookEntry(context, entry))
    emit(context, 'charge.dispute.funds_reinstated', dispute)
  }
  emit(context, 'charge.dispute.closed', dispute)
  return true
}

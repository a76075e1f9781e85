import {
  type DisputeReason,
  type DisputeStage,
  type DisputeStatus,
  type Money,
  money,
  type Outcome,
} from '@onerouter/core'
import type { DisputeSnapshot, Disputes, ListedDispute } from '../disputes.ts'
import type { ListedPage, ListWindow } from '../listing.ts'
import { call, path, type StripeContext } from './call.ts'
import type { StripeCredentials } from './credentials.ts'
import { pageOf, windowForm } from './lists.ts'
import { fromWireAmount } from './money.ts'
import { type Fields, fields, idOf, text } from './wire.ts'

export const disputes: Disputes<StripeCredentials> = {
  fetch: (ctx, disputeRef) =>
    call(ctx, { method: 'GET', path: path(['disputes', disputeRef]) }, (body) => {
      const dispute = disputeOf(body)
      return dispute?.disputeRef === disputeRef ? dispute : undefined
    }),
  listSince,
  // Stripe Dashboard, Payments → Disputes.
  evidenceUrl: (environment, disputeRef) =>
    `https://dashboard.stripe.com/${environment === 'test' ? 'test/' : ''}disputes/${encodeURIComponent(disputeRef)}`,
}

function listSince(ctx: StripeContext, window: ListWindow): Promise<Outcome<ListedPage<ListedDispute>>> {
  return call(ctx, { method: 'GET', path: path(['disputes'], windowForm(window)) }, (body) =>
    pageOf(body, (item) => {
      const disputeRef = text(item.id)
      const paymentRef = idOf(item.payment_intent)
      return disputeRef === null ? undefined : { disputeRef, paymentRef, status: statusOf(item.status) }
    }),
  )
}

/** Stripe API reference, The Dispute object, `status`. The `warning_` ones are inquiries: no money is held. */
const STATUS: Readonly<Record<string, DisputeStatus>> = {
  warning_needs_response: 'open',
  warning_under_review: 'under_review',
  warning_closed: 'closed',
  needs_response: 'open',
  under_review: 'under_review',
  won: 'won',
  lost: 'lost',
  // Rapid resolution refunded the payer before a chargeback was made of it.
  prevented: 'closed',
}

/** The same, `reason`. What is left out is told by `providerReason` alone. */
const REASON: Readonly<Record<string, DisputeReason>> = {
  fraudulent: 'fraudulent',
  product_not_received: 'product_not_received',
  product_unacceptable: 'product_unacceptable',
  duplicate: 'duplicate',
  credit_not_processed: 'credit_not_processed',
  subscription_canceled: 'subscription_canceled',
  unrecognized: 'unrecognized',
  debit_not_authorized: 'fraudulent',
  bank_cannot_process: 'processing_error',
  incorrect_account_details: 'processing_error',
  insufficient_funds: 'processing_error',
  noncompliant: 'processing_error',
}

function statusOf(value: unknown): DisputeSnapshot['status'] {
  const word = text(value)
  return word !== null && Object.hasOwn(STATUS, word) ? (STATUS[word] ?? 'unrecognised') : 'unrecognised'
}

function disputeOf(body: unknown): DisputeSnapshot | undefined {
  const dispute = fields(body)
  const disputeRef = text(dispute?.id)
  const providerStatus = text(dispute?.status)
  if (dispute === undefined || dispute.object !== 'dispute' || disputeRef === null) return undefined
  const amount = fromWireAmount(dispute.amount, dispute.currency)
  const movements = movementsOf(dispute)
  if (providerStatus === null || amount === undefined || movements === undefined) return undefined
  const providerReason = text(dispute.reason)
  const dueBy = fields(dispute.evidence_details)?.due_by
  return {
    disputeRef,
    paymentRef: idOf(dispute.payment_intent),
    reference: null,
    status: statusOf(providerStatus),
    providerStatus,
    stage: stageOf(dispute, providerStatus),
    reason:
      providerReason !== null && Object.hasOwn(REASON, providerReason)
        ? (REASON[providerReason] ?? 'other')
        : 'other',
    providerReason,
    amount,
    ...movements,
    respondByMs: typeof dueBy === 'number' && Number.isSafeInteger(dueBy) ? dueBy * 1000 : null,
    openedAtMs: Number.isSafeInteger(dispute.created) ? Number(dispute.created) * 1000 : 0,
  }
}

function stageOf(dispute: Fields, status: string): DisputeStage {
  // The Dispute object, `payment_method_details.card.case_type`.
  const card = fields(fields(dispute.payment_method_details)?.card)
  return status.startsWith('warning_') || card?.case_type === 'inquiry' ? 'inquiry' : 'chargeback'
}

/**
 * What left the account's balance: the amount once, and what came back when it was won, each with its fee. They are
 * in the account's currency, which need not be the payer's.
 */
function movementsOf(
  dispute: Fields,
): { readonly deducted: Money | null; readonly fee: Money | null } | undefined {
  const listed: unknown = dispute.balance_transactions
  if (!Array.isArray(listed)) return undefined
  const [first] = listed
  // Nothing was taken yet, as with every inquiry.
  if (first === undefined) return { deducted: null, fee: null }
  let taken = 0n
  let fee = 0n
  const code = fields(first)?.currency
  for (const item of listed) {
    const movement = fields(item)
    if (movement?.currency !== code) return undefined
    const amount = signedOf(movement?.amount, code)
    const charged = fromWireAmount(movement?.fee, code)
    if (amount === undefined || charged === undefined) return undefined
    taken -= amount
    fee += charged.minor
  }
  const unit = fromWireAmount(0, code)
  if (unit === undefined || taken < 0n) return undefined
  return { deducted: money(taken, unit.currency), fee: money(fee, unit.currency) }
}

function signedOf(amount: unknown, code: unknown): bigint | undefined {
  if (typeof amount !== 'number') return undefined
  const minor = fromWireAmount(Math.abs(amount), code)?.minor
  return minor === undefined || amount >= 0 ? minor : -minor
}

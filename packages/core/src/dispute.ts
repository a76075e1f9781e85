import type { Step } from './payment.ts'

/**
 * The life of a dispute. Which way it goes is the provider's word alone: a decision may be appealed, and an inquiry
 * that was dropped may come back as a chargeback, so nothing is final for ever.
 */
export const DISPUTE_STATUSES = ['open', 'under_review', 'won', 'lost', 'closed'] as const
export type DisputeStatus = (typeof DISPUTE_STATUSES)[number]

const NEXT = {
  // An answer is expected of the merchant.
  open: ['under_review', 'won', 'lost', 'closed'],
  // The answer is with the bank or the provider.
  under_review: ['open', 'won', 'lost', 'closed'],
  won: ['under_review', 'lost'],
  lost: ['under_review', 'won'],
  // Ended without a decision: withdrawn by the payer, or an inquiry that went nowhere.
  closed: ['open', 'under_review', 'won', 'lost'],
} as const satisfies Record<DisputeStatus, readonly DisputeStatus[]>

/** Where evidence of status `to` takes a dispute in status `from`. Pure. */
export function stepDispute(from: DisputeStatus, to: DisputeStatus): Step<DisputeStatus> {
  if (from === to) return { kind: 'same' }
  return (NEXT[from] as readonly DisputeStatus[]).includes(to)
    ? { kind: 'moved', to }
    : { kind: 'impossible', from, to }
}

export function nextDisputeStatuses(from: DisputeStatus): readonly DisputeStatus[] {
  return NEXT[from]
}

/** Whether something is still to come, so that it is worth looking. */
export function isDisputeOpen(status: DisputeStatus): boolean {
  return status === 'open' || status === 'under_review'
}

/** How far it has gone. An inquiry asks; from a chargeback on, the provider holds the money. */
export const DISPUTE_STAGES = ['inquiry', 'chargeback', 'pre_arbitration', 'arbitration'] as const
export type DisputeStage = (typeof DISPUTE_STAGES)[number]

/** Why, in words that every provider's codes are translated into. */
export const DISPUTE_REASONS = [
  'fraudulent',
  'product_not_received',
  'product_unacceptable',
  'duplicate',
  'incorrect_amount',
  'credit_not_processed',
  'subscription_canceled',
  'unrecognized',
  'processing_error',
  'other',
] as const
export type DisputeReason = (typeof DISPUTE_REASONS)[number]

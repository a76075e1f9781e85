import type { CreatedRange, Environment, ListParams, Service } from './shared.ts'

/** `open`: an answer is expected of you. `closed`: ended without a decision. */
export type DisputeStatus = 'open' | 'under_review' | 'won' | 'lost' | 'closed'

/** An inquiry asks; from a chargeback on, the provider holds the money. */
export type DisputeStage = 'inquiry' | 'chargeback' | 'pre_arbitration' | 'arbitration'

export type DisputeReason =
  | 'fraudulent'
  | 'product_not_received'
  | 'product_unacceptable'
  | 'duplicate'
  | 'incorrect_amount'
  | 'credit_not_processed'
  | 'subscription_canceled'
  | 'unrecognized'
  | 'processing_error'
  | 'other'

export interface DisputeMoney {
  readonly amount: string
  readonly amountMinor: number
  /** The one the provider settles in, which need not be the payer's. */
  readonly currency: string
}

export interface Dispute {
  readonly id: string
  readonly object: 'dispute'
  readonly paymentId: string
  readonly status: DisputeStatus
  readonly stage: DisputeStage
  readonly reason: DisputeReason
  /** What the payer disputes, in major units. */
  readonly amount: string
  readonly amountMinor: number
  readonly currency: string
  /** What the provider has taken and not given back; `null` where it does not say. */
  readonly deducted: DisputeMoney | null
  /** What the provider charges apart from the amount; `null` where it does not say. */
  readonly fee: DisputeMoney | null
  readonly provider: Service
  readonly providerDisputeId: string
  /** The provider's own words. */
  readonly providerStatus: string
  readonly providerReason: string | null
  readonly environment: Environment
  /** Until when evidence is taken. */
  readonly evidenceDueAt: string | null
  /** The page of the provider's dashboard where evidence is given. */
  readonly evidenceUrl: string
  /** At the provider. */
  readonly openedAt: string
  readonly closedAt: string | null
  readonly createdAt: string
  readonly updatedAt: string
}

export interface DisputeListParams extends ListParams {
  readonly created?: CreatedRange
  readonly paymentId?: string
  readonly status?: DisputeStatus
  readonly reason?: DisputeReason
  readonly provider?: Service
  readonly environment?: Environment
}

import type { Payment, TimelineEntry } from './payment.ts'
import type { Environment, Facts, ListParams, Service } from './shared.ts'

/** What a person said before, and what the provider showed at that moment. */
export interface ReviewDecision {
  readonly outcome: string
  readonly note: string
  readonly decidedBy: string
  readonly evidence: Facts
  readonly createdAt: string
}

/** A call to a provider, or a message from one, that waits for a person, with its evidence. */
export interface Review {
  /** `op_…` of a call, `whi_…` of a message. */
  readonly id: string
  readonly object: 'review'
  readonly kind: 'operation' | 'webhook'
  readonly environment: Environment
  readonly provider: Service
  readonly why: string | null
  readonly createdAt: string
  /** What waits. */
  readonly subject: Facts
  readonly payment: Payment | null
  /** The newest entries of the payment. */
  readonly timeline: readonly TimelineEntry[]
  /** The newest calls made for the payment. */
  readonly providerCalls: readonly TimelineEntry[]
  readonly decisions: readonly ReviewDecision[]
}

/** Entries carry their evidence, hence at most 20 per page, 10 by default. */
export interface ReviewListParams extends ListParams {
  readonly environment?: Environment
  readonly provider?: Service
}

export interface ReviewResolveParams {
  readonly outcome: 'happened' | 'did_not_happen'
  /** Why, for whoever reads it later; 3 to 1000 characters. */
  readonly note: string
}

export interface ReviewResolved {
  readonly operationId: string
  readonly state: string
  readonly payment: Payment
}

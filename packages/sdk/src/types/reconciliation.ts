import type { Environment, Facts, Instant, ListParams, Service } from './shared.ts'

export type ReconciliationRunState = 'running' | 'done' | 'failed'

/**
 * `missing_here`: the provider has it and OneRouter does not; `missing_there`: the reverse; `differs`: both have
 * it, with other facts.
 */
export type ReconciliationBucket = 'missing_here' | 'missing_there' | 'differs'

/** `repaired`: the books agree again; `resolved`: a person has dealt with it. */
export type ReconciliationItemState = 'open' | 'repaired' | 'resolved'

/** One comparison of OneRouter's books with a provider's, over a window of time. */
export interface ReconciliationRun {
  readonly id: string
  readonly object: 'reconciliation_run'
  readonly environment: Environment
  readonly provider: Service
  readonly kind: 'hourly' | 'daily' | 'manual'
  readonly state: ReconciliationRunState
  readonly from: string
  readonly to: string
  /** What is being looked at: `events`, `refunds`, `payments`, `ours`, `close`. */
  readonly phase: string
  /** Once it is done: how many were `matched`, `explained`, `inFlight`, `missingHere`, … */
  readonly counts: Readonly<Record<string, number>>
  /** Why it is waiting or has failed. */
  readonly reason: string | null
  readonly createdAt: string
  readonly finishedAt: string | null
}

/** One difference between the books. */
export interface ReconciliationItem {
  readonly id: string
  readonly object: 'reconciliation_item'
  readonly environment: Environment
  readonly provider: Service
  /** The run that saw it last. */
  readonly runId: string
  readonly bucket: ReconciliationBucket
  readonly state: ReconciliationItemState
  /** OneRouter's reference at the provider. */
  readonly reference: string
  readonly paymentId: string | null
  /** Which facts differ. */
  readonly reasons: readonly string[]
  readonly ours: Facts | null
  readonly theirs: Facts | null
  readonly note: string | null
  readonly resolvedBy: string | null
  readonly createdAt: string
  readonly seenAt: string
  readonly closedAt: string | null
}

export interface ReconciliationStartParams {
  readonly provider: Service
  readonly environment: Environment
  readonly from: Instant
  readonly to: Instant
}

export interface ReconciliationRunListParams extends ListParams {
  readonly environment?: Environment
  readonly provider?: Service
  readonly state?: ReconciliationRunState
}

export interface ReconciliationItemListParams extends ListParams {
  readonly environment?: Environment
  readonly provider?: Service
  readonly bucket?: ReconciliationBucket
  readonly state?: ReconciliationItemState
}

export interface ReconciliationResolveParams {
  /** Why, for whoever reads it later; 3 to 1000 characters. */
  readonly note: string
}

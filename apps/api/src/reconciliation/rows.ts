import type { Environment, Service, Uuid } from '@onerouter/core'

export const RUN_KINDS = ['hourly', 'daily', 'manual'] as const
export type RunKind = (typeof RUN_KINDS)[number]

/** In this order; `close` counts and tidies. */
export const PHASES = ['events', 'refunds', 'disputes', 'payments', 'ours', 'close'] as const
export type Phase = (typeof PHASES)[number]

export const BUCKETS = ['missing_here', 'missing_there', 'differs'] as const
export type Bucket = (typeof BUCKETS)[number]

export const ITEM_STATES = ['open', 'repaired', 'resolved'] as const
export type ItemState = (typeof ITEM_STATES)[number]

/** What a run came to about one subject. */
export type Verdict =
  | 'matched'
  | Bucket
  /** Differed in the list and agreed once the provider was asked about it. */
  | 'repaired'
  /** An object at the provider that no payer was ever shown or that was left behind unpaid. */
  | 'explained'
  /** Something is under way; a later run looks again. */
  | 'in_flight'
  /** The provider could not be asked about it. */
  | 'unverified'
  | 'event_recovered'
  | 'refund_followed'
  | 'dispute_followed'

export type Counts = Readonly<Partial<Record<Verdict, number>>>

/** One comparison of a window; a test holds it against the schema. */
export interface RunRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly provider: Service
  readonly kind: RunKind
  readonly window_from: Date
  readonly window_to: Date
  readonly state: 'running' | 'done' | 'failed'
  readonly phase: Phase
  readonly cursor: string | null
  readonly step: number
  readonly tries: number
  readonly counts: Counts
  readonly reason: string | null
  readonly due_at: Date | null
  readonly created_at: Date
  readonly finished_at: Date | null
}

export type Facts = Readonly<Record<string, string | number | null>>

/** A difference between the two sides, until the next run or a person closes it. */
export interface ItemRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly run_id: Uuid
  readonly provider: Service
  readonly subject: string
  readonly bucket: Bucket
  readonly reasons: readonly string[]
  readonly payment_id: Uuid | null
  readonly ours: Facts | null
  readonly theirs: Facts | null
  readonly digest: string
  readonly state: ItemState
  readonly note: string | null
  readonly resolved_by: string | null
  readonly created_at: Date
  readonly seen_at: Date
  readonly closed_at: Date | null
}

export interface DecisionRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly operation_id: Uuid
  readonly outcome: 'happened' | 'did_not_happen'
  readonly note: string
  readonly decided_by: string
  readonly evidence: Facts
  readonly created_at: Date
}

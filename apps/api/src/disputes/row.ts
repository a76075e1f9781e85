import type { DisputeReason, DisputeStage, DisputeStatus, Environment, Service, Uuid } from '@onerouter/core'

/** A row of `dispute`; a test holds its columns equal to the migration's. */
export interface DisputeRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly version: number
  readonly sequence: number
  readonly payment_id: Uuid
  readonly provider: Service
  readonly provider_dispute_id: string
  readonly status: DisputeStatus
  readonly provider_status: string
  readonly stage: DisputeStage
  readonly reason: DisputeReason
  readonly provider_reason: string | null
  readonly amount: bigint
  readonly currency: string
  readonly deducted: bigint | null
  readonly deducted_currency: string | null
  readonly fee: bigint | null
  readonly fee_currency: string | null
  readonly evidence_due_at: Date | null
  readonly evidence_url: string
  readonly opened_at: Date
  readonly closed_at: Date | null
  readonly tries: number
  readonly due_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
}

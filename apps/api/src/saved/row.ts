import type { Environment, Service, Uuid } from '@onerouter/core'
import type { MethodKind } from '@onerouter/providers'

/** What the table's rows look like in TypeScript; a test holds these against the migrations. */
export interface SavedMethodRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly customer_id: Uuid
  readonly payment_id: Uuid
  readonly state: 'pending' | 'active' | 'deleting' | 'deleted'
  readonly provider: Service | null
  readonly credential_version: number | null
  readonly provider_account: string | null
  readonly customer_ref: string | null
  readonly sealed: Buffer | null
  readonly key_id: bigint | null
  readonly digest: Buffer | null
  readonly kind: MethodKind | null
  readonly brand: string | null
  readonly last4: string | null
  readonly exp_month: number | null
  readonly exp_year: number | null
  readonly nickname: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly consented_at: Date
  readonly tries: number
  readonly due_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
}

/** One the provider keeps. */
export type KeptMethod = SavedMethodRow & {
  readonly provider: Service
  readonly credential_version: number
  readonly provider_account: string
  readonly sealed: Buffer
}

export const isKept = (row: SavedMethodRow): row is KeptMethod =>
  (row.state === 'active' || row.state === 'deleting') && row.sealed !== null

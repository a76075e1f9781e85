import type { Environment, LinkAttemptState, PaymentLinkStatus, Service, Uuid } from '@onerouter/core'
import type { Customer } from '@onerouter/providers'

/** A row of `payment_link`; a test holds its columns equal to the migration's. */
export interface LinkRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly version: number
  readonly sequence: number
  readonly status: PaymentLinkStatus
  readonly code: string
  readonly amount: bigint
  readonly currency: string
  readonly description: string | null
  readonly customer: Customer | null
  readonly metadata: Readonly<Record<string, string>>
  readonly callback_url: string | null
  readonly provider: Service | null
  readonly method: string | null
  readonly services: readonly Service[] | null
  readonly reusable: boolean
  readonly expires_at: Date | null
  readonly clicks: number
  readonly payments_count: number
  readonly amount_paid: bigint
  readonly payment_id: Uuid | null
  readonly paid_at: Date | null
  readonly notice: Notice | null
  readonly api_key_id: Uuid | null
  readonly tries: number
  readonly due_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
}

/** The text message that carries a link. `pending`: asked for, nothing done yet. `unknown`: the message itself tells later. */
export interface Notice {
  readonly status: 'pending' | 'accepted' | 'unknown' | 'failed'
  readonly sms_id: string | null
  readonly error: { readonly code: string; readonly message: string } | null
}

/** A row of `payment_link_attempt`. */
export interface AttemptRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly link_id: Uuid
  readonly payment_id: Uuid
  readonly visitor: string
  readonly state: LinkAttemptState
  readonly single_use: boolean
  readonly held_until: Date
  readonly created_at: Date
}

/** An attempt as it was listed; ages by the database's clock. */
export interface ListedAttempt extends AttemptRow {
  /** Of the last call that moved its payment's money. */
  readonly moved_age_ms: number | null
  /** Of the first refund that was asked for since. */
  readonly asked_age_ms: number | null
}

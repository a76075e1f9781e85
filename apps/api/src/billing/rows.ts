import type {
  Environment,
  PlanInterval,
  ProviderPlanState,
  Service,
  SubscriptionChargeStatus,
  SubscriptionOperationKind,
  SubscriptionOperationState,
  SubscriptionStatus,
  Uuid,
} from '@onerouter/core'
import type { Customer } from '@onerouter/providers'
import type { StoredFailure } from '../store/rows.ts'

/** What the billing tables' rows look like in TypeScript; a test holds these against the migrations. */
export interface CustomerRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly name: string | null
  readonly email: string | null
  readonly phone: string | null
  readonly country: string | null
  readonly description: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly deleted_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
}

export interface PlanRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly name: string
  readonly description: string | null
  readonly amount: bigint
  readonly currency: string
  readonly interval: PlanInterval
  readonly interval_count: number
  readonly provider: Service | null
  readonly metadata: Readonly<Record<string, string>>
  readonly created_at: Date
}

/** A plan as one merchant account at a provider holds it. */
export interface ProviderPlanRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly plan_id: Uuid
  readonly provider: Service
  readonly provider_account: string
  readonly credential_version: number
  readonly reference: string
  readonly state: ProviderPlanState
  readonly provider_plan_id: string | null
  readonly provider_refs: Readonly<Record<string, string>>
  readonly failure: StoredFailure | null
  readonly tries: number
  readonly due_at: Date | null
  readonly sent_at: Date
  readonly created_at: Date
  readonly updated_at: Date
}

export interface SubscriptionRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly version: number
  readonly sequence: number
  readonly status: SubscriptionStatus
  readonly plan_id: Uuid
  readonly pending_plan_id: Uuid | null
  readonly pending_quantity: number | null
  readonly quantity: number
  readonly trial_days: number
  readonly start_at: Date | null
  readonly total_count: number | null
  readonly customer_id: Uuid | null
  readonly customer: Customer | null
  readonly description: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly provider: Service
  readonly credential_version: number
  readonly reference: string
  readonly attempts: number
  readonly provider_order_id: string | null
  readonly provider_subscription_id: string | null
  readonly provider_refs: Readonly<Record<string, string>>
  readonly provider_status: string | null
  readonly provider_customer_id: string | null
  readonly approval_url: string | null
  readonly return_url: string | null
  readonly cancel_url: string | null
  readonly current_period_start: Date | null
  readonly current_period_end: Date | null
  readonly trial_end: Date | null
  readonly next_charge_at: Date | null
  readonly cancel_at_period_end: boolean
  readonly cancel_asked: boolean
  readonly cancel_scheduled_at: Date | null
  readonly ended_at: Date | null
  readonly paid_count: number
  readonly failed_count: number
  readonly currency: string
  readonly charged: bigint
  readonly refunded: bigint
  readonly latest_charge_id: Uuid | null
  readonly failure: StoredFailure | null
  readonly api_key_id: Uuid | null
  readonly tries: number
  readonly due_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
}

export interface SubscriptionOperationRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly subscription_id: Uuid
  readonly kind: SubscriptionOperationKind
  readonly provider: Service
  readonly credential_version: number
  readonly reference: string
  readonly state: SubscriptionOperationState
  readonly request: SubscriptionRequest
  readonly failure: StoredFailure | null
  readonly tries: number
  readonly due_at: Date | null
  readonly sent_at: Date | null
  readonly created_at: Date
  readonly finished_at: Date | null
}

/** The part of a call that is not on the subscription, kept so that the same call can be sent again. */
export interface SubscriptionRequest {
  readonly when?: 'now' | 'period_end'
  readonly plan_id?: Uuid
  readonly quantity?: number
  readonly prorate?: boolean
  /** A cancellation of ours at the period's end: it is made until it holds. */
  readonly scheduled?: boolean
  /** Why, in the merchant's words; kept for the record. */
  readonly reason?: string
}

export interface SubscriptionChargeRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly subscription_id: Uuid
  readonly kind: 'period' | 'extra'
  readonly provider: Service
  readonly provider_charge_id: string
  readonly provider_payment_id: string | null
  readonly status: SubscriptionChargeStatus
  readonly attempts: number
  readonly amount: bigint
  readonly currency: string
  readonly refunded: bigint
  readonly fee_amount: bigint | null
  readonly fee_tax: bigint | null
  readonly fee_currency: string | null
  readonly period_start: Date
  readonly period_end: Date | null
  readonly failure: StoredFailure | null
  readonly charged_at: Date
  readonly created_at: Date
  readonly updated_at: Date
}

export type ObjectRef = Pick<CustomerRow, 'account_id' | 'environment' | 'id'>

const LIVE: readonly SubscriptionOperationState[] = ['sent', 'unknown', 'needs_review']

/** Nobody knows yet what became of the call. */
export const isLive = ({ state }: Pick<SubscriptionOperationRow, 'state'>): boolean => LIVE.includes(state)

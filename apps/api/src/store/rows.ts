import type {
  Environment,
  OperationKind,
  OperationState,
  PaymentStatus,
  RefundStatus,
  Service,
  Uuid,
} from '@onerouter/core'
import type { Customer, Failure } from '@onerouter/providers'

/** What a table row looks like in TypeScript. Amounts are minor units; a test holds these against the schema. */
export interface PaymentRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly version: number
  readonly sequence: number
  readonly status: PaymentStatus
  readonly amount: bigint
  readonly currency: string
  readonly captured: bigint
  readonly refunded: bigint
  readonly refund_pending: bigint
  readonly capture_mode: 'automatic' | 'manual'
  readonly provider: Service
  readonly credential_version: number
  readonly reference: string
  readonly provider_order_id: string | null
  readonly provider_payment_id: string | null
  readonly provider_refs: Readonly<Record<string, string>>
  readonly checkout_url: string | null
  readonly checkout_options: Readonly<Record<string, string | number | boolean>> | null
  readonly method: string | null
  readonly receipt: string | null
  readonly description: string | null
  readonly customer: Customer | null
  readonly metadata: Readonly<Record<string, string>>
  readonly return_url: string | null
  readonly cancel_url: string | null
  readonly failure: StoredFailure | null
  readonly fee_amount: bigint | null
  readonly fee_tax: bigint | null
  readonly fee_currency: string | null
  readonly attempts: number
  readonly routing: RoutingRecord
  readonly api_key_id: Uuid | null
  readonly created_at: Date
  readonly updated_at: Date
}

/** Why a payment, operation or refund did not work, in words fit for the caller. */
export interface StoredFailure {
  readonly code: string
  readonly decline_reason: Failure['reason'] | null
  readonly message: string
  readonly provider_code: string | null
}

export interface RoutingCandidate {
  readonly provider: Service
  readonly chosen: boolean
  readonly reason: string
  /** What it was ranked by, where its strategy counts. Absent in records from before there were rules. */
  readonly score?: number | null
  readonly health?: 'closed' | 'open' | 'half_open'
}

/** Why a payment went where it went, kept with it. */
export interface RoutingRecord {
  readonly rule:
    | 'requested'
    | 'only_candidate'
    | 'default_order'
    | 'rule'
    | 'default_rule'
    /** It charges a method that this provider keeps. */
    | 'saved_method'
    /** Nobody chose: it is the charge of a subscription, which its provider makes. */
    | 'subscription'
  readonly candidates: readonly RoutingCandidate[]
  /** The version of the rules; 0: none. Absent in records from before there were rules, like all below. */
  readonly version?: number
  readonly name?: string | null
  readonly strategy?: 'order' | 'split' | 'least_cost' | 'success_rate' | null
  readonly trial?: boolean
}

export interface OperationRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly payment_id: Uuid
  readonly refund_id: Uuid | null
  readonly kind: OperationKind
  readonly n: number
  readonly provider: Service
  readonly credential_version: number
  readonly reference: string
  readonly state: OperationState
  readonly amount: bigint
  readonly currency: string
  readonly request: OperationRequest
  readonly failure: StoredFailure | null
  readonly tries: number
  readonly due_at: Date | null
  readonly created_at: Date
  /** By the database's clock, whatever the clock of the server that recorded it said. */
  readonly recorded_at: Date
  readonly finished_at: Date | null
}

/** An operation in somebody's hands. */
export interface ClaimedOperation extends OperationRow {
  /** How long ago it was recorded when it was claimed: both times by the database's clock. */
  readonly age_ms: number
}

/** The part of a call that is not on the payment, kept so that the same call can be sent again. */
export interface OperationRequest {
  readonly method?: string
  readonly reason?: string
  readonly speed?: 'normal' | 'optimum'
  /** The payer lets what pays be kept; by what name providers know them already. */
  readonly save?: { readonly customers: Readonly<Partial<Record<Service, string>>> }
  /** A kept method is charged while its payer is away. */
  readonly saved?: { readonly method_id: Uuid }
  /** The provider's payment that came beside the one in the books, for an attempt that gives it back. */
  readonly duplicate?: DuplicateRequest
}

export interface DuplicateRequest {
  readonly order_ref: string
  readonly payment_ref: string
  readonly refs: Readonly<Record<string, string>>
}

export interface RefundRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly payment_id: Uuid
  readonly version: number
  readonly sequence: number
  readonly status: RefundStatus
  readonly amount: bigint
  readonly currency: string
  readonly reason: string | null
  readonly speed: 'normal' | 'optimum'
  readonly metadata: Readonly<Record<string, string>>
  readonly provider: Service
  readonly provider_refund_id: string | null
  readonly failure: StoredFailure | null
  readonly created_at: Date
  readonly updated_at: Date
}

export interface IdempotencyRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly key: string
  readonly fingerprint: Buffer
  readonly request_id: string
  readonly object_environment: Environment
  readonly payment_id: Uuid
  readonly operation_id: Uuid
  readonly refund_id: Uuid | null
  readonly status: number | null
  readonly body: string | null
  readonly created_at: Date
}

export interface EventRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly type: string
  readonly subject_kind:
    | 'payment'
    | 'refund'
    | 'dispute'
    | 'sms'
    | 'payment_link'
    | 'subscription'
    | 'webhook'
    | 'service'
  readonly subject_id: Uuid
  readonly sequence: number
  /** The exact text every delivery sends. */
  readonly payload: string
  readonly created_at: Date
}

export interface InboundRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly provider: Service
  readonly event_id: string
  readonly event_type: string
  readonly state: 'received' | 'applied' | 'ignored' | 'quarantined'
  readonly reason: string | null
  readonly payment_id: Uuid | null
  readonly body: Buffer
  readonly tries: number
  readonly due_at: Date | null
  readonly received_at: Date
  readonly applied_at: Date | null
}

/** Rows travel into multi-row statements as JSON text; the database's own input functions make the types. */
export function rowJson(row: object): string {
  return JSON.stringify(row, (_key, value: unknown) => {
    if (typeof value === 'bigint') return value.toString()
    if (isBufferJson(value)) return `\\x${Buffer.from(value.data).toString('hex')}`
    return value
  })
}

function isBufferJson(value: unknown): value is { type: 'Buffer'; data: number[] } {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer'
}

export const inboundColumns = (row: InboundRow): Record<string, unknown> => ({
  ...row,
  body: `\\x${row.body.toString('hex')}`,
})

/** The least of a database that the money statements need; a pool and a client both are one. */
export interface Queryable {
  query(statement: {
    name?: string
    text: string
    values: readonly unknown[]
  }): Promise<{ rows: Record<string, unknown>[]; rowCount: number | null }>
}

/** SQLSTATE of a database error; `undefined` for anything else. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}

/** The row changed, or the database let somebody else go first: nothing was written, decide anew. */
export function lostTheRace(error: unknown): boolean {
  const state = sqlState(error)
  return state === STALE_VERSION || state === '40P01' || state === '55P03'
}

export const STALE_VERSION = '40001'
export const UNIQUE_VIOLATION = '23505'
export const NOT_AVAILABLE = 'OR001'
export const CHECK_VIOLATION = '23514'

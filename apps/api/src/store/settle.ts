import type { OperationState, Uuid } from '@onerouter/core'
import { eventArms } from './deliveries.ts'
import type { EventRow, IdempotencyRow, PaymentRow, Queryable, RefundRow, StoredFailure } from './rows.ts'
import { rowJson } from './rows.ts'

/**
 * Second statement of every money operation: outcome, totals, events and the answer to replay, in one commit.
 * Writers carry the version they read; who comes second gets 40001 and decides anew from what is there.
 */
export interface OperationChange {
  readonly id: Uuid
  /** Only from one of these: an operation is settled once. */
  readonly from: readonly OperationState[]
  readonly to: OperationState
  readonly failure: StoredFailure | null
  /** Milliseconds until the resolver looks again; null = nothing left to do. */
  readonly dueMs: number | null
  /**
   * What a send proves of itself ("never left", "refused") it proves only while nobody has sent again since: the
   * number of tries it knew of. `null`: evidence, which holds whoever found it.
   */
  readonly fence: number | null
}

/** How the charge in force follows its payment. */
export type ChargeChange = Pick<OperationChange, 'from' | 'to' | 'dueMs'>

/** The stored answer of a finished request. */
export interface Answer {
  readonly status: number
  readonly body: string
}

export interface StoredAnswer {
  readonly claim: Pick<IdempotencyRow, 'account_id' | 'environment' | 'key'>
  /** `null` gives the key back: the request provably never happened and may be sent anew. */
  readonly answer: Answer | null
}

const operationArm = (fence: string) => `o as (
  update operation set state = $4, failure = $5::jsonb,
    tries = case when $4 = 'unknown' then tries else 0 end,
    due_at = clock_timestamp() + $6::int * interval '1 millisecond',
    finished_at = case when $6::int is null then clock_timestamp() end
  where $1::uuid is not null and account_id = $2::uuid and environment = $3 and id = $1::uuid
    and state = any($7::text[]) and (${fence}::int is null or tries = ${fence}::int)
  returning 1
)`

const EVENTS_AND_ANSWER = (arm: string) => `${eventArms(arm, '$9')}, i as (
  update idempotency set status = $13::int, body = $14 from ${arm}
  where idempotency.account_id = $10::uuid and idempotency.environment = $11 and key = $12
    and idempotency.status is null and $13::int is not null and idempotency.operation_id = $1::uuid
), d as (
  delete from idempotency using ${arm}
  where idempotency.account_id = $10::uuid and idempotency.environment = $11 and key = $12
    and idempotency.status is null and $13::int is null and idempotency.operation_id = $1::uuid
)
select case
  when exists (select 1 from ${arm}) then true
  when $1::uuid is not null and not exists (select 1 from o) then false
  else stale_version() = 0 end as written`

export const PAYMENT_COLUMNS = [
  'version',
  'sequence',
  'status',
  'captured',
  'provider_order_id',
  'provider_payment_id',
  'provider_refs',
  'checkout_url',
  'checkout_options',
  'method',
  'failure',
  'fee_amount',
  'fee_tax',
  'fee_currency',
  'updated_at',
] as const

const SETTLE_PAYMENT = `with ${operationArm('$18')}, p as (
  update payment set ${PAYMENT_COLUMNS.map((name) => `${name} = n.${name}`).join(', ')}
  from jsonb_populate_record(null::payment, $8::jsonb) n
  where payment.account_id = $2::uuid and payment.environment = $3 and payment.id = n.id
    and payment.version = n.version - 1 and ($1::uuid is null or exists (select 1 from o))
  returning payment.id, payment.reference
), c as (
  update operation set state = case when state = any($17::text[]) then $15 else state end,
    due_at = clock_timestamp() + $16::int * interval '1 millisecond', tries = 0,
    finished_at = case when $16::int is null then clock_timestamp() end
  from p where account_id = $2::uuid and environment = $3 and payment_id = p.id and kind = 'charge'
    and operation.reference = p.reference and operation.id is distinct from $1::uuid
), ${EVENTS_AND_ANSWER('p')}`

/**
 * Writes a payment's next version together with what led to it.
 * `false`: the operation had been settled by somebody else. Throws 40001 when the payment changed meanwhile.
 */
export async function settlePayment(
  db: Queryable,
  change: {
    readonly payment: PaymentRow
    readonly events: readonly EventRow[]
    readonly operation: OperationChange | null
    /** What the new status says about the charge attempt and when to look again, where it is not the operation. */
    readonly charge: ChargeChange
    readonly stored: StoredAnswer | null
  },
): Promise<boolean> {
  const { payment } = change
  const { rows } = await db.query({
    name: 'settle-payment',
    text: SETTLE_PAYMENT,
    values: [
      ...operationValues(change.operation, payment),
      rowJson(payment),
      ...tailValues(change),
      change.charge.to,
      change.charge.dueMs,
      change.charge.from,
      change.operation?.fence ?? null,
    ],
  })
  return rows[0]?.['written'] === true
}

const SETTLE_REFUND = `with ${operationArm('$17')}, r as (
  update refund set version = n.version, sequence = n.sequence, status = n.status,
    provider_refund_id = n.provider_refund_id, failure = n.failure, updated_at = n.updated_at
  from jsonb_populate_record(null::refund, $8::jsonb) n
  where refund.account_id = $2::uuid and refund.environment = $3 and refund.id = n.id
    and refund.version = n.version - 1 and ($1::uuid is null or exists (select 1 from o))
  returning refund.payment_id, refund.updated_at
), p as (
  update payment set refund_pending = refund_pending + $15::bigint, refunded = refunded + $16::bigint,
    version = version + 1, updated_at = r.updated_at
  from r where payment.account_id = $2::uuid and payment.environment = $3 and payment.id = r.payment_id
  returning 1
), ${EVENTS_AND_ANSWER('p')}`

/**
 * Writes a refund's next version and moves its amount between the payment's totals. The totals change by
 * difference, so refunds that finish together do not wait for each other's version.
 */
export async function settleRefund(
  db: Queryable,
  change: {
    readonly refund: RefundRow
    readonly pendingDelta: bigint
    readonly refundedDelta: bigint
    readonly events: readonly EventRow[]
    readonly operation: OperationChange | null
    readonly stored: StoredAnswer | null
  },
): Promise<boolean> {
  const { refund } = change
  const { rows } = await db.query({
    name: 'settle-refund',
    text: SETTLE_REFUND,
    values: [
      ...operationValues(change.operation, refund),
      rowJson(refund),
      ...tailValues(change),
      change.pendingDelta.toString(),
      change.refundedDelta.toString(),
      change.operation?.fence ?? null,
    ],
  })
  return rows[0]?.['written'] === true
}

function operationValues(
  operation: OperationChange | null,
  owner: { readonly account_id: Uuid; readonly environment: string },
): unknown[] {
  return [
    operation?.id ?? null,
    owner.account_id,
    owner.environment,
    operation?.to ?? null,
    operation?.failure == null ? null : JSON.stringify(operation.failure),
    operation?.dueMs ?? null,
    operation?.from ?? [],
  ]
}

function tailValues(change: {
  readonly events: readonly EventRow[]
  readonly stored: StoredAnswer | null
}): unknown[] {
  const { stored } = change
  return [
    rowJson(change.events),
    stored?.claim.account_id ?? null,
    stored?.claim.environment ?? null,
    stored?.claim.key ?? null,
    stored?.answer?.status ?? null,
    stored?.answer?.body ?? null,
  ]
}

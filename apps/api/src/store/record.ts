import { eventArms } from './deliveries.ts'
import type { EventRow, IdempotencyRow, OperationRow, PaymentRow, Queryable, RefundRow } from './rows.ts'
import { rowJson } from './rows.ts'

/**
 * First statement of every money operation: idempotency claim, intent and event in one commit, before any
 * provider is called. Each arm takes its rows from the arm before it, so a lost claim writes nothing.
 * Due times are made by the database's clock: leases must not depend on a node's own.
 */
const CLAIM = `claim as (
  insert into idempotency select r.* from jsonb_populate_record(null::idempotency, $1::jsonb) r
  on conflict (account_id, environment, key) do nothing returning 1
)`

/** An arm that inserts operations from any source that has their columns as `r`. */
export const operationFrom = (source: string, dueMs: string, onConflict = '') => `o as (
  insert into operation (account_id, environment, id, payment_id, refund_id, kind, n, provider, credential_version,
    reference, state, amount, currency, request, failure, tries, due_at, created_at, recorded_at, finished_at)
  select r.account_id, r.environment, r.id, r.payment_id, r.refund_id, r.kind, r.n, r.provider,
    r.credential_version, r.reference, r.state, r.amount, r.currency, r.request, null, 0,
    clock_timestamp() + ${dueMs}::int * interval '1 millisecond', r.created_at, clock_timestamp(), null
  from ${source}
  ${onConflict} returning 1
)`

/** One operation, where the arm before it has written its row. */
export const after = (arm: string, record: string) =>
  `${arm}, jsonb_populate_record(null::operation, ${record}::jsonb) r`

const CREATE = `with ${CLAIM}, p as (
  insert into payment select r.* from claim, jsonb_populate_record(null::payment, $2::jsonb) r returning 1
), ${operationFrom(after('p', '$3'), '$4')}, ${eventArms('o', '$5')}
select count(*)::int as recorded from o`

export interface Intent {
  readonly idempotency: IdempotencyRow
  readonly operation: OperationRow
  /** When the resolver may assume that this process died with the call in its hands. */
  readonly takeoverMs: number
}

/** Records a new payment and its first charge attempt. `false`: the idempotency key is taken. */
export async function recordCreate(
  db: Queryable,
  intent: Intent & { readonly payment: PaymentRow; readonly events: readonly EventRow[] },
): Promise<boolean> {
  const { rows } = await db.query({
    name: 'record-create',
    text: CREATE,
    values: [
      rowJson(intent.idempotency),
      rowJson(intent.payment),
      rowJson(intent.operation),
      intent.takeoverMs,
      rowJson(intent.events),
    ],
  })
  return rows[0]?.['recorded'] === 1
}

const FAILOVER = `with l as (
  update operation set state = $4, failure = $5::jsonb, due_at = null, finished_at = clock_timestamp()
  where account_id = $1::uuid and environment = $2 and id = $3::uuid and state in ('sent', 'unknown')
    -- What proves that nothing was sent proves it only while nobody else has sent it.
    and ($4 = 'abandoned' or (state = 'sent' and tries = 0))
  returning 1
), p as (
  update payment set version = n.version, provider = n.provider, credential_version = n.credential_version,
    reference = n.reference, checkout_url = n.checkout_url, attempts = n.attempts, routing = n.routing,
    updated_at = n.updated_at
  from jsonb_populate_record(null::payment, $6::jsonb) n, l
  where payment.account_id = $1::uuid and payment.environment = $2 and payment.id = n.id
    and payment.version = n.version - 1 and payment.status in ('created', 'processing')
  returning 1
), ${operationFrom(after('p', '$7'), '$8')}, i as (
  update idempotency set operation_id = (jsonb_populate_record(null::operation, $7::jsonb)).id from p
  where idempotency.account_id = $9::uuid and idempotency.environment = $10 and key = $11
)
select case
  when exists (select 1 from o) then true
  when exists (select 1 from l) then stale_version() = 0
  else false end as recorded`

/**
 * Leaves an attempt that nobody was shown behind and records the next one, in one commit:
 * a payment has one live attempt at every instant. `false`: the attempt had been settled by somebody else.
 * Throws 40001 when the payment changed meanwhile.
 */
export async function recordFailover(
  db: Queryable,
  failover: {
    readonly left: Pick<OperationRow, 'id' | 'state' | 'failure'>
    readonly payment: PaymentRow
    readonly operation: OperationRow
    /** The request that waits; `null` where the resolver acts, whose callers follow the payment instead. */
    readonly claim: Pick<IdempotencyRow, 'account_id' | 'environment' | 'key'> | null
    readonly takeoverMs: number
  },
): Promise<boolean> {
  const { left, payment, operation, claim } = failover
  const { rows } = await db.query({
    name: 'record-failover',
    text: FAILOVER,
    values: [
      payment.account_id,
      payment.environment,
      left.id,
      left.state,
      left.failure === null ? null : JSON.stringify(left.failure),
      rowJson(payment),
      rowJson(operation),
      failover.takeoverMs,
      claim?.account_id ?? null,
      claim?.environment ?? null,
      claim?.key ?? null,
    ],
  })
  return rows[0]?.recorded === true
}

const COMPLETION = `with ${CLAIM}, p as (
  update payment set version = version + 1 from claim
  where account_id = $4::uuid and environment = $5 and id = $6::uuid and version = $7::int
  returning 1
), ${operationFrom(after('p', '$2'), '$3')}
select case
  when exists (select 1 from o) then 1
  when exists (select 1 from claim) then stale_version()
  else 0 end as recorded`

/**
 * Records a capture or a void of a payment in exactly the version that was read.
 * `false`: the key is taken. Throws 40001 when the payment changed, 23505 when another one is under way.
 */
export async function recordCompletion(
  db: Queryable,
  intent: Intent & { readonly payment: PaymentRow },
): Promise<boolean> {
  const { payment } = intent
  const { rows } = await db.query({
    name: 'record-completion',
    text: COMPLETION,
    values: [
      rowJson(intent.idempotency),
      rowJson(intent.operation),
      intent.takeoverMs,
      payment.account_id,
      payment.environment,
      payment.id,
      payment.version,
    ],
  })
  return rows[0]?.['recorded'] === 1
}

const CONFIRM = `with p as (
  update payment set version = version + 1
  where account_id = $3::uuid and environment = $4 and id = $5::uuid and version = $6::int
  returning 1
), ${operationFrom(after('p', '$1'), '$2')}
select case when exists (select 1 from o) then 1 else stale_version() end as recorded`

/** Records the completion of a payment its payer approved; nobody's idempotency key is involved. */
export async function recordConfirm(
  db: Queryable,
  operation: OperationRow,
  payment: PaymentRow,
  takeoverMs: number,
): Promise<void> {
  await db.query({
    name: 'record-confirm',
    text: CONFIRM,
    values: [
      rowJson(operation),
      takeoverMs,
      payment.account_id,
      payment.environment,
      payment.id,
      payment.version,
    ],
  })
}

const REFUND = `with ${CLAIM}, p as (
  update payment set refund_pending = refund_pending + $8::bigint, version = version + 1, updated_at = $9
  from claim
  where account_id = $5::uuid and environment = $6 and id = $7::uuid and status = 'succeeded'
    and captured - refunded - refund_pending >= $8::bigint
  returning 1
), f as (
  insert into refund select r.* from p, jsonb_populate_record(null::refund, $10::jsonb) r returning 1
), ${operationFrom(after('f', '$2'), '$3')}, ${eventArms('o', '$4')}
select case
  when exists (select 1 from o) then 1
  when exists (select 1 from claim) then refuse_not_available()
  else 0 end as recorded`

/**
 * Reserves the amount and records the refund: the single conditional update is what keeps refunds within the
 * capture under any concurrency. `false`: the key is taken. Throws OR001 when the amount is not available.
 */
export async function recordRefund(
  db: Queryable,
  intent: Intent & { readonly refund: RefundRow; readonly events: readonly EventRow[] },
): Promise<boolean> {
  const { refund } = intent
  const { rows } = await db.query({
    name: 'record-refund',
    text: REFUND,
    values: [
      rowJson(intent.idempotency),
      rowJson(intent.operation),
      intent.takeoverMs,
      rowJson(intent.events),
      refund.account_id,
      refund.environment,
      refund.payment_id,
      refund.amount.toString(),
      refund.created_at,
      rowJson(refund),
    ],
  })
  return rows[0]?.['recorded'] === 1
}

const LATE_SUCCESS = `with p as (
  update payment set version = version + 1
  where account_id = $3::uuid and environment = $4 and id = $5::uuid and version = $6::int
  returning 1
), ${operationFrom(
  after('p', '$1'),
  '$2',
  `on conflict (account_id, environment, id) do update set state = excluded.state, amount = excluded.amount,
    request = excluded.request, failure = null, tries = 0, due_at = excluded.due_at, finished_at = null
  where operation.state in ('declined', 'rejected', 'not_sent', 'absent', 'abandoned', 'canceled', 'expired')`,
)}
select case
  when exists (select 1 from o) then 1
  when exists (select 1 from p) then 0
  else stale_version() end as recorded`

/**
 * Records an attempt whose money the payment does not take, to be given back: a new row for what came twice, the
 * attempt's own row for one that was left behind. Only beside the payment in the version that was read, so that
 * what is in its books is never taken for a duplicate. `false`: it is known already. Throws 40001 when the payment
 * changed, 23505 when another row gives the same money back.
 */
export async function recordLateSuccess(
  db: Queryable,
  operation: OperationRow,
  payment: PaymentRow,
  dueMs: number,
): Promise<boolean> {
  const { rows } = await db.query({
    name: 'record-late-success',
    text: LATE_SUCCESS,
    values: [rowJson(operation), dueMs, payment.account_id, payment.environment, payment.id, payment.version],
  })
  return rows[0]?.['recorded'] === 1
}

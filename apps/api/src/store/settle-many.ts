import { HANDED, type Handover, handedValues, handingInserts, handOver } from './handed-over.ts'
import type { PaymentRow, Queryable } from './rows.ts'
import { PAYMENT_COLUMNS, type settlePayment } from './settle.ts'

type Change = Parameters<typeof settlePayment>[1]

/** What a change says besides the payment's own columns; `i` is its place in the flush. */
const CHANGE_COLUMNS = {
  i: 'int',
  account_id: 'uuid',
  environment: 'text',
  payment_id: 'uuid',
  operation_id: 'uuid',
  operation_from: 'text[]',
  operation_to: 'text',
  operation_failure: 'jsonb',
  operation_due_ms: 'int',
  fence: 'int',
  charge_from: 'text[]',
  charge_to: 'text',
  charge_due_ms: 'int',
  claim_account: 'uuid',
  claim_environment: 'text',
  claim_key: 'text',
  answer_status: 'int',
  answer_body: 'text',
}

const PAYMENT_TYPES: Readonly<Record<(typeof PAYMENT_COLUMNS)[number], string>> = {
  version: 'int',
  sequence: 'int',
  status: 'text',
  captured: 'bigint',
  provider_order_id: 'text',
  provider_payment_id: 'text',
  provider_refs: 'jsonb',
  checkout_url: 'text',
  checkout_options: 'jsonb',
  method: 'text',
  failure: 'jsonb',
  fee_amount: 'bigint',
  fee_tax: 'bigint',
  fee_currency: 'text',
  updated_at: 'timestamptz',
}

const RECORD = Object.entries({ ...CHANGE_COLUMNS, ...PAYMENT_TYPES }).map(
  ([name, type]) => `${name} ${type}`,
)
const CARRIED = Object.keys(CHANGE_COLUMNS).map((name) => `n.${name}`)

/** Wrapped in CASE so that the memberships stay hashed lookups whatever the planner believes. */
const among = (value: string, list: string) => `case when ${value} in (${list}) then true else false end`

/** The events of a change are its payment's, and a flush has a payment once. */
const EVENTS = `jsonb_populate_recordset(null::event, $2::jsonb) r
  where ${among('r.subject_id', 'select payment_id from p')}`

/**
 * `settlePayment` for many payments at once, with the same arms. A change that finds its payment in another version undoes
 * the whole statement with SQLSTATE 40001; each change is then tried alone (`groupCommit`).
 *
 * While tables are empty all indexes that begin with the account look alike, and one that knows no more of the row would read
 * all of the account's. So the payment is reached by its id alone (no index serves `is not distinct from`), and the operation by
 * its payment, which every such index knows.
 */
export const SETTLE_MANY = `with n as materialized (
  select * from jsonb_to_recordset($1::jsonb) as n(${RECORD.join(', ')})
), o as (
  update operation set state = n.operation_to, failure = n.operation_failure,
    tries = case when n.operation_to = 'unknown' then tries else 0 end,
    due_at = clock_timestamp() + n.operation_due_ms * interval '1 millisecond',
    finished_at = case when n.operation_due_ms is null then clock_timestamp() end
  from n where operation.account_id = n.account_id and operation.environment = n.environment
    and operation.payment_id = n.payment_id and operation.id = n.operation_id and operation.state = any(n.operation_from)
    and (n.fence is null or operation.tries = n.fence)
  returning operation.id
), p as (
  update payment set ${PAYMENT_COLUMNS.map((name) => `${name} = n.${name}`).join(', ')}
  from n where payment.account_id is not distinct from n.account_id
    and payment.environment is not distinct from n.environment and payment.id = n.payment_id and payment.version = n.version - 1
    and (n.operation_id is null or ${among('n.operation_id', 'select id from o')})
  returning payment.reference, ${CARRIED.join(', ')}
), c as (
  update operation set state = case when operation.state = any(p.charge_from) then p.charge_to else operation.state end,
    due_at = clock_timestamp() + p.charge_due_ms * interval '1 millisecond', tries = 0,
    finished_at = case when p.charge_due_ms is null then clock_timestamp() end
  from p where operation.reference = p.reference and operation.account_id = p.account_id
    and operation.environment = p.environment and operation.payment_id = p.payment_id
    and operation.kind = 'charge' and operation.id is distinct from p.operation_id
), ${handingInserts(EVENTS, 3)}, i as (
  update idempotency set status = p.answer_status, body = p.answer_body from p
  where idempotency.account_id = p.claim_account and idempotency.environment = p.claim_environment
    and idempotency.key = p.claim_key and idempotency.status is null and p.answer_status is not null
    and idempotency.operation_id = p.operation_id
), d as (
  delete from idempotency using p
  where idempotency.account_id = p.claim_account and idempotency.environment = p.claim_environment
    and idempotency.key = p.claim_key and idempotency.status is null and p.answer_status is null
    and idempotency.operation_id = p.operation_id
)
select n.i, case
  when n.i in (select i from p) then true
  when n.operation_id is not null and n.operation_id not in (select id from o) then false
  else stale_version() = 0 end as written, ${HANDED}
from n`

/** For each whether it was written. `false`: the operation had been settled by somebody else. Throws 40001. */
export async function settlePayments(
  db: Queryable,
  changes: readonly Change[],
  handover: Handover,
): Promise<boolean[]> {
  // By payment, so that two processes lock the same rows in one order.
  const sorted = changes
    .map((change, place) => ({ change, place }))
    .toSorted((a, b) => (a.change.payment.id < b.change.payment.id ? -1 : 1))
  const events = sorted.flatMap(({ change }) => change.events)
  const { rows } = await db.query({
    name: 'settle-payments',
    text: SETTLE_MANY,
    values: [
      JSON.stringify(sorted.map(({ change, place }) => recordOf(change, place))),
      JSON.stringify(events),
      ...handedValues(handover, events),
    ],
  })
  const written = new Map(rows.map((row) => [row['i'], row['written'] === true]))
  handOver(handover, events, rows[0])
  return changes.map((_, place) => written.get(place) === true)
}

function recordOf({ payment, operation, charge, stored }: Change, i: number): Record<string, unknown> {
  return {
    i,
    account_id: payment.account_id,
    environment: payment.environment,
    payment_id: payment.id,
    operation_id: operation?.id,
    operation_from: operation?.from,
    operation_to: operation?.to,
    operation_failure: operation?.failure,
    operation_due_ms: operation?.dueMs,
    fence: operation?.fence,
    charge_from: charge.from,
    charge_to: charge.to,
    charge_due_ms: charge.dueMs,
    claim_account: stored?.claim.account_id,
    claim_environment: stored?.claim.environment,
    claim_key: stored?.claim.key,
    answer_status: stored?.answer?.status,
    answer_body: stored?.answer?.body,
    ...paymentColumns(payment),
  }
}

function paymentColumns(payment: PaymentRow): Readonly<Record<(typeof PAYMENT_COLUMNS)[number], unknown>> {
  return {
    version: payment.version,
    sequence: payment.sequence,
    status: payment.status,
    captured: payment.captured.toString(),
    provider_order_id: payment.provider_order_id,
    provider_payment_id: payment.provider_payment_id,
    provider_refs: payment.provider_refs,
    checkout_url: payment.checkout_url,
    checkout_options: payment.checkout_options,
    method: payment.method,
    failure: payment.failure,
    fee_amount: payment.fee_amount?.toString(),
    fee_tax: payment.fee_tax?.toString(),
    fee_currency: payment.fee_currency,
    updated_at: payment.updated_at,
  }
}

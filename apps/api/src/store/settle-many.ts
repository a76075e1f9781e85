import { type Columns, column, names, unnested, valuesOf } from './columns.ts'
import { HANDED, type Handover, handedValues, handingInserts, handOver } from './handed-over.ts'
import type { EventRow, Queryable } from './rows.ts'
import { PAYMENT_COLUMNS, type settlePayment } from './settle.ts'

type Change = Parameters<typeof settlePayment>[1]
type Placed = Change & { readonly i: number }

/** What a change says besides the payment's own columns; `i` is its place in the flush. */
const CHANGE_COLUMNS: Columns<Placed> = {
  i: column('int4', ({ i }) => i),
  account_id: column('uuid', ({ payment }) => payment.account_id),
  environment: column('text', ({ payment }) => payment.environment),
  payment_id: column('uuid', ({ payment }) => payment.id),
  operation_id: column('uuid', ({ operation }) => operation?.id),
  // An array has no arrays of different lengths in it: states travel as one word list.
  operation_from: column('text', ({ operation }) => operation?.from.join(' ')),
  operation_to: column('text', ({ operation }) => operation?.to),
  operation_failure: column('jsonb', ({ operation }) => json(operation?.failure)),
  operation_due_ms: column('int4', ({ operation }) => operation?.dueMs),
  fence: column('int4', ({ operation }) => operation?.fence),
  charge_from: column('text', ({ charge }) => charge.from.join(' ')),
  charge_to: column('text', ({ charge }) => charge.to),
  charge_due_ms: column('int4', ({ charge }) => charge.dueMs),
  claim_account: column('uuid', ({ stored }) => stored?.claim.account_id),
  claim_environment: column('text', ({ stored }) => stored?.claim.environment),
  claim_key: column('text', ({ stored }) => stored?.claim.key),
  answer_status: column('int4', ({ stored }) => stored?.answer?.status),
  answer_body: column('text', ({ stored }) => stored?.answer?.body),
}

const NEXT_COLUMNS: Columns<Placed, (typeof PAYMENT_COLUMNS)[number]> = {
  version: column('int4', ({ payment }) => payment.version),
  sequence: column('int4', ({ payment }) => payment.sequence),
  status: column('text', ({ payment }) => payment.status),
  captured: column('int8', ({ payment }) => payment.captured),
  provider_order_id: column('text', ({ payment }) => payment.provider_order_id),
  provider_payment_id: column('text', ({ payment }) => payment.provider_payment_id),
  provider_refs: column('jsonb', ({ payment }) => json(payment.provider_refs)),
  checkout_url: column('text', ({ payment }) => payment.checkout_url),
  checkout_options: column('jsonb', ({ payment }) => json(payment.checkout_options)),
  method: column('text', ({ payment }) => payment.method),
  failure: column('jsonb', ({ payment }) => json(payment.failure)),
  fee_amount: column('int8', ({ payment }) => payment.fee_amount),
  fee_tax: column('int8', ({ payment }) => payment.fee_tax),
  fee_currency: column('text', ({ payment }) => payment.fee_currency),
  updated_at: column('timestamptz', ({ payment }) => payment.updated_at),
}

const COLUMNS: Columns<Placed> = { ...CHANGE_COLUMNS, ...NEXT_COLUMNS }

const EVENT_COLUMNS: Columns<EventRow> = {
  account_id: column('uuid', (event) => event.account_id),
  environment: column('text', (event) => event.environment),
  id: column('uuid', (event) => event.id),
  type: column('text', (event) => event.type),
  subject_kind: column('text', (event) => event.subject_kind),
  subject_id: column('uuid', (event) => event.subject_id),
  sequence: column('int4', (event) => event.sequence),
  payload: column('text', (event) => event.payload),
  created_at: column('timestamptz', (event) => event.created_at),
}

const json = (value: object | null | undefined): string | null =>
  value === null || value === undefined ? null : JSON.stringify(value)

const CARRIED = Object.keys(CHANGE_COLUMNS).map((name) => `n.${name}`)

/** Wrapped in CASE so that the memberships stay hashed lookups whatever the planner believes. */
const among = (value: string, list: string, is = true) =>
  `case when ${value} in (${list}) then ${is} else ${!is} end`

/** The events of a change are its payment's, and a flush has a payment once. */
const FIRST_EVENT = Object.keys(COLUMNS).length + 1
const AFTER_EVENTS = FIRST_EVENT + Object.keys(EVENT_COLUMNS).length
const EVENTS = `${unnested(EVENT_COLUMNS, FIRST_EVENT)} r (${names(EVENT_COLUMNS)})
  where ${among('r.subject_id', 'select payment_id from p')}`

/**
 * `settlePayment` for many payments at once, with the same arms. A change that finds its payment in another version undoes
 * the whole statement with SQLSTATE 40001; each change is then tried alone (`groupCommit`).
 *
 * While tables are empty all indexes that begin with the account look alike, and one that knows no more of the row would read
 * all of the account's. So the payment is reached by its id alone (no index serves `is not distinct from`), and the operation by
 * its payment, which every such index knows. A charge that is itself the operation was written by its arm.
 */
export const SETTLE_MANY = `with n as materialized (
  select * from ${unnested(COLUMNS, 1)} n (${names(COLUMNS)})
), o as (
  update operation set state = n.operation_to, failure = n.operation_failure,
    tries = case when n.operation_to = 'unknown' then tries else 0 end,
    due_at = clock_timestamp() + n.operation_due_ms * interval '1 millisecond',
    finished_at = case when n.operation_due_ms is null then clock_timestamp() end
  from n where operation.account_id = n.account_id and operation.environment = n.environment
    and operation.payment_id = n.payment_id and operation.id = n.operation_id
    and operation.state = any(string_to_array(n.operation_from, ' ')) and (n.fence is null or operation.tries = n.fence)
  returning operation.id, operation.reference
), p as (
  update payment set ${PAYMENT_COLUMNS.map((name) => `${name} = n.${name}`).join(', ')}
  from n where payment.account_id is not distinct from n.account_id
    and payment.environment is not distinct from n.environment and payment.id = n.payment_id and payment.version = n.version - 1
    and (n.operation_id is null or ${among('n.operation_id', 'select id from o')})
  returning payment.reference, ${CARRIED.join(', ')}
), c as (
  update operation set
    state = case when operation.state = any(string_to_array(p.charge_from, ' ')) then p.charge_to else operation.state end,
    due_at = clock_timestamp() + p.charge_due_ms * interval '1 millisecond', tries = 0,
    finished_at = case when p.charge_due_ms is null then clock_timestamp() end
  from p where ${among('p.reference', 'select reference from o', false)}
    and operation.reference = p.reference and operation.account_id = p.account_id
    and operation.environment = p.environment and operation.payment_id = p.payment_id and operation.kind = 'charge'
), ${handingInserts(EVENTS, AFTER_EVENTS)}, i as (
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
    .map((change, i) => ({ ...change, i }))
    .toSorted((a, b) => (a.payment.id < b.payment.id ? -1 : 1))
  const events = sorted.flatMap((change) => change.events)
  const { rows } = await db.query({
    name: 'settle-payments',
    text: SETTLE_MANY,
    values: [
      ...valuesOf(COLUMNS, sorted),
      ...valuesOf(EVENT_COLUMNS, events),
      ...handedValues(handover, events),
    ],
  })
  const written = new Map(rows.map((row) => [row['i'], row['written'] === true]))
  handOver(handover, events, rows[0])
  return changes.map((_, place) => written.get(place) === true)
}

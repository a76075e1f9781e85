import { eventArms } from '../store/deliveries.ts'
import type { EventRow, Queryable } from '../store/rows.ts'
import { rowJson } from '../store/rows.ts'
import type { StoredAnswer } from '../store/settle.ts'
import { nextVersion } from './record.ts'
import type { ObjectRef, SubscriptionChargeRow, SubscriptionOperationRow, SubscriptionRow } from './rows.ts'

/** Columns and rows are held equal by a test. */
const asRows = (rows: Record<string, unknown>[]): SubscriptionOperationRow[] =>
  rows as unknown as SubscriptionOperationRow[]

const CHARGE_UPDATES = [
  'provider_charge_id',
  'provider_payment_id',
  'status',
  'attempts',
  'amount',
  'refunded',
  'fee_amount',
  'fee_tax',
  'fee_currency',
  'period_end',
  'failure',
  'charged_at',
  'updated_at',
]

const WRITE = `with held as (
  select 1 from subscription_operation w, jsonb_populate_record(null::subscription_operation, $4::jsonb) n
  where w.account_id = n.account_id and w.environment = n.environment and w.id = n.id
    and ($11::int is null or w.tries = $11::int)
  for update of w
), ${nextVersion('$1', {
  set: `, due_at = clock_timestamp() + $2::bigint * interval '1 millisecond'`,
  where: ` and ($4::jsonb = '{}'::jsonb or exists (select 1 from held))`,
})}, c as (
  insert into subscription_charge select r.* from s, jsonb_populate_recordset(null::subscription_charge, $3::jsonb) r
  on conflict (account_id, environment, id) do update set
    ${CHARGE_UPDATES.map((name) => `${name} = excluded.${name}`).join(', ')}
), o as (
  update subscription_operation set state = n.state, failure = n.failure, due_at = null,
    finished_at = clock_timestamp()
  from jsonb_populate_record(null::subscription_operation, $4::jsonb) n, s
  where subscription_operation.account_id = n.account_id and subscription_operation.environment = n.environment
    and subscription_operation.id = n.id
), over as (
  update subscription_operation w set state = 'canceled', due_at = null, finished_at = clock_timestamp()
  from jsonb_populate_record(null::subscription, $1::jsonb) n, s
  where w.account_id = n.account_id and w.environment = n.environment and w.subscription_id = n.id
    and w.state = 'scheduled' and n.ended_at is not null
), ${eventArms('s', '$5')}, i as (
  update idempotency set status = $9::int, body = $10 from s
  where idempotency.account_id = $6::uuid and idempotency.environment = $7 and key = $8
    and idempotency.status is null and $9::int is not null
), d as (
  delete from idempotency using s
  where idempotency.account_id = $6::uuid and idempotency.environment = $7 and key = $8
    and idempotency.status is null and $9::int is null
)
select count(*)::int as written from s`

export interface SubscriptionChange {
  readonly subscription: SubscriptionRow
  /** Until the provider is asked next; `null` = nothing is expected any more. */
  readonly dueMs: number | null
  readonly charges: readonly SubscriptionChargeRow[]
  /** The call that this settles. */
  readonly operation: SubscriptionOperationRow | null
  /** Where what is known is of one send: nobody must have taken the call up to send it again since. */
  readonly fence: number | null
  readonly events: readonly EventRow[]
  readonly stored: StoredAnswer | null
}

/**
 * Second statement: what is known now, with charges, totals, events and the answer to replay, in one commit.
 * `false`: the subscription changed since it was read, or the call was taken up by somebody else. Throws 23505 when a
 * period's charge was just booked.
 */
export async function writeSubscription(db: Queryable, change: SubscriptionChange): Promise<boolean> {
  const { stored } = change
  const { rows } = await db.query({
    name: 'write-subscription',
    text: WRITE,
    values: [
      rowJson(change.subscription),
      change.dueMs,
      rowJson(change.charges),
      change.operation === null ? '{}' : rowJson(change.operation),
      rowJson(change.events),
      stored?.claim.account_id ?? null,
      stored?.claim.environment ?? null,
      stored?.claim.key ?? null,
      stored?.answer?.status ?? null,
      stored?.answer?.body ?? null,
      change.fence,
    ],
  })
  return rows[0]?.['written'] === 1
}

export async function getOperation(db: Queryable, ref: ObjectRef): Promise<SubscriptionOperationRow | null> {
  const { rows } = await db.query({
    name: 'get-subscription-operation',
    text: 'select * from subscription_operation where account_id = $1 and environment = $2 and id = $3',
    values: [ref.account_id, ref.environment, ref.id],
  })
  return asRows(rows)[0] ?? null
}

/** The call that made the subscription, or is making it: its reference is the subscription's. */
export async function creationOf(
  db: Queryable,
  row: Pick<SubscriptionRow, 'reference'>,
): Promise<SubscriptionOperationRow | null> {
  const { rows } = await db.query({
    name: 'creation-of-subscription',
    text: 'select * from subscription_operation where reference = $1',
    values: [row.reference],
  })
  return asRows(rows)[0] ?? null
}

/** Calls under way and the cancellation that waits: what is open of a subscription. */
export async function openOperations(db: Queryable, owner: ObjectRef): Promise<SubscriptionOperationRow[]> {
  const { rows } = await db.query({
    name: 'open-subscription-operations',
    text: `select * from subscription_operation
      where account_id = $1 and environment = $2 and subscription_id = $3
        and state in ('scheduled', 'sent', 'unknown', 'needs_review')`,
    values: [owner.account_id, owner.environment, owner.id],
  })
  return asRows(rows)
}

export async function claimDueOperations(
  db: Queryable,
  limit: number,
  leaseMs: number,
): Promise<SubscriptionOperationRow[]> {
  const { rows } = await db.query({
    name: 'claim-due-subscription-operations',
    text: `update subscription_operation o
      set due_at = clock_timestamp() + $2::int * interval '1 millisecond', tries = tries + 1
      from (select account_id, environment, id from subscription_operation
        where due_at <= clock_timestamp() order by due_at limit $1 for update skip locked) due
      where o.account_id = due.account_id and o.environment = due.environment and o.id = due.id
      returning o.*`,
    values: [limit, leaseMs],
  })
  return asRows(rows)
}

/** Takes one unresolved call now, whatever its schedule, unless somebody else holds it. */
export async function claimOperation(
  db: Queryable,
  operation: SubscriptionOperationRow,
  leaseMs: number,
): Promise<SubscriptionOperationRow | null> {
  const { rows } = await db.query({
    name: 'claim-subscription-operation',
    text: `update subscription_operation
      set due_at = clock_timestamp() + $4::int * interval '1 millisecond', tries = tries + 1
      where account_id = $1 and environment = $2 and id = $3 and tries = $5
        and (state in ('unknown', 'needs_review') or (state = 'sent' and due_at <= clock_timestamp()))
      returning *`,
    values: [operation.account_id, operation.environment, operation.id, leaseMs, operation.tries],
  })
  return asRows(rows)[0] ?? null
}

/** Puts a call back on its schedule: sent → unknown → needs_review, or a scheduled one as it is. */
export async function postponeOperation(
  db: Queryable,
  operation: ObjectRef,
  state: SubscriptionOperationRow['state'],
  dueMs: number | null,
): Promise<void> {
  await db.query({
    name: 'postpone-subscription-operation',
    text: `update subscription_operation
      set state = $4, due_at = clock_timestamp() + $5::bigint * interval '1 millisecond'
      where account_id = $1 and environment = $2 and id = $3 and (state = $4
        or (state = 'sent' and $4 = 'unknown') or (state in ('sent', 'unknown') and $4 = 'needs_review'))`,
    values: [operation.account_id, operation.environment, operation.id, state, dueMs],
  })
}

/**
 * A scheduled cancellation whose time has come is a call under way from here on. `null`: it is no longer
 * wanted, or another call on the subscription is under way and comes first.
 */
export async function startScheduled(
  db: Queryable,
  operation: SubscriptionOperationRow,
  sentAt: Date,
  leaseMs: number,
): Promise<SubscriptionOperationRow | null> {
  const { rows } = await db.query({
    name: 'start-scheduled-cancellation',
    text: `update subscription_operation o set state = 'sent', sent_at = $4,
        due_at = clock_timestamp() + $5::int * interval '1 millisecond'
      where account_id = $1 and environment = $2 and id = $3 and state = 'scheduled'
        and not exists (select 1 from subscription_operation w where w.account_id = o.account_id
          and w.environment = o.environment and w.subscription_id = o.subscription_id
          and w.state in ('sent', 'unknown', 'needs_review'))
      returning *`,
    values: [operation.account_id, operation.environment, operation.id, sentAt, leaseMs],
  })
  return asRows(rows)[0] ?? null
}

/** Cancellations on the sandbox that fall due before its clock gets there, in order. */
export async function scheduledOnSandbox(
  db: Queryable,
  beforeMs: number,
  limit: number,
): Promise<readonly { readonly operation: SubscriptionOperationRow; readonly atMs: number }[]> {
  const { rows } = await db.query({
    text: `select o.*, (extract(epoch from s.cancel_scheduled_at) * 1000)::float8 as at_ms
      from subscription_operation o join subscription s on s.account_id = o.account_id
        and s.environment = o.environment and s.id = o.subscription_id
      join credential c on c.account_id = o.account_id and c.environment = o.environment
        and c.service = o.provider and c.version = o.credential_version and c.sandbox
      where o.state = 'scheduled' and s.cancel_scheduled_at <= $1 order by s.cancel_scheduled_at limit $2`,
    values: [new Date(beforeMs), limit],
  })
  return rows.map(({ at_ms: atMs, ...row }) => ({
    operation: row as unknown as SubscriptionOperationRow, // the table's columns and one more, taken off
    atMs: Number(atMs),
  }))
}

/** A cancellation that could not be made waits again, unless somebody else has taken it up since: it was promised. */
export async function rescheduleCancellation(
  db: Queryable,
  operation: SubscriptionOperationRow,
  dueMs: number,
): Promise<void> {
  await db.query({
    name: 'reschedule-cancellation',
    text: `update subscription_operation set state = 'scheduled', sent_at = null,
        due_at = clock_timestamp() + $4::bigint * interval '1 millisecond'
      where account_id = $1 and environment = $2 and id = $3 and state in ('sent', 'unknown') and tries = $5`,
    values: [operation.account_id, operation.environment, operation.id, dueMs, operation.tries],
  })
}

/** Makes what a dead process left behind due at once; only for an installation with a single process. */
export async function releaseSentSubscriptions(db: Queryable): Promise<void> {
  for (const table of ['subscription_operation', 'provider_plan']) {
    await db.query({
      text: `update ${table} set due_at = clock_timestamp() where state = 'sent' and due_at > clock_timestamp()`,
      values: [],
    })
  }
}

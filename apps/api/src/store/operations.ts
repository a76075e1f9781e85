import type { Uuid } from '@onerouter/core'
import type { Ref } from './payments.ts'
import type { ClaimedOperation, OperationRow, Queryable } from './rows.ts'

const asOperations = (rows: Record<string, unknown>[]): OperationRow[] => rows as unknown as OperationRow[] // columns and OperationRow are held equal by a test

export async function getOperation(db: Queryable, ref: Ref): Promise<OperationRow | null> {
  const { rows } = await db.query({
    name: 'get-operation',
    text: 'select * from operation where account_id = $1 and environment = $2 and id = $3',
    values: [ref.account_id, ref.environment, ref.id],
  })
  return asOperations(rows)[0] ?? null
}

/** By the payment alone, for the reason of `GET_PAYMENT`. */
export const LIST_OPERATIONS = `select * from operation
  where payment_id = $3 and account_id is not distinct from $1 and environment is not distinct from $2
  order by id limit 500`

/** Every operation of a payment, oldest first; a payment has few. */
export async function listOperations(db: Queryable, payment: Ref): Promise<OperationRow[]> {
  const { rows } = await db.query({
    name: 'list-operations',
    text: LIST_OPERATIONS,
    values: [payment.account_id, payment.environment, payment.id],
  })
  return asOperations(rows)
}

/** Servers' clocks differ; that of the database is one, and the same that recorded the call. */
const AGE_MS = `(extract(epoch from clock_timestamp() - recorded_at) * 1000)::float8 as age_ms`

/**
 * Takes up to `limit` operations whose time has come, each for `leaseMs`: the due time itself is the lease, so
 * a worker that dies gives its work back by doing nothing.
 */
export async function claimDueOperations(
  db: Queryable,
  limit: number,
  leaseMs: number,
): Promise<ClaimedOperation[]> {
  const { rows } = await db.query({
    name: 'claim-due-operations',
    text: `update operation o
      set due_at = clock_timestamp() + $2::int * interval '1 millisecond', tries = tries + 1
      from (select account_id, environment, id from operation
        where due_at <= clock_timestamp() order by due_at limit $1 for update skip locked) due
      where o.account_id = due.account_id and o.environment = due.environment and o.id = due.id
      returning o.*, ${AGE_MS}`,
    values: [limit, leaseMs],
  })
  return rows as unknown as ClaimedOperation[] // the columns of an operation, and its age
}

/**
 * Takes one unresolved operation now, whatever its schedule, unless somebody else holds it: `lease` is the due
 * time the caller read, and whoever moved it since is the holder.
 */
export async function claimOperation(
  db: Queryable,
  operation: OperationRow,
  leaseMs: number,
): Promise<ClaimedOperation | null> {
  const { rows } = await db.query({
    name: 'claim-operation',
    text: `update operation
      set due_at = clock_timestamp() + $4::int * interval '1 millisecond', tries = tries + 1
      where account_id = $1 and environment = $2 and id = $3 and tries = $5
        and (state in ('unknown', 'needs_review') or (state = 'sent' and due_at <= clock_timestamp()))
      returning *, ${AGE_MS}`,
    values: [operation.account_id, operation.environment, operation.id, leaseMs, operation.tries],
  })
  return (rows as unknown as ClaimedOperation[])[0] ?? null // the columns of an operation, and its age
}

/** Puts an operation back on its schedule. Only "not known yet" moves here: sent → unknown → needs_review. */
export async function postponeOperation(
  db: Queryable,
  operation: Ref,
  state: OperationRow['state'],
  dueMs: number | null,
): Promise<void> {
  await db.query({
    name: 'postpone-operation',
    text: `update operation
      set state = $4, due_at = clock_timestamp() + $5::int * interval '1 millisecond'
      where account_id = $1 and environment = $2 and id = $3
        and (state = $4 or (state = 'sent' and $4 = 'unknown') or (state = 'unknown' and $4 = 'needs_review'))`,
    values: [operation.account_id, operation.environment, operation.id, state, dueMs],
  })
}

const PROVIDERS_MAX = 500

/**
 * One call of unknown outcome of each account's provider becomes due now, where it would wait longer than `beyondMs`:
 * the one asked about least often, so that one that can never be settled does not stand in the others' way. Nothing
 * else is touched: what is due within `beyondMs` may be in somebody's hands.
 */
export async function sendScouts(db: Queryable, beyondMs: number): Promise<number> {
  const { rowCount } = await db.query({
    name: 'send-scouts',
    text: `update operation o set due_at = clock_timestamp()
      from (select distinct on (account_id, environment, provider) account_id, environment, id from operation
        where state = 'unknown' and due_at > clock_timestamp() + $1::int * interval '1 millisecond'
        order by account_id, environment, provider, tries, id limit ${PROVIDERS_MAX}) scout
      where o.account_id = scout.account_id and o.environment = scout.environment and o.id = scout.id
        and o.state = 'unknown' and o.due_at > clock_timestamp() + $1::int * interval '1 millisecond'`,
    values: [beyondMs],
  })
  return rowCount ?? 0
}

/**
 * Calls of the same provider that would wait longer than `beyondMs` become due within `withinMs`, each at a moment of
 * its own, which its id decides.
 */
export async function fetchWaiting(
  db: Queryable,
  settled: Pick<OperationRow, 'account_id' | 'environment' | 'provider'>,
  {
    beyondMs,
    withinMs,
    limit,
  }: { readonly beyondMs: number; readonly withinMs: number; readonly limit: number },
): Promise<number> {
  const { rowCount } = await db.query({
    name: 'fetch-waiting',
    text: `update operation o
      set due_at = clock_timestamp()
        + floor(('x' || right(o.id::text, 4))::bit(16)::int * $5::float8 / 65536) * interval '1 millisecond'
      from (select account_id, environment, id from operation
        where account_id = $1 and environment = $2 and provider = $3 and state = 'unknown'
          and due_at > clock_timestamp() + $4::int * interval '1 millisecond'
        order by tries, id limit $6 for update skip locked) waiting
      where o.account_id = waiting.account_id and o.environment = waiting.environment and o.id = waiting.id`,
    values: [settled.account_id, settled.environment, settled.provider, beyondMs, withinMs, limit],
  })
  return rowCount ?? 0
}

/** Makes what a dead process left behind due at once; only for an installation with a single process. */
export async function releaseSentOperations(db: Queryable): Promise<number> {
  const { rowCount } = await db.query({
    text: `update operation set due_at = clock_timestamp() where state = 'sent' and due_at > clock_timestamp()`,
    values: [],
  })
  return rowCount ?? 0
}

/** When the next operation is due, in milliseconds from now; `null` when nothing is scheduled. */
export async function nextOperationDueMs(db: Queryable): Promise<number | null> {
  const { rows } = await db.query({
    name: 'next-operation-due',
    text: `select (extract(epoch from min(due_at) - clock_timestamp()) * 1000)::float8 as ms
      from operation where due_at is not null`,
    values: [],
  })
  const ms = rows[0]?.['ms']
  return typeof ms === 'number' ? ms : null
}

export const operationRef = (operation: OperationRow): Ref => ({
  account_id: operation.account_id,
  environment: operation.environment,
  id: operation.id,
})

export const paymentRefOf = (row: {
  readonly account_id: Uuid
  readonly environment: Ref['environment']
  readonly payment_id: Uuid
}): Ref => ({ account_id: row.account_id, environment: row.environment, id: row.payment_id })

import type { Environment, Uuid } from '@onerouter/core'
import { addCreated, type CreatedRange, conditions, ordered } from '../store/created.ts'
import type { IdempotencyRow, Queryable } from '../store/rows.ts'
import { rowJson } from '../store/rows.ts'
import type { CustomerRow, ObjectRef } from './rows.ts'

/** Columns and rows are held equal by a test. */
const asRows = (rows: Record<string, unknown>[]): CustomerRow[] => rows as unknown as CustomerRow[]

const RECORD = `with claim as (
  insert into idempotency select r.* from jsonb_populate_record(null::idempotency, $1::jsonb) r
  on conflict (account_id, environment, key) do nothing returning 1
), c as (
  insert into customer select r.* from claim, jsonb_populate_record(null::customer, $2::jsonb) r returning 1
)
select count(*)::int as recorded from c`

/** Customer, claim and answer in one commit: no provider has a say. `false`: the key is taken. */
export async function recordCustomer(
  db: Queryable,
  customer: CustomerRow,
  claim: IdempotencyRow,
): Promise<boolean> {
  const { rows } = await db.query({
    name: 'record-customer',
    text: RECORD,
    values: [rowJson(claim), rowJson(customer)],
  })
  return rows[0]?.['recorded'] === 1
}

/** Members that are left out stay as they are. `null`: there is no such customer. */
export async function updateCustomer(
  db: Queryable,
  ref: ObjectRef,
  change: Partial<Pick<CustomerRow, 'name' | 'email' | 'phone' | 'country' | 'description' | 'metadata'>>,
  at: Date,
): Promise<CustomerRow | null> {
  const { rows } = await db.query({
    text: `update customer c set name = n.name, email = n.email, phone = n.phone, country = n.country,
        description = n.description, metadata = n.metadata, updated_at = $5
      from (select r.* from customer was,
        jsonb_populate_record(was, $4::jsonb) r
        where was.account_id = $1 and was.environment = $2 and was.id = $3) n
      where c.account_id = $1 and c.environment = $2 and c.id = $3 and c.deleted_at is null returning c.*`,
    values: [ref.account_id, ref.environment, ref.id, rowJson(change), at],
  })
  return asRows(rows)[0] ?? null
}

/** SQLSTATEs of the table's guards: something begun with a deleted customer, and a deletion that must wait. */
export const CUSTOMER_GONE = 'OR003'
export const CUSTOMER_STILL_PAYS = 'OR004'

/**
 * Takes the details away and keeps the row, to which what was made with it points; saved payment methods go with it.
 * Throws OR004 while a subscription runs.
 */
export async function deleteCustomer(db: Queryable, ref: ObjectRef, at: Date): Promise<boolean> {
  const { rowCount } = await db.query({
    text: `update customer set name = null, email = null, phone = null, country = null, description = null, metadata = '{}',
        deleted_at = $4, updated_at = $4
      where account_id = $1 and environment = $2 and id = $3 and deleted_at is null`,
    values: [ref.account_id, ref.environment, ref.id, at],
  })
  return rowCount === 1
}

export interface CustomerFilter {
  readonly accountId: Uuid
  readonly environments: readonly Environment[]
  readonly created: CreatedRange
  readonly id?: Uuid
  readonly email?: string
  readonly startingAfter?: Uuid
  readonly limit: number
}

/** One page plus one row, newest first; the deleted are not shown. */
export async function listCustomers(db: Queryable, filter: CustomerFilter): Promise<CustomerRow[]> {
  const all = conditions(['account_id = $1', 'deleted_at is null'], [filter.accountId])
  all.add((p) => `id = ${p}`, filter.id)
  all.add((p) => `email = ${p}`, filter.email)
  all.add((p) => `id < ${p}`, filter.startingAfter)
  addCreated(all, filter.created)
  const { rows } = await db.query({
    text: ordered({
      from: 'customer',
      all,
      environments: filter.environments,
      order: 'id desc',
      limit: filter.limit + 1,
    }),
    values: all.values,
  })
  return asRows(rows)
}

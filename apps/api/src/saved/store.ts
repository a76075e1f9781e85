import type { Environment, Service, Uuid } from '@onerouter/core'
import { conditions } from '../store/created.ts'
import { dueRows } from '../store/due-rows.ts'
import type { Ref } from '../store/payments.ts'
import type { Queryable } from '../store/rows.ts'
import { rowJson } from '../store/rows.ts'
import type { SavedMethodRow } from './row.ts'

/** Columns and rows are held equal by a test. */
const asRows = (rows: Record<string, unknown>[]): SavedMethodRow[] => rows as unknown as SavedMethodRow[]

export const savedDue = dueRows<SavedMethodRow>('saved_payment_method')

/** Throws OR003 when the customer has been deleted. */
export async function insertSaved(db: Queryable, row: SavedMethodRow): Promise<void> {
  await db.query({
    name: 'insert-saved-method',
    text: `insert into saved_payment_method
      select r.* from jsonb_populate_record(null::saved_payment_method, $1::jsonb) r`,
    values: [rowJson(row)],
  })
}

/** Takes back what came to nothing. */
export async function dropPending(db: Queryable, row: Ref): Promise<void> {
  await db.query({
    name: 'drop-pending-saved-method',
    text: `delete from saved_payment_method
      where account_id = $1 and environment = $2 and id = $3 and state = 'pending'`,
    values: [row.account_id, row.environment, row.id],
  })
}

/** What is set when the provider keeps it, and when it does no longer. */
const MOVED = [
  'state',
  'provider',
  'credential_version',
  'provider_account',
  'customer_ref',
  'sealed',
  'key_id',
  'digest',
  'kind',
  'brand',
  'last4',
  'exp_month',
  'exp_year',
  'due_at',
  'tries',
  'updated_at',
] as const satisfies readonly (keyof SavedMethodRow)[]

/** `false`: somebody else moved it first. Throws 23505 when another row has the same method. */
export async function moveSaved(
  db: Queryable,
  row: SavedMethodRow,
  from: SavedMethodRow['state'],
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'move-saved-method',
    text: `update saved_payment_method m set ${MOVED.map((name) => `${name} = n.${name}`).join(', ')}
      from jsonb_populate_record(null::saved_payment_method, $1::jsonb) n
      where m.account_id = n.account_id and m.environment = n.environment and m.id = n.id and m.state = $2`,
    values: [rowJson(row), from],
  })
  return rowCount === 1
}

/** Members that are left out stay as they are. `null`: it is not kept any more. */
export async function updateSaved(
  db: Queryable,
  ref: Ref,
  change: Partial<Pick<SavedMethodRow, 'nickname' | 'metadata'>>,
  at: Date,
): Promise<SavedMethodRow | null> {
  const { rows } = await db.query({
    name: 'update-saved-method',
    text: `update saved_payment_method m set nickname = n.nickname, metadata = n.metadata, updated_at = $5
      from (select r.* from saved_payment_method was, jsonb_populate_record(was, $4::jsonb) r
        where was.account_id = $1 and was.environment = $2 and was.id = $3) n
      where m.account_id = $1 and m.environment = $2 and m.id = $3 and m.state = 'active' returning m.*`,
    values: [ref.account_id, ref.environment, ref.id, rowJson(change), at],
  })
  return asRows(rows)[0] ?? null
}

export interface SavedFilter {
  readonly accountId: Uuid
  readonly environments: readonly Environment[]
  /** Services the caller may see; `null` = all. */
  readonly services: readonly Service[] | null
  readonly states: readonly SavedMethodRow['state'][]
  readonly id?: Uuid
  readonly customerId?: Uuid
  readonly startingAfter?: Uuid
  readonly limit: number
}

/** One page plus one row, newest first. */
export async function listSaved(db: Queryable, filter: SavedFilter): Promise<SavedMethodRow[]> {
  const all = conditions(
    ['account_id = $1', 'environment = any($2::text[])', 'state = any($3::text[])'],
    [filter.accountId, filter.environments, filter.states],
  )
  all.add((p) => `provider = any(${p}::text[])`, filter.services)
  all.add((p) => `id = ${p}`, filter.id)
  all.add((p) => `customer_id = ${p}`, filter.customerId)
  all.add((p) => `id < ${p}`, filter.startingAfter)
  const { rows } = await db.query({
    text: `select * from saved_payment_method where ${all.where.join(' and ')}
      order by id desc limit ${filter.limit + 1}`,
    values: all.values,
  })
  return asRows(rows)
}

/** By what name the merchant accounts in force know the customer already. */
export async function customersAtProviders(
  db: Queryable,
  customer: Ref,
): Promise<Readonly<Partial<Record<Service, string>>>> {
  const { rows } = await db.query({
    name: 'customers-at-providers',
    text: `select distinct on (m.provider) m.provider, m.customer_ref from saved_payment_method m
      join credential c on c.account_id = m.account_id and c.environment = m.environment
        and c.service = m.provider and c.retired_at is null
        and coalesce(c.provider_account, 'version ' || c.version) = m.provider_account
      where m.account_id = $1 and m.environment = $2 and m.customer_id = $3 and m.state = 'active'
        and m.customer_ref is not null
      order by m.provider, m.id desc`,
    values: [customer.account_id, customer.environment, customer.id],
  })
  return Object.fromEntries(rows.map((row) => [String(row['provider']), String(row['customer_ref'])]))
}

/** Whether a charge of the method is in the dark, and may have to be sent again. */
export async function isBeingCharged(db: Queryable, ref: Ref): Promise<boolean> {
  const { rows } = await db.query({
    name: 'saved-method-in-use',
    text: `select 1 from operation where request ? 'saved' and state in ('sent', 'unknown', 'needs_review')
        and request -> 'saved' ->> 'method_id' = $3::text and account_id = $1 and environment = $2 limit 1`,
    values: [ref.account_id, ref.environment, ref.id],
  })
  return rows.length > 0
}

import type { Environment, Service, Uuid } from '@onerouter/core'
import { conditions } from '../store/created.ts'
import { type Queryable, rowJson } from '../store/rows.ts'
import type { Checked } from './decide.ts'
import type { DomainRow } from './row.ts'

/** Columns and DomainRow are held equal by a test. */
const asRows = (rows: Record<string, unknown>[]): DomainRow[] => rows as unknown as DomainRow[]

export type DomainRef = Pick<DomainRow, 'account_id' | 'environment' | 'id'>

/**
 * The claim on a domain: the one that exists, or a new one. A claim that had been given up or lost begins again
 * under the same token, so that a record published meanwhile counts.
 */
export async function claimDomain(db: Queryable, fresh: DomainRow): Promise<DomainRow> {
  const { rows } = await db.query({
    name: 'claim-domain',
    text: `insert into domain_verification as d
      select r.* from jsonb_populate_record(null::domain_verification, $1::jsonb) r
      on conflict (account_id, environment, service, domain) do update set
        state = case when d.state in ('failed', 'expired') then 'pending' else d.state end,
        expires_at = case when d.state = 'verified' then d.expires_at else excluded.expires_at end,
        due_at = case when d.state in ('failed', 'expired') then excluded.due_at else d.due_at end,
        misses = case when d.state in ('failed', 'expired') then 0 else d.misses end
      returning *`,
    values: [rowJson(fresh)],
  })
  const [row] = asRows(rows)
  if (row === undefined) throw new Error('an upsert always answers a row')
  return row
}

export interface DomainFilter {
  readonly accountId: Uuid
  readonly environments: readonly Environment[]
  readonly service: Service
  readonly domain?: string
  readonly id?: Uuid
  readonly startingAfter?: Uuid
  readonly limit: number
}

/** One page plus one row, newest first. */
export async function listDomains(db: Queryable, filter: DomainFilter): Promise<DomainRow[]> {
  const all = conditions(
    ['account_id = $1', 'environment = any($2::text[])', 'service = $3'],
    [filter.accountId, filter.environments, filter.service],
  )
  all.add((p) => `domain = ${p}`, filter.domain)
  all.add((p) => `id = ${p}`, filter.id)
  all.add((p) => `id < ${p}`, filter.startingAfter)
  const { rows } = await db.query({
    text: `select * from domain_verification where ${all.where.join(' and ')}
      order by id desc limit ${filter.limit + 1}`,
    values: all.values,
  })
  return asRows(rows)
}

/** Writes what a look found; `null` when the domain was deleted meanwhile. */
export async function writeLook(db: Queryable, ref: DomainRef, checked: Checked): Promise<DomainRow | null> {
  const { rows } = await db.query({
    name: 'write-domain-look',
    text: `update domain_verification d
      set state = n.state, reason = n.reason, misses = n.misses, checked_at = n.checked_at,
        verified_at = n.verified_at, due_at = n.due_at, tries = d.tries + 1
      from jsonb_populate_record(null::domain_verification, $4::jsonb) n
      where d.account_id = $1 and d.environment = $2 and d.id = $3 returning d.*`,
    values: [ref.account_id, ref.environment, ref.id, rowJson(checked)],
  })
  return asRows(rows)[0] ?? null
}

export async function deleteDomain(db: Queryable, ref: DomainRef): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'delete-domain',
    text: 'delete from domain_verification where account_id = $1 and environment = $2 and id = $3',
    values: [ref.account_id, ref.environment, ref.id],
  })
  return rowCount === 1
}

/** Takes what is due, each for `leaseMs`: the due time itself is the lease. */
export async function claimDueDomains(db: Queryable, limit: number, leaseMs: number): Promise<DomainRow[]> {
  const { rows } = await db.query({
    name: 'claim-due-domains',
    text: `update domain_verification d
      set due_at = clock_timestamp() + $2::int * interval '1 millisecond'
      from (select account_id, environment, id from domain_verification
        where due_at <= statement_timestamp() order by due_at limit $1 for update skip locked) due
      where d.account_id = due.account_id and d.environment = due.environment and d.id = due.id
      returning d.*`,
    values: [limit, leaseMs],
  })
  return asRows(rows)
}

export async function nextDomainDueMs(db: Queryable): Promise<number | null> {
  const { rows } = await db.query({
    name: 'next-domain-due',
    text: `select extract(epoch from min(due_at) - clock_timestamp()) * 1000 as ms
      from domain_verification where due_at is not null`,
    values: [],
  })
  const ms = rows[0]?.['ms']
  return ms === null || ms === undefined ? null : Number(ms)
}

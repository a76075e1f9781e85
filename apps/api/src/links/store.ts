import type { Environment, PaymentLinkStatus, Service, Uuid } from '@onerouter/core'
import { addCreated, type CreatedRange, conditions, ordered } from '../store/created.ts'
import { eventArms } from '../store/deliveries.ts'
import type { EventRow, IdempotencyRow, Queryable } from '../store/rows.ts'
import { lostTheRace, rowJson } from '../store/rows.ts'
import type { AttemptRow, LinkRow } from './row.ts'

/** Columns and LinkRow are held equal by a test. */
const asRows = (rows: Record<string, unknown>[]): LinkRow[] => rows as unknown as LinkRow[]

export type LinkRef = Pick<LinkRow, 'account_id' | 'environment' | 'id'>

const RECORD = `with claim as (
  insert into idempotency select r.* from jsonb_populate_record(null::idempotency, $1::jsonb) r
  on conflict (account_id, environment, key) do nothing returning 1
), l as (
  insert into payment_link (account_id, environment, id, version, sequence, status, code, amount, currency,
    description, customer, metadata, callback_url, provider, method, services, reusable, expires_at, clicks,
    payments_count, amount_paid, payment_id, paid_at, notice, api_key_id, tries, due_at, created_at, updated_at)
  select r.account_id, r.environment, r.id, r.version, r.sequence, r.status, r.code, r.amount, r.currency,
    r.description, r.customer, r.metadata, r.callback_url, r.provider, r.method, r.services, r.reusable, r.expires_at,
    0, 0, 0, null, null, r.notice, r.api_key_id, 0,
    clock_timestamp() + $3::bigint * interval '1 millisecond', r.created_at, r.updated_at
  from claim, jsonb_populate_record(null::payment_link, $2::jsonb) r returning 1
), ${eventArms('l', '$4')}
select count(*)::int as recorded from l`

/** Idempotency claim, link and event in one commit. `false`: the key is taken. */
export async function recordLink(
  db: Queryable,
  made: {
    readonly link: LinkRow
    readonly claim: IdempotencyRow
    readonly dueMs: number | null
    readonly events: readonly EventRow[]
  },
): Promise<boolean> {
  const { rows } = await db.query({
    name: 'record-payment-link',
    text: RECORD,
    values: [rowJson(made.claim), rowJson(made.link), made.dueMs, rowJson(made.events)],
  })
  return rows[0]?.['recorded'] === 1
}

const CHANGED = [
  'version',
  'sequence',
  'status',
  'clicks',
  'payments_count',
  'amount_paid',
  'payment_id',
  'paid_at',
  'notice',
  'updated_at',
]

const WRITE = `with claim as (
  insert into idempotency select r.* from jsonb_populate_record(null::idempotency, $7::jsonb) r
  where $7::jsonb is not null
  on conflict (account_id, environment, key) do nothing returning 1
), l as (
  update payment_link set ${CHANGED.map((name) => `${name} = n.${name}`).join(', ')},
    due_at = case when payment_link.status = n.status then payment_link.due_at else clock_timestamp() end,
    tries = case when payment_link.status = n.status then payment_link.tries else 0 end
  from jsonb_populate_record(null::payment_link, $4::jsonb) n
  where payment_link.account_id = $1::uuid and payment_link.environment = $2 and payment_link.id = $3::uuid
    and payment_link.version = n.version - 1 and ($7::jsonb is null or exists (select 1 from claim))
  returning 1
), a as (
  update payment_link_attempt t set state = n.state
  from l, jsonb_populate_recordset(null::payment_link_attempt, $6::jsonb) n
  where t.account_id = $1::uuid and t.environment = $2 and t.payment_id = n.payment_id
), ${eventArms('l', '$5')}
select case
  when exists (select 1 from l) then 'written'
  when $7::jsonb is not null and not exists (select 1 from claim) then 'taken'
  -- Raises: the claim must not stay without what it claims.
  when $7::jsonb is not null and stale_version() = 0 then 'lost'
  else 'lost' end as result`

/**
 * Writes a link's next version with its events and what became of its attempts, in one commit; with `claim` under
 * an idempotency key whose answer is stored in the same. A link that ends is due in that commit: what follows from
 * it must not depend on who wrote it. `lost`: it changed since it was read, nothing was written.
 */
export async function writeLink(
  db: Queryable,
  change: {
    readonly link: LinkRow
    readonly attempts: readonly Pick<AttemptRow, 'payment_id' | 'state'>[]
    readonly events: readonly EventRow[]
    readonly claim: IdempotencyRow | null
  },
): Promise<'written' | 'lost' | 'taken'> {
  const { link } = change
  const values = [
    link.account_id,
    link.environment,
    link.id,
    rowJson(link),
    rowJson(change.events),
    rowJson(change.attempts),
    change.claim === null ? null : rowJson(change.claim),
  ]
  try {
    const { rows } = await db.query({ name: 'write-payment-link', text: WRITE, values })
    const result = rows[0]?.['result']
    return result === 'written' || result === 'taken' ? result : 'lost'
  } catch (error) {
    if (lostTheRace(error)) return 'lost'
    throw error
  }
}

export async function getLink(db: Queryable, ref: LinkRef): Promise<LinkRow | null> {
  const { rows } = await db.query({
    name: 'get-payment-link',
    text: 'select * from payment_link where account_id = $1 and environment = $2 and id = $3',
    values: [ref.account_id, ref.environment, ref.id],
  })
  return asRows(rows)[0] ?? null
}

/** The link a payer's address names, with the name of the account that asks for the money. */
export async function getLinkByCode(
  db: Queryable,
  code: string,
): Promise<{ readonly link: LinkRow; readonly payee: string } | null> {
  const { rows } = await db.query({
    name: 'get-payment-link-by-code',
    text: `select l.*, a.name as payee from payment_link l join account a on a.id = l.account_id where l.code = $1`,
    values: [code],
  })
  const [row] = rows
  if (row === undefined) return null
  const { payee, ...columns } = row
  const [link] = asRows([columns])
  return link === undefined ? null : { link, payee: String(payee) }
}

/** Takes what is due, each for `leaseMs`: the due time itself is the lease. */
export async function claimDueLinks(db: Queryable, limit: number, leaseMs: number): Promise<LinkRow[]> {
  const { rows } = await db.query({
    name: 'claim-due-payment-links',
    text: `update payment_link l
      set due_at = clock_timestamp() + $2::int * interval '1 millisecond', tries = tries + 1
      from (select account_id, environment, id from payment_link
        where due_at <= clock_timestamp() order by due_at limit $1 for update skip locked) due
      where l.account_id = due.account_id and l.environment = due.environment and l.id = due.id
      returning l.*`,
    values: [limit, leaseMs],
  })
  return asRows(rows)
}

/** Says when to look at a link again, unless it has changed since: then its lease brings it back. */
export async function scheduleLink(
  db: Queryable,
  link: LinkRow,
  dueMs: number | null,
  tries: number,
): Promise<void> {
  await db.query({
    name: 'schedule-payment-link',
    text: `update payment_link set due_at = clock_timestamp() + $5::bigint * interval '1 millisecond', tries = $6
      where account_id = $1 and environment = $2 and id = $3 and version = $4`,
    values: [link.account_id, link.environment, link.id, link.version, dueMs, tries],
  })
}

export async function nextLinkDueMs(db: Queryable): Promise<number | null> {
  const { rows } = await db.query({
    name: 'next-payment-link-due',
    text: `select (extract(epoch from min(due_at) - clock_timestamp()) * 1000)::float8 as ms
      from payment_link where due_at is not null`,
    values: [],
  })
  const ms = rows[0]?.['ms']
  return typeof ms === 'number' ? ms : null
}

export interface LinkFilter {
  readonly accountId: Uuid
  readonly environments: readonly Environment[]
  /** Services the caller may see; `null` = all. */
  readonly services: readonly Service[] | null
  readonly created: CreatedRange
  readonly id?: Uuid
  readonly status?: PaymentLinkStatus
  readonly startingAfter?: Uuid
  readonly limit: number
}

/** One page plus one row, newest first. */
export async function listLinks(db: Queryable, filter: LinkFilter): Promise<LinkRow[]> {
  const all = conditions(['account_id = $1'], [filter.accountId])
  all.add((p) => `(provider is null or provider = any(${p}::text[]))`, filter.services)
  all.add((p) => `id = ${p}`, filter.id)
  all.add((p) => `status = ${p}`, filter.status)
  all.add((p) => `id < ${p}`, filter.startingAfter)
  addCreated(all, filter.created)
  const { rows } = await db.query({
    text: ordered({
      from: 'payment_link',
      all,
      environments: filter.environments,
      order: 'id desc',
      limit: filter.limit + 1,
    }),
    values: all.values,
  })
  return asRows(rows)
}

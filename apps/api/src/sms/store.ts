import type { Environment, Service, SmsStatus, Uuid } from '@onerouter/core'
import { addCreated, type CreatedRange, conditions, ordered } from '../store/created.ts'
import { eventArms } from '../store/deliveries.ts'
import type { EventRow, IdempotencyRow, Queryable } from '../store/rows.ts'
import { rowJson } from '../store/rows.ts'
import type { StoredAnswer } from '../store/settle.ts'
import type { SmsRow } from './row.ts'

/** Columns and SmsRow are held equal by a test. */
const asRows = (rows: Record<string, unknown>[]): SmsRow[] => rows as unknown as SmsRow[]

export type SmsRef = Pick<SmsRow, 'account_id' | 'environment' | 'id'>

const RECORD = `with claim as (
  insert into idempotency select r.* from jsonb_populate_record(null::idempotency, $1::jsonb) r
  on conflict (account_id, environment, key) do nothing returning 1
), s as (
  insert into sms (account_id, environment, id, version, sequence, status, send_state, recipient, sender, body,
    provider, credential_version, api_key_id, tries, due_at, created_at, updated_at)
  select r.account_id, r.environment, r.id, r.version, r.sequence, r.status, r.send_state, r.recipient, r.sender,
    r.body, r.provider, r.credential_version, r.api_key_id, 0,
    clock_timestamp() + $3::int * interval '1 millisecond', r.created_at, r.updated_at
  from claim, jsonb_populate_record(null::sms, $2::jsonb) r returning 1
)
select count(*)::int as recorded from s`

/** First statement: idempotency claim and message in one commit. `false`: the key is taken. */
export async function recordSms(
  db: Queryable,
  sms: SmsRow,
  claim: IdempotencyRow,
  takeoverMs: number,
): Promise<boolean> {
  const { rows } = await db.query({
    name: 'record-sms',
    text: RECORD,
    values: [rowJson(claim), rowJson(sms), takeoverMs],
  })
  return rows[0]?.['recorded'] === 1
}

const CHANGED = [
  'version',
  'sequence',
  'status',
  'send_state',
  'provider_message_id',
  'provider_status',
  'segments',
  'cost_micros',
  'cost_currency',
  'failure',
  'tries',
  'updated_at',
]

const WRITE = `with s as (
  update sms set ${CHANGED.map((name) => `${name} = n.${name}`).join(', ')},
    due_at = clock_timestamp() + $5::int * interval '1 millisecond'
  from jsonb_populate_record(null::sms, $4::jsonb) n
  where sms.account_id = $1::uuid and sms.environment = $2 and sms.id = $3::uuid
    and sms.version = n.version - 1
  returning 1
), ${eventArms('s', '$6')}, i as (
  update idempotency set status = $10::int, body = $11 from s
  where idempotency.account_id = $7::uuid and idempotency.environment = $8 and key = $9
    and idempotency.status is null and $10::int is not null
), d as (
  delete from idempotency using s
  where idempotency.account_id = $7::uuid and idempotency.environment = $8 and key = $9
    and idempotency.status is null and $10::int is null
)
select count(*)::int as written from s`

/**
 * Writes a message's next version with its events and the answer to replay, in one commit. `false`: it changed
 * since it was read. Throws 23505 when another row has the provider's message already.
 */
export async function writeSms(
  db: Queryable,
  change: {
    readonly sms: SmsRow
    /** Until the next look; `null` = nothing left to see. */
    readonly dueMs: number | null
    readonly events: readonly EventRow[]
    readonly stored: StoredAnswer | null
  },
): Promise<boolean> {
  const { sms, stored } = change
  const { rows } = await db.query({
    name: 'write-sms',
    text: WRITE,
    values: [
      sms.account_id,
      sms.environment,
      sms.id,
      rowJson(sms),
      change.dueMs,
      rowJson(change.events),
      stored?.claim.account_id ?? null,
      stored?.claim.environment ?? null,
      stored?.claim.key ?? null,
      stored?.answer?.status ?? null,
      stored?.answer?.body ?? null,
    ],
  })
  return rows[0]?.['written'] === 1
}

export async function getSms(db: Queryable, ref: SmsRef): Promise<SmsRow | null> {
  const { rows } = await db.query({
    name: 'get-sms',
    text: 'select * from sms where account_id = $1 and environment = $2 and id = $3',
    values: [ref.account_id, ref.environment, ref.id],
  })
  return asRows(rows)[0] ?? null
}

export async function findSmsByProviderId(
  db: Queryable,
  owner: { readonly account_id: Uuid; readonly environment: Environment; readonly provider: Service },
  messageRef: string,
): Promise<SmsRow | null> {
  const { rows } = await db.query({
    name: 'find-sms-by-provider-id',
    text: `select * from sms
      where account_id = $1 and environment = $2 and provider = $3 and provider_message_id = $4`,
    values: [owner.account_id, owner.environment, owner.provider, messageRef],
  })
  return asRows(rows)[0] ?? null
}

/** Messages of which nobody knows whether the provider took them, oldest first. */
export async function listInTheDark(
  db: Queryable,
  owner: { readonly account_id: Uuid; readonly environment: Environment },
  recipient: string | null,
  limit: number,
): Promise<SmsRow[]> {
  const { rows } = await db.query({
    name: 'list-sms-in-the-dark',
    text: `select * from sms where account_id = $1 and environment = $2
        and send_state in ('sent', 'unknown', 'absent', 'needs_review')
        and ($3::text is null or recipient = $3) order by id limit $4`,
    values: [owner.account_id, owner.environment, recipient, limit],
  })
  return asRows(rows)
}

/** Which of the provider's messages belong to rows of ours already. */
export async function takenMessages(
  db: Queryable,
  owner: Pick<SmsRow, 'account_id' | 'environment' | 'provider'>,
  refs: readonly string[],
): Promise<ReadonlySet<string>> {
  if (refs.length === 0) return new Set()
  const { rows } = await db.query({
    name: 'taken-messages',
    text: `select provider_message_id as ref from sms
      where account_id = $1 and environment = $2 and provider = $3 and provider_message_id = any($4::text[])`,
    values: [owner.account_id, owner.environment, owner.provider, refs],
  })
  return new Set(rows.map((row) => String(row['ref'])))
}

/** Takes what is due, each for `leaseMs`: the due time itself is the lease. */
export async function claimDueSms(db: Queryable, limit: number, leaseMs: number): Promise<SmsRow[]> {
  const { rows } = await db.query({
    name: 'claim-due-sms',
    text: `update sms s
      set due_at = clock_timestamp() + $2::int * interval '1 millisecond', tries = tries + 1
      from (select account_id, environment, id from sms
        where due_at <= clock_timestamp() order by due_at limit $1 for update skip locked) due
      where s.account_id = due.account_id and s.environment = due.environment and s.id = due.id
      returning s.*`,
    values: [limit, leaseMs],
  })
  return asRows(rows)
}

/** Takes one message in the dark now, whatever its schedule, unless somebody else holds it. */
export async function claimSms(db: Queryable, sms: SmsRow, leaseMs: number): Promise<SmsRow | null> {
  const { rows } = await db.query({
    name: 'claim-sms',
    text: `update sms set due_at = clock_timestamp() + $4::int * interval '1 millisecond', tries = tries + 1
      where account_id = $1 and environment = $2 and id = $3 and tries = $5
        and (send_state in ('unknown', 'needs_review') or (send_state = 'sent' and due_at <= clock_timestamp()))
      returning *`,
    values: [sms.account_id, sms.environment, sms.id, leaseMs, sms.tries],
  })
  return asRows(rows)[0] ?? null
}

/** Puts a message back on its schedule, unchanged but for what is not known yet: sent → unknown → needs_review. */
export async function postponeSms(
  db: Queryable,
  sms: SmsRef,
  sendState: SmsRow['send_state'],
  dueMs: number | null,
): Promise<void> {
  await db.query({
    name: 'postpone-sms',
    text: `update sms set send_state = $4, due_at = clock_timestamp() + $5::int * interval '1 millisecond'
      where account_id = $1 and environment = $2 and id = $3 and (send_state = $4
        or (send_state = 'sent' and $4 = 'unknown') or (send_state in ('sent', 'unknown') and $4 = 'needs_review'))`,
    values: [sms.account_id, sms.environment, sms.id, sendState, dueMs],
  })
}

export async function nextSmsDueMs(db: Queryable): Promise<number | null> {
  const { rows } = await db.query({
    name: 'next-sms-due',
    text: `select (extract(epoch from min(due_at) - clock_timestamp()) * 1000)::float8 as ms
      from sms where due_at is not null`,
    values: [],
  })
  const ms = rows[0]?.['ms']
  return typeof ms === 'number' ? ms : null
}

/** Makes what a dead process left behind due at once; only for an installation with a single process. */
export async function releaseSentSms(db: Queryable): Promise<void> {
  await db.query({
    text: `update sms set due_at = clock_timestamp() where send_state = 'sent' and due_at > clock_timestamp()`,
    values: [],
  })
}

/** The part of our callback address that only the provider knows. */
export async function callbackToken(
  db: Queryable,
  owner: Pick<SmsRow, 'account_id' | 'environment' | 'provider'>,
): Promise<string | null> {
  const { rows } = await db.query({
    name: 'callback-token',
    text: 'select token from webhook_address where account_id = $1 and environment = $2 and service = $3',
    values: [owner.account_id, owner.environment, owner.provider],
  })
  const token = rows[0]?.['token']
  return typeof token === 'string' ? token : null
}

export interface SmsFilter {
  readonly accountId: Uuid
  readonly environments: readonly Environment[]
  /** Services the caller may see; `null` = all. */
  readonly services: readonly Service[] | null
  readonly created: CreatedRange
  readonly id?: Uuid
  readonly status?: SmsStatus
  readonly to?: string
  readonly startingAfter?: Uuid
  readonly limit: number
}

/** One page plus one row, newest first. */
export async function listSms(db: Queryable, filter: SmsFilter): Promise<SmsRow[]> {
  const all = conditions(['account_id = $1'], [filter.accountId])
  all.add((p) => `provider = any(${p}::text[])`, filter.services)
  all.add((p) => `id = ${p}`, filter.id)
  all.add((p) => `status = ${p}`, filter.status)
  all.add((p) => `recipient = ${p}`, filter.to)
  all.add((p) => `id < ${p}`, filter.startingAfter)
  addCreated(all, filter.created)
  const { rows } = await db.query({
    text: ordered({
      from: 'sms',
      all,
      environments: filter.environments,
      order: 'id desc',
      limit: filter.limit + 1,
    }),
    values: all.values,
  })
  return asRows(rows)
}

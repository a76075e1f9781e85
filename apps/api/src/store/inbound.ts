import type { Environment, Service, Uuid } from '@onerouter/core'
import type { InboundRow, Queryable } from './rows.ts'
import { inboundColumns } from './rows.ts'

export interface WebhookAddress {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly service: Service
}

export async function addressByToken(
  db: Queryable,
  service: Service,
  token: string,
): Promise<WebhookAddress | null> {
  const { rows } = await db.query({
    name: 'address-by-token',
    text: 'select account_id, environment, service from webhook_address where service = $1 and token = $2',
    values: [service, token],
  })
  return (rows[0] as unknown as WebhookAddress | undefined) ?? null // the three columns selected
}

/** Addresses of a service over all accounts; one more than `limit` tells that there are too many to try. */
export async function addressesOf(db: Queryable, service: Service, limit: number): Promise<WebhookAddress[]> {
  const { rows } = await db.query({
    name: 'addresses-of',
    text: 'select account_id, environment, service from webhook_address where service = $1 limit $2',
    values: [service, limit + 1],
  })
  return rows as unknown as WebhookAddress[] // the three columns selected
}

/** Credential versions whose webhook secret may still sign: the one in force and those retired lately. */
export async function signingVersions(
  db: Queryable,
  address: WebhookAddress,
  retiredWithinDays: number,
): Promise<number[]> {
  const { rows } = await db.query({
    name: 'signing-versions',
    text: `select version from credential
      where account_id = $1 and environment = $2 and service = $3
        and (retired_at is null or retired_at > clock_timestamp() - $4::int * interval '1 day')
      order by version desc limit 5`,
    values: [address.account_id, address.environment, address.service, retiredWithinDays],
  })
  return rows.map((row) => Number(row['version']))
}

const STORE = `with k as (
  insert into inbound_key (account_id, environment, provider, key, received_at)
  select $2::uuid, $3, $4, key, $5 from unnest($6::text[]) key
  on conflict do nothing returning 1
), i as (
  insert into inbound select r.* from jsonb_populate_record(null::inbound, $1::jsonb) r
  where (select count(*) from k) = cardinality($6::text[]) returning 1
), trusted_again as (
  update webhook_registration set refused = 0, refused_since = null, refused_reason = null
  where account_id = $2::uuid and environment = $3 and service = $4 and refused > 0
)
select count(*)::int as stored from i`

/** A verified delivery with what it is known again by. */
export interface StoredDelivery {
  readonly row: InboundRow
  readonly dedupeKeys: readonly string[]
}

/** Keeps a verified delivery once. `false`: one of its keys was seen before, so it is a repeat. */
export async function storeInbound(
  db: Queryable,
  row: InboundRow,
  dedupeKeys: readonly string[],
): Promise<boolean> {
  const { rows } = await db.query({
    name: 'store-inbound',
    text: STORE,
    values: [
      JSON.stringify(inboundColumns(row)),
      row.account_id,
      row.environment,
      row.provider,
      row.received_at,
      [...new Set(dedupeKeys)],
    ],
  })
  return rows[0]?.['stored'] === 1
}

export async function claimDueInbound(db: Queryable, limit: number, leaseMs: number): Promise<InboundRow[]> {
  const { rows } = await db.query({
    name: 'claim-due-inbound',
    text: `update inbound i
      set due_at = clock_timestamp() + $2::int * interval '1 millisecond', tries = tries + 1
      from (select account_id, environment, id from inbound
        where due_at <= clock_timestamp() order by due_at limit $1 for update skip locked) due
      where i.account_id = due.account_id and i.environment = due.environment and i.id = due.id
      returning i.*`,
    values: [limit, leaseMs],
  })
  return rows as unknown as InboundRow[] // columns and InboundRow are held equal by a test
}

/** What a stored delivery came to. */
export interface FinishedInbound {
  readonly row: InboundRow
  readonly outcome: {
    readonly state: InboundRow['state']
    readonly reason: string | null
    readonly paymentId: Uuid | null
    readonly dueMs: number | null
  }
}

export async function finishInbound(
  db: Queryable,
  row: InboundRow,
  outcome: FinishedInbound['outcome'],
): Promise<void> {
  await db.query({
    name: 'finish-inbound',
    text: `update inbound set state = $4, reason = $5, payment_id = $6,
        due_at = clock_timestamp() + $7::int * interval '1 millisecond',
        applied_at = case when $7::int is null then clock_timestamp() end
      where account_id = $1 and environment = $2 and id = $3`,
    values: [
      row.account_id,
      row.environment,
      row.id,
      outcome.state,
      outcome.reason,
      outcome.paymentId,
      outcome.dueMs,
    ],
  })
}

export async function nextInboundDueMs(db: Queryable): Promise<number | null> {
  const { rows } = await db.query({
    name: 'next-inbound-due',
    text: `select (extract(epoch from min(due_at) - clock_timestamp()) * 1000)::float8 as ms
      from inbound where due_at is not null`,
    values: [],
  })
  const ms = rows[0]?.['ms']
  return typeof ms === 'number' ? ms : null
}

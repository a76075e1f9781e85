import type { Environment, Uuid } from '@onerouter/core'
import type { Queryable } from './rows.ts'
import { rowJson } from './rows.ts'

export interface EndpointRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly url: string
  readonly description: string | null
  readonly events: readonly string[]
  readonly sign_v1a: boolean
  readonly ordered: boolean
  readonly max_in_flight: number
  readonly state: 'enabled' | 'disabled' | 'deleted'
  readonly disabled_reason: 'failing' | 'gone' | 'requested' | null
  readonly disabled_at: Date | null
  readonly lane: 'fast' | 'slow'
  readonly failures: number
  readonly failing_since: Date | null
  readonly failing_days: number
  readonly failed_on: string | null
  readonly created_at: Date
  readonly updated_at: Date
  readonly rate_limit_per_second: number | null
}

/** An endpoint with what may be shown of its live secrets, newest first. */
export interface EndpointWithKeys extends EndpointRow {
  readonly keys: readonly {
    readonly public_key: string
    readonly created_at: string
    readonly expires_at: string | null
  }[]
}

export interface SecretRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly endpoint_id: Uuid
  readonly id: Uuid
  readonly sealed: Buffer
  readonly key_id: bigint
  readonly public_key: Buffer
  readonly created_at: Date
  readonly expires_at: Date | null
}

/** Live at once at most; each signs, and headers have an end. */
export const LIVE_SECRETS_MAX = 10

const KEYS = `coalesce((select json_agg(json_build_object('public_key', encode(s.public_key, 'base64'),
    'created_at', s.created_at, 'expires_at', s.expires_at) order by s.created_at desc, s.id desc)
  from webhook_secret s where s.account_id = w.account_id and s.environment = w.environment
    and s.endpoint_id = w.id and (s.expires_at is null or s.expires_at > statement_timestamp())), '[]') as keys`

const asEndpoints = (rows: Record<string, unknown>[]) => rows as unknown as EndpointWithKeys[] // columns and KEYS

/** An endpoint is never without a secret: both are written at once. */
export async function insertEndpoint(db: Queryable, row: EndpointRow, secret: SecretRow): Promise<void> {
  await db.query({
    name: 'insert-endpoint',
    text: `with w as (
        insert into webhook_endpoint select r.* from jsonb_populate_record(null::webhook_endpoint, $1::jsonb) r
        returning 1)
      insert into webhook_secret select r.* from w, jsonb_populate_record(null::webhook_secret, $2::jsonb) r`,
    values: [rowJson(row), rowJson(secret)],
  })
}

export interface EndpointFilter {
  readonly accountId: Uuid
  readonly environments: readonly Environment[]
  readonly id: Uuid | null
  readonly after: Uuid | null
  readonly limit: number
}

/** One page plus one row, newest first; deleted ones are not there. */
export async function listEndpoints(db: Queryable, filter: EndpointFilter): Promise<EndpointWithKeys[]> {
  const { rows } = await db.query({
    name: 'list-endpoints',
    text: `select w.*, ${KEYS} from webhook_endpoint w
      where account_id = $1 and environment = any($2::text[]) and state <> 'deleted'
        and ($3::uuid is null or id = $3) and ($4::uuid is null or id < $4)
      order by id desc limit $5`,
    values: [filter.accountId, filter.environments, filter.id, filter.after, filter.limit + 1],
  })
  return asEndpoints(rows)
}

type Ref = Pick<EndpointRow, 'account_id' | 'environment' | 'id'>

export type EndpointChange = Partial<
  Pick<
    EndpointRow,
    'url' | 'description' | 'events' | 'sign_v1a' | 'ordered' | 'max_in_flight' | 'rate_limit_per_second'
  >
>

/** Changes what is named in `change`; what is already promised goes where the endpoint now points. */
export async function changeEndpoint(
  db: Queryable,
  ref: Ref,
  change: EndpointChange,
): Promise<EndpointWithKeys | null> {
  const names = Object.keys(change) as (keyof EndpointChange)[] // the keys of a closed type
  const { rows } = await db.query({
    text: `update webhook_endpoint w set updated_at = clock_timestamp()
        ${names.map((name) => `, ${name} = n.${name}`).join('')}
      from jsonb_populate_record(null::webhook_endpoint, $4::jsonb) n
      where w.account_id = $1 and w.environment = $2 and w.id = $3 and w.state <> 'deleted'
      returning w.*, ${KEYS}`,
    values: [ref.account_id, ref.environment, ref.id, rowJson(change)],
  })
  return asEndpoints(rows)[0] ?? null
}

/** Enabling forgets past failures. `null`: it does not exist. */
export async function setEndpointState(
  db: Queryable,
  ref: Ref,
  state: EndpointRow['state'],
): Promise<EndpointWithKeys | null> {
  const { rows } = await db.query({
    name: 'set-endpoint-state',
    text: `update webhook_endpoint w set state = $4, updated_at = clock_timestamp(),
        disabled_reason = case when $4 = 'enabled' then null else coalesce(w.disabled_reason, 'requested') end,
        disabled_at = case when $4 = 'enabled' then null else coalesce(w.disabled_at, clock_timestamp()) end,
        failures = 0, failing_since = null, failing_days = 0, failed_on = null
      where w.account_id = $1 and w.environment = $2 and w.id = $3 and w.state <> 'deleted'
      returning w.*, ${KEYS}`,
    values: [ref.account_id, ref.environment, ref.id, state],
  })
  return asEndpoints(rows)[0] ?? null
}

/** Nothing is signed for a deleted endpoint any more, so its secrets need not exist. */
export async function deleteSecrets(db: Queryable, ref: Ref): Promise<void> {
  await db.query({
    name: 'delete-webhook-secrets',
    text: 'delete from webhook_secret where account_id = $1 and environment = $2 and endpoint_id = $3',
    values: [ref.account_id, ref.environment, ref.id],
  })
}

const ROTATE = `with w as (
  select account_id, environment, id from webhook_endpoint
  where account_id = $2 and environment = $3 and id = $4 and state <> 'deleted' for update
), live as (
  select count(*) as n from webhook_secret s join w
    on s.account_id = w.account_id and s.environment = w.environment and s.endpoint_id = w.id
  where s.expires_at is null or s.expires_at > statement_timestamp()
), room as (
  select 1 from live, w where $5::int = 0 or live.n < ${LIVE_SECRETS_MAX}
), ended as (
  update webhook_secret s
  set expires_at = least(s.expires_at, clock_timestamp() + $5::int * interval '1 second')
  from room where s.account_id = $2 and s.environment = $3 and s.endpoint_id = $4
), made as (
  insert into webhook_secret select r.* from room, jsonb_populate_record(null::webhook_secret, $1::jsonb) r
  returning 1
)
select count(*)::int as rotated from made`

/** Adds a secret and lets the others end after the overlap. `false`: there are too many live ones, or no endpoint. */
export async function rotateEndpointSecret(
  db: Queryable,
  secret: SecretRow,
  overlapSeconds: number,
): Promise<boolean> {
  const { rows } = await db.query({
    name: 'rotate-webhook-secret',
    text: ROTATE,
    values: [rowJson(secret), secret.account_id, secret.environment, secret.endpoint_id, overlapSeconds],
  })
  return rows[0]?.['rotated'] === 1
}

export interface PublishedKey {
  readonly endpoint_id: Uuid
  readonly public_key: Buffer
  readonly created_at: Date
  readonly expires_at: Date | null
}

/** Live public keys of endpoints that sign with them, one page plus one row, by endpoint. */
export async function listPublicKeys(
  db: Queryable,
  page: { readonly endpointId: Uuid | null; readonly after: Uuid | null; readonly limit: number },
): Promise<PublishedKey[]> {
  const { rows } = await db.query({
    name: 'list-public-keys',
    text: `select s.endpoint_id, s.public_key, s.created_at, s.expires_at
      from webhook_endpoint w join webhook_secret s
        on s.account_id = w.account_id and s.environment = w.environment and s.endpoint_id = w.id
      where w.sign_v1a and w.state <> 'deleted'
        and ($1::uuid is null or w.id = $1) and ($2::uuid is null or w.id > $2)
        and (s.expires_at is null or s.expires_at > statement_timestamp())
      order by s.endpoint_id, s.created_at desc limit $3`,
    values: [page.endpointId, page.after, page.limit + 1],
  })
  return rows as unknown as PublishedKey[] // the columns selected
}

import type { Environment, Uuid } from '@onerouter/core'
import type { Queryable } from './rows.ts'

/** What an endpoint's list must contain to want an event: the type itself, its family or everything. */
export const wants = (events: string, type: string) =>
  `${events} && array['*', ${type}, split_part(${type}, '.', 1) || '.*']`

/**
 * Arms of a money statement that write its events and, in the same commit, a delivery for every endpoint that
 * wants them. Nothing later has to notice that something happened.
 */
export const eventArms = (from: string, records: string) =>
  eventInserts(`${from}, jsonb_populate_recordset(null::event, ${records}::jsonb) r`)

/** The same from any source that has an event's columns as `r`. */
export const eventInserts = (source: string) => `e as (
  insert into event select r.* from ${source}
  returning account_id, environment, id, type, subject_id, sequence
), promised as (
  insert into delivery (account_id, environment, id, event_id, endpoint_id, subject_id, sequence, lane, ordered,
    state, trigger, attempt, step, due_at, created_at)
  select e.account_id, e.environment, uuid_by_time(), e.id, w.id, e.subject_id, e.sequence, w.lane, w.ordered,
    'pending', 'auto', 0, 0, clock_timestamp(), clock_timestamp()
  from e cross join lateral (
    select w.id, w.lane, w.ordered from webhook_endpoint w
    where w.account_id = e.account_id and w.environment = e.environment
      and w.state = 'enabled' and ${wants('w.events', 'e.type')}
    -- Keeps the planner from reading everybody's endpoints once instead of the account's per event.
    offset 0
  ) w
  returning 1
)`

export type DeliveryTrigger = 'auto' | 'manual' | 'bulk' | 'test'
export type DeliveryState = 'pending' | 'delivered' | 'failed' | 'held' | 'canceled'

/** A delivery this process holds, with everything its try needs. */
export interface ClaimedDelivery {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly event_id: Uuid
  readonly endpoint_id: Uuid
  readonly trigger: DeliveryTrigger
  /** Number of this try, over all schedules. */
  readonly attempt: number
  readonly step: number
  readonly ordered: boolean
  readonly payload: string
  readonly url: string
  readonly sign_v1a: boolean
  readonly max_in_flight: number
  readonly rate_limit_per_second: number | null
  readonly endpoint_state: 'enabled' | 'disabled' | 'deleted'
  /** Failed so often in a row that one try at a time is enough to see it come back. */
  readonly failing: boolean
  /** The live ones, newest first; `sealed` in base64. */
  readonly secrets: readonly { readonly id: Uuid; readonly sealed: string }[]
}

/** What this process can still take. Endpoints it does not name get what their own limit says. */
export interface Room {
  readonly limit: number
  readonly free: ReadonlyMap<Uuid, number>
  readonly fullAccounts: readonly Uuid[]
}

const SECRETS = `coalesce((select json_agg(json_build_object('id', s.id, 'sealed', encode(s.sealed, 'base64'))
    order by s.created_at desc, s.id desc)
  from webhook_secret s where s.account_id = w.account_id and s.environment = w.environment
    and s.endpoint_id = w.id and (s.expires_at is null or s.expires_at > statement_timestamp())), '[]') as secrets`

/** Where what was `claimed` goes. An endpoint is looked up once, however many of its deliveries were claimed. */
export const TARGET = `target as materialized (
  select w.account_id, w.environment, w.id, w.url, w.sign_v1a, w.max_in_flight, w.rate_limit_per_second, w.state,
    w.lane = 'slow' and w.failing_since is not null as failing, ${SECRETS}
  from (select distinct account_id, environment, endpoint_id from claimed) c
  join webhook_endpoint w on w.account_id = c.account_id and w.environment = c.environment and w.id = c.endpoint_id
)`

/** Ends a statement that has `claimed`. */
export const CLAIMED = `, ${TARGET}
select c.account_id, c.environment, c.id, c.event_id, c.endpoint_id, c.trigger, c.attempt, c.step, c.ordered,
  e.payload, w.url, w.sign_v1a, w.max_in_flight, w.rate_limit_per_second, w.state as endpoint_state, w.failing,
  w.secrets
from claimed c
join event e on e.account_id = c.account_id and e.environment = c.environment and e.id = c.event_id
  and e.subject_id = c.subject_id and e.sequence = c.sequence
join target w on w.account_id = c.account_id and w.environment = c.environment and w.id = c.endpoint_id
order by c.created_at, c.id`

/** An earlier event of the same object still under way holds back a later one, where the endpoint asked for that. */
const NOT_BLOCKED = `(not d.ordered or not exists (select 1 from delivery earlier
  where earlier.ordered and earlier.state = 'pending' and earlier.account_id = d.account_id
    and earlier.environment = d.environment and earlier.endpoint_id = d.endpoint_id
    and earlier.subject_id = d.subject_id and earlier.sequence < d.sequence))`

/**
 * Joins go by the row's own place: nobody moves a row between its choice and its lock without being seen, and then it is
 * left alone.
 *
 * Rows whose lease lapsed had a try that nobody reported: it is logged as such, never silently repeated.
 */
const TAKE = `picked as (
  select d.ctid as place, d.account_id, d.environment, d.id, d.owner, d.attempt, d.trigger
  from delivery d join chosen on d.ctid = chosen.place
  where d.due_at <= statement_timestamp() for update of d skip locked
), lost as (
  insert into delivery_attempt (account_id, environment, delivery_id, n, trigger, started_at, duration_ms, error)
  select account_id, environment, id, attempt, trigger, clock_timestamp(), 0, 'interrupted'
  from picked where owner is not null
  on conflict do nothing
), claimed as (
  update delivery d set owner = $1, attempt = d.attempt + 1,
    due_at = clock_timestamp() + $2::int * interval '1 millisecond'
  from picked p where d.ctid = p.place
  returning d.*
)${CLAIMED}`

/** What an endpoint gets that this process holds nothing of yet. */
const FIRST_CLAIM = 'least(w.max_in_flight, w.rate_limit_per_second)'

export const CLAIM_FAST = `with near as (
  select d.ctid as place, d.account_id, d.environment, d.endpoint_id, d.due_at from delivery d
  where d.due_at is not null and d.lane = 'fast' and d.due_at <= statement_timestamp()
    and d.endpoint_id <> all($4::uuid[]) and d.account_id <> all($5::uuid[]) and ${NOT_BLOCKED}
  order by d.due_at limit 2 * $3::int
), placed as (
  select near.*, row_number() over (partition by endpoint_id order by due_at) as turn from near
), chosen as (
  select p.place from placed p
  join webhook_endpoint w on w.account_id = p.account_id and w.environment = p.environment and w.id = p.endpoint_id
  left join unnest($6::uuid[], $7::int[]) as room (endpoint_id, free) on room.endpoint_id = p.endpoint_id
  where w.state <> 'enabled' or p.turn <= coalesce(room.free, ${FIRST_CLAIM})
  order by p.due_at limit $3::int
), ${TAKE}`

/** Claims what is due at healthy endpoints, oldest first, never more per endpoint than there is room for. */
export async function claimDeliveries(
  db: Queryable,
  lease: { readonly owner: Uuid; readonly ms: number },
  room: Room,
): Promise<ClaimedDelivery[]> {
  const { rows } = await db.query({
    name: 'claim-deliveries',
    text: CLAIM_FAST,
    values: claimValues(lease, room),
  })
  return rows as unknown as ClaimedDelivery[] // the columns of CLAIMED
}

export const CLAIM_SLOW = `with turn as (
  select * from webhook_endpoint where lane = 'slow' and state = 'enabled' and id = any($8::uuid[])
    and id <> all($4::uuid[]) and account_id <> all($5::uuid[])
), chosen as (
  select d.place from turn w
  left join unnest($6::uuid[], $7::int[]) as room (endpoint_id, free) on room.endpoint_id = w.id
  cross join lateral (
    select d.ctid as place from delivery d
    where d.account_id = w.account_id and d.environment = w.environment and d.endpoint_id = w.id
      and d.due_at is not null and d.lane = 'slow' and d.due_at <= statement_timestamp() and ${NOT_BLOCKED}
    order by d.due_at
    limit coalesce(room.free, case when w.failing_since is null then ${FIRST_CLAIM} else 1 end)
  ) d
  limit $3::int
), ${TAKE}`

/** The next slow or failing endpoints in turn, whether or not anything is due at them. */
export async function slowEndpoints(db: Queryable, after: Uuid, limit: number): Promise<Uuid[]> {
  const { rows } = await db.query({
    name: 'slow-endpoints',
    text: `select id from webhook_endpoint where lane = 'slow' and state = 'enabled' and id > $1
      order by id limit $2`,
    values: [after, limit],
  })
  return rows.map((row) => String(row['id']))
}

/** Claims what is due at these slow endpoints: the one with the longest queue gets no more than any other. */
export async function claimSlowDeliveries(
  db: Queryable,
  lease: { readonly owner: Uuid; readonly ms: number },
  room: Room,
  endpoints: readonly Uuid[],
): Promise<ClaimedDelivery[]> {
  const { rows } = await db.query({
    name: 'claim-slow-deliveries',
    text: CLAIM_SLOW,
    values: [...claimValues(lease, room), endpoints],
  })
  return rows as unknown as ClaimedDelivery[] // the columns of CLAIMED
}

function claimValues(lease: { readonly owner: Uuid; readonly ms: number }, room: Room): unknown[] {
  const full = [...room.free].filter(([, free]) => free <= 0).map(([id]) => id)
  const open = [...room.free].filter(([, free]) => free > 0)
  return [
    lease.owner,
    lease.ms,
    room.limit,
    full,
    room.fullAccounts,
    open.map(([id]) => id),
    open.map(([, free]) => free),
  ]
}

/** What became of a claimed delivery. */
export interface DeliveryResult {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly endpoint_id: Uuid
  readonly event_id: Uuid
  /** The claimed try's number: with the owner, what a result is fenced by. */
  readonly n: number
  readonly state: DeliveryState
  readonly step: number
  /** Milliseconds until the next try; null = none. */
  readonly due_ms: number | null
  readonly trigger: DeliveryTrigger
  /** False: given back without a request having left. */
  readonly tried: boolean
  readonly ok: boolean
  /** Whether the outcome says something about the endpoint's health. */
  readonly counts: boolean
  readonly gone: boolean
  readonly slow: boolean
  readonly status: number | null
  readonly error: string | null
  readonly detail: string | null
  readonly response_body: string | null
  readonly address: string | null
  readonly started_at: Date
  readonly duration_ms: number
}

/** An endpoint whose lane or state a batch of results changed. */
export interface EndpointMoved {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly lane: 'fast' | 'slow'
  readonly state: 'enabled' | 'disabled' | 'deleted'
  readonly disabled_reason: string | null
}

const FAILING_MAX = `interval '5 days'`
/** Failures in a row after which an endpoint queues in the lane of its like. */
const SLOW_AFTER = 10

/**
 * Plans are kept from when the tables were empty. A limit that is not known is planned as a tenth of what comes in: by two of
 * them one row is expected, and the deliveries are reached by their key instead of being read from end to end.
 */
export const FINISH = `with r as materialized (
  select * from (select * from jsonb_to_recordset($1::jsonb) as r (account_id uuid, environment text, id uuid, endpoint_id uuid, event_id uuid,
    n int, state text, step int, due_ms int, trigger text, tried bool, ok bool, counts bool, gone bool, slow bool,
    status int, error text, detail text, response_body text, address text, started_at timestamptz, duration_ms int)
  limit $3::int) r limit $3::int
), logged as (
  insert into delivery_attempt as a (account_id, environment, delivery_id, n, trigger, started_at, duration_ms,
    address, status, error, detail, response_body)
  select account_id, environment, id, n, trigger, started_at, duration_ms, address, status, error, detail,
    response_body
  from r where tried
  on conflict (account_id, environment, delivery_id, n) do update set started_at = excluded.started_at,
    duration_ms = excluded.duration_ms, address = excluded.address, status = excluded.status,
    error = excluded.error, detail = excluded.detail, response_body = excluded.response_body
  where a.error = 'interrupted'
), written as (
  update delivery d set state = r.state, step = r.step, owner = null,
    attempt = case when r.tried then d.attempt else d.attempt - 1 end,
    due_at = clock_timestamp() + r.due_ms * interval '1 millisecond',
    last_status = case when r.tried then r.status else d.last_status end,
    last_error = case when r.tried then r.error else d.last_error end,
    finished_at = case when r.due_ms is null then clock_timestamp() end
  from r where d.account_id = r.account_id and d.environment = r.environment and d.id = r.id
    and d.endpoint_id = r.endpoint_id and d.event_id = r.event_id and d.owner = $2 and d.attempt = r.n
), health as (
  select account_id, environment, endpoint_id, bool_or(ok) as good, (count(*) filter (where not ok))::int as bad,
    bool_or(gone) as gone, bool_or(slow) as slow,
    (clock_timestamp() at time zone 'UTC')::date as today
  from r where tried and counts group by 1, 2, 3
), judged as (
  select h.*, w.lane as was, w.failing_since, w.rate_limit_per_second is not null as paced,
    case when h.good then 0 else w.failing_days + (w.failed_on is distinct from h.today)::int end as days,
    case when h.good then 0 else w.failures + h.bad end as row_of_failures
  from health h cross join lateral (
    select * from webhook_endpoint w
    where w.account_id = h.account_id and w.environment = h.environment and w.id = h.endpoint_id
      and w.state = 'enabled'
    -- Keeps the planner from reading everybody's endpoints.
    offset 0
  ) w
  where (h.bad > 0 or w.failing_since is not null
    or (h.slow or w.rate_limit_per_second is not null) <> (w.lane = 'slow'))
), moved as (
  update webhook_endpoint w set failures = j.row_of_failures, failing_days = j.days,
    failing_since = case when not j.good then coalesce(w.failing_since, clock_timestamp()) end,
    failed_on = case when not j.good then j.today end,
    lane = case when j.slow or j.paced or j.row_of_failures >= ${SLOW_AFTER} then 'slow' else 'fast' end,
    state = case when d.reason is null then w.state else 'disabled' end,
    disabled_reason = coalesce(d.reason, w.disabled_reason),
    disabled_at = case when d.reason is null then w.disabled_at else clock_timestamp() end
  from judged j cross join lateral (select case when j.gone then 'gone'
    when not j.good and j.days >= 2 and j.failing_since < clock_timestamp() - ${FAILING_MAX}
    then 'failing' end as reason) d
  where w.account_id = j.account_id and w.environment = j.environment and w.id = j.endpoint_id
  returning w.account_id, w.environment, w.id, w.lane, w.state, w.disabled_reason, j.was
)
select * from moved where lane <> was or state <> 'enabled'`

/**
 * Writes what became of tries: log, schedule and the endpoints' health in one statement. A result whose lease
 * lapsed changes the log only: the delivery belongs to somebody else by then.
 */
export async function finishDeliveries(
  db: Queryable,
  owner: Uuid,
  results: readonly DeliveryResult[],
): Promise<EndpointMoved[]> {
  const { rows } = await db.query({
    name: 'finish-deliveries',
    text: FINISH,
    // Plain values and times: nothing that `rowJson` would have to look for.
    values: [JSON.stringify(results), owner, results.length],
  })
  return rows as unknown as EndpointMoved[] // the columns returned
}

type EndpointRef = Pick<EndpointMoved, 'account_id' | 'environment' | 'id'>

const BULK = 1_000

/** Puts what is queued for an endpoint into its lane. Answers how many moved, at most a batch. */
export async function moveToLane(
  db: Queryable,
  ref: EndpointRef,
  lane: 'fast' | 'slow',
): Promise<{ readonly more: boolean }> {
  const { rowCount } = await db.query({
    name: 'move-to-lane',
    text: `update delivery d set lane = $4 from (
        select account_id, environment, id from delivery where account_id = $1 and environment = $2
          and endpoint_id = $3 and state = 'pending' and lane <> $4 and owner is null
        limit ${BULK} for update skip locked) due
      where d.account_id = due.account_id and d.environment = due.environment and d.id = due.id`,
    values: [ref.account_id, ref.environment, ref.id, lane],
  })
  return { more: (rowCount ?? 0) === BULK }
}

/** Takes what is queued for an endpoint out of the queue, kept for recovery. */
export async function holdPending(
  db: Queryable,
  ref: EndpointRef,
  state: 'held' | 'canceled',
): Promise<{ readonly more: boolean }> {
  const { rowCount } = await db.query({
    name: 'hold-pending',
    text: `update delivery d set state = $4, due_at = null, finished_at = clock_timestamp() from (
        select account_id, environment, id from delivery where account_id = $1 and environment = $2
          and endpoint_id = $3 and state = 'pending' and (owner is null or due_at <= statement_timestamp())
        limit ${BULK} for update skip locked) due
      where d.account_id = due.account_id and d.environment = due.environment and d.id = due.id`,
    values: [ref.account_id, ref.environment, ref.id, state],
  })
  return { more: (rowCount ?? 0) === BULK }
}

/** Milliseconds since the oldest delivery became due that nobody has taken; null = none is waiting. */
export async function oldestDueMs(db: Queryable): Promise<number | null> {
  const { rows } = await db.query({
    name: 'oldest-due-delivery',
    text: `select (extract(epoch from clock_timestamp() - min(due_at)) * 1000)::float8 as ms
      from delivery where due_at is not null and lane = 'fast'`,
    values: [],
  })
  const ms = rows[0]?.['ms']
  return typeof ms === 'number' && ms > 0 ? ms : null
}

import type { Environment, Uuid } from '@onerouter/core'
import { conditions, ordered } from './created.ts'
import type { ClaimedDelivery, DeliveryState, DeliveryTrigger } from './deliveries.ts'
import { CLAIMED } from './deliveries.ts'
import type { EventRow, Queryable } from './rows.ts'
import { rowJson } from './rows.ts'

/** A delivery with its event's type and every try of it. */
export interface DeliveryRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly event_id: Uuid
  readonly event_type: string
  readonly endpoint_id: Uuid
  readonly url: string
  readonly state: DeliveryState
  readonly trigger: DeliveryTrigger
  readonly attempt: number
  readonly due_at: Date | null
  readonly owner: Uuid | null
  readonly last_status: number | null
  readonly last_error: string | null
  readonly created_at: Date
  readonly finished_at: Date | null
  readonly attempts: readonly AttemptLog[]
}

export interface AttemptLog {
  readonly n: number
  readonly trigger: DeliveryTrigger
  readonly started_at: string
  readonly duration_ms: number
  readonly address: string | null
  readonly status: number | null
  readonly error: string | null
  readonly detail: string | null
  readonly response_body: string | null
}

export interface DeliveryFilter {
  readonly accountId: Uuid
  readonly environments: readonly Environment[]
  readonly id?: Uuid
  readonly endpointId?: Uuid
  readonly eventId?: Uuid
  readonly state?: string
  readonly startingAfter?: Uuid
  readonly limit: number
}

/** What every pending delivery is, in the words of the two indexes of what is due. */
const DUE = `((d.lane = 'fast' and d.due_at is not null) or (d.lane = 'slow' and d.due_at is not null))`

/** Newest tries shown per delivery: a schedule, twice. */
const ATTEMPTS_SHOWN = 20

/** One page plus one row, newest first. */
export async function listDeliveries(db: Queryable, filter: DeliveryFilter): Promise<DeliveryRow[]> {
  const { environments, limit } = filter
  const all = conditions(['d.account_id = $1'], [filter.accountId])
  all.add((p) => `d.id = ${p}`, filter.id)
  all.add((p) => `d.endpoint_id = ${p}`, filter.endpointId)
  all.add((p) => `d.event_id = ${p}`, filter.eventId)
  all.add((p) => `d.state = ${p}`, filter.state)
  if (filter.state === 'pending') all.where.push(DUE)
  all.add((p) => `d.id < ${p}`, filter.startingAfter)
  const { rows } = await db.query({
    text: `select d.*, e.type as event_type, w.url,
        coalesce((select json_agg(a order by a.n) from (
          select n, trigger, started_at, duration_ms, address, status, error, detail, response_body
          from delivery_attempt where account_id = d.account_id and environment = d.environment
            and delivery_id = d.id order by n desc limit ${ATTEMPTS_SHOWN}) a), '[]') as attempts
      from (${ordered({ from: 'delivery d', all, environments, order: 'id desc', limit: limit + 1 })}) d
      join event e on e.account_id = d.account_id and e.environment = d.environment and e.id = d.event_id
      join webhook_endpoint w
        on w.account_id = d.account_id and w.environment = d.environment and w.id = d.endpoint_id
      order by d.id desc`,
    values: all.values,
  })
  return rows as unknown as DeliveryRow[] // the columns selected
}

/**
 * Gives a delivery a fresh, full schedule from now on; numbers of tries go on. `false`: it is being tried at this
 * moment, or its endpoint takes nothing.
 */
export async function redeliver(
  db: Queryable,
  ref: Pick<DeliveryRow, 'account_id' | 'environment' | 'id'>,
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'redeliver',
    text: `update delivery d set state = 'pending', trigger = 'manual', step = 0, due_at = clock_timestamp(),
        finished_at = null, lane = w.lane
      from webhook_endpoint w
      where d.account_id = $1 and d.environment = $2 and d.id = $3
        and w.account_id = d.account_id and w.environment = d.environment and w.id = d.endpoint_id
        and w.state = 'enabled' and (d.owner is null or d.due_at <= statement_timestamp())`,
    values: [ref.account_id, ref.environment, ref.id],
  })
  return rowCount === 1
}

const SEND_TEST = `with e as (
  insert into event select r.* from jsonb_populate_record(null::event, $1::jsonb) r
  returning account_id, environment, id, subject_id, sequence
), made as (
  insert into delivery (account_id, environment, id, event_id, endpoint_id, subject_id, sequence, lane, ordered,
    state, trigger, attempt, step, due_at, owner, created_at)
  select e.account_id, e.environment, uuid_by_time(), e.id, w.id, e.subject_id, e.sequence, w.lane, false,
    'pending', 'test', 1, 0, clock_timestamp() + $3::int * interval '1 millisecond', $2, clock_timestamp()
  from e join webhook_endpoint w on w.account_id = e.account_id and w.environment = e.environment
    and w.state = 'enabled'
  order by w.id desc limit $4
  returning 1
)
select count(*)::int as made from made`

const READ_TEST = `with claimed as (
  select * from delivery where account_id = $1 and environment = $2 and event_id = $3 and owner = $4
)${CLAIMED}`

/** Writes a test event with one try at every enabled endpoint, and hands the tries to the caller at once. */
export async function recordTestEvent(
  db: Queryable,
  event: EventRow,
  lease: { readonly owner: Uuid; readonly ms: number },
  endpointsMax: number,
): Promise<ClaimedDelivery[]> {
  await db.query({
    name: 'record-test-event',
    text: SEND_TEST,
    values: [rowJson(event), lease.owner, lease.ms, endpointsMax],
  })
  const { rows } = await db.query({
    name: 'read-test-deliveries',
    text: READ_TEST,
    values: [event.account_id, event.environment, event.id, lease.owner],
  })
  return rows as unknown as ClaimedDelivery[] // the columns of CLAIMED
}

import type { Environment, Uuid } from '@onerouter/core'
import { wants } from './deliveries.ts'
import type { Queryable } from './rows.ts'
import { rowJson } from './rows.ts'

export interface RecoveryRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly endpoint_id: Uuid
  readonly since: Date
  readonly until: Date
  readonly events: readonly string[] | null
  readonly delivered_too: boolean
  readonly state: 'running' | 'completed' | 'canceled'
  /** The newest event looked at, and the first that is too new to be. */
  readonly cursor_id: Uuid
  readonly end_id: Uuid
  readonly scheduled: number
  readonly due_at: Date | null
  readonly created_at: Date
  readonly finished_at: Date | null
}

export async function insertRecovery(db: Queryable, row: RecoveryRow): Promise<void> {
  await db.query({
    name: 'insert-recovery',
    text: 'insert into webhook_recovery select r.* from jsonb_populate_record(null::webhook_recovery, $1::jsonb) r',
    values: [rowJson(row)],
  })
}

export async function getRecovery(
  db: Queryable,
  accountId: Uuid,
  environments: readonly Environment[],
  id: Uuid,
): Promise<RecoveryRow | null> {
  const { rows } = await db.query({
    name: 'get-recovery',
    text: `select * from webhook_recovery
      where account_id = $1 and environment = any($2::text[]) and id = $3`,
    values: [accountId, environments, id],
  })
  return (rows[0] as unknown as RecoveryRow | undefined) ?? null // the table's columns
}

/** Stops a recovery; what it has scheduled stays scheduled. */
export async function cancelRecovery(db: Queryable, row: RecoveryRow): Promise<void> {
  await db.query({
    name: 'cancel-recovery',
    text: `update webhook_recovery set state = 'canceled', due_at = null, finished_at = clock_timestamp()
      where account_id = $1 and environment = $2 and id = $3 and state = 'running'`,
    values: [row.account_id, row.environment, row.id],
  })
}

/** Events looked at per step, and the time between two: a recovery must not crowd out what happens now. */
const BATCH = 500
const STEP_MS = 500

const STEP = `with job as (
  select r.*, coalesce(r.events, w.events) as wanted, w.lane, w.ordered
  from webhook_recovery r join webhook_endpoint w
    on w.account_id = r.account_id and w.environment = r.environment and w.id = r.endpoint_id
  where r.due_at is not null and r.due_at <= statement_timestamp()
  order by r.due_at limit 1 for update of r skip locked
), span as (
  select e.id, e.type, e.subject_id, e.sequence, e.created_at from job j join event e
    on e.account_id = j.account_id and e.environment = j.environment
      and e.id > j.cursor_id and e.id < j.end_id
  order by e.id limit ${BATCH}
), made as (
  insert into delivery as d (account_id, environment, id, event_id, endpoint_id, subject_id, sequence, lane, ordered,
    state, trigger, attempt, step, due_at, created_at)
  select j.account_id, j.environment, uuid_by_time(), s.id, j.endpoint_id, s.subject_id, s.sequence, j.lane,
    j.ordered, 'pending', 'bulk', 0, 0, clock_timestamp(), clock_timestamp()
  from job j, span s
  where s.created_at >= j.since and s.created_at < j.until and ${wants('j.wanted', 's.type')}
  on conflict (account_id, environment, event_id, endpoint_id) do update
    set state = 'pending', trigger = 'bulk', step = 0, due_at = clock_timestamp(), finished_at = null,
      lane = excluded.lane
    where d.state in ('failed', 'held', 'canceled')
      or (d.state = 'delivered' and (select delivered_too from job))
  returning 1
)
update webhook_recovery r set
  cursor_id = coalesce((select id from span order by id desc limit 1), r.cursor_id),
  scheduled = r.scheduled + (select count(*) from made)::int,
  state = case when (select count(*) from span) < ${BATCH} then 'completed' else 'running' end,
  due_at = case when (select count(*) from span) < ${BATCH} then null
    else clock_timestamp() + ${STEP_MS} * interval '1 millisecond' end,
  finished_at = case when (select count(*) from span) < ${BATCH} then clock_timestamp() end
from job j where r.account_id = j.account_id and r.environment = j.environment and r.id = j.id
returning r.id`

/**
 * One step of the recovery that waits longest: its deliveries and its new place in one statement, so that it goes
 * on exactly where it stopped. `false`: none is due.
 */
export async function continueRecovery(db: Queryable): Promise<boolean> {
  const { rows } = await db.query({ name: 'continue-recovery', text: STEP, values: [] })
  return rows.length > 0
}

import { type Columns, column, names, unnested, valuesOf } from './columns.ts'
import { type FinishedInbound, type StoredDelivery, storeInbound } from './inbound.ts'
import type { InboundRow, Queryable } from './rows.ts'

const ROWS: Columns<InboundRow, keyof InboundRow> = {
  account_id: column('uuid', (row) => row.account_id),
  environment: column('text', (row) => row.environment),
  id: column('uuid', (row) => row.id),
  provider: column('text', (row) => row.provider),
  event_id: column('text', (row) => row.event_id),
  event_type: column('text', (row) => row.event_type),
  state: column('text', (row) => row.state),
  reason: column('text', (row) => row.reason),
  payment_id: column('uuid', (row) => row.payment_id),
  body: column('bytea', (row) => row.body),
  tries: column('int4', (row) => row.tries),
  due_at: column('timestamptz', (row) => row.due_at),
  received_at: column('timestamptz', (row) => row.received_at),
  applied_at: column('timestamptz', (row) => row.applied_at),
}

/** A key that a delivery must be the first to have. */
interface Wanted {
  readonly row: InboundRow
  readonly key: string
}

const KEYS: Columns<Wanted> = {
  account_id: column('uuid', ({ row }) => row.account_id),
  environment: column('text', ({ row }) => row.environment),
  provider: column('text', ({ row }) => row.provider),
  key: column('text', ({ key }) => key),
  received_at: column('timestamptz', ({ row }) => row.received_at),
  inbound_id: column('uuid', ({ row }) => row.id),
}

/**
 * `storeInbound` for many at once: a delivery is kept when all of its keys are new. Sorted by key, so that processes that
 * were sent the same deliveries wait for one another in one order. The memberships are wrapped in CASE so that they stay
 * hashed lookups whatever the planner believes.
 */
export const STORE_MANY = `with wanted as (
  select * from ${unnested(KEYS, Object.keys(ROWS).length + 1)} as w (${names(KEYS)})
), k as (
  insert into inbound_key (account_id, environment, provider, key, received_at)
  select account_id, environment, provider, key, received_at from wanted
  on conflict do nothing returning account_id, environment, provider, key
), fresh as materialized (
  select inbound_id from wanted group by inbound_id
  having bool_and(case when (account_id, environment, provider, key) in
    (select account_id, environment, provider, key from k) then true else false end)
), i as (
  insert into inbound (${names(ROWS)}) select * from ${unnested(ROWS, 1)} as r (${names(ROWS)})
  where case when r.id in (select inbound_id from fresh) then true else false end
  returning id, account_id, environment, provider
), trusted_again as (
  update webhook_registration g set refused = 0, refused_since = null, refused_reason = null
  from (select distinct account_id, environment, provider from wanted) w
  where g.account_id = w.account_id and g.environment = w.environment and g.service = w.provider and g.refused > 0
)
select id from i`

/** For each whether it was kept; `false`: one of its keys was seen before, also when that was in the same company. */
export async function storeInbounds(
  db: Queryable,
  deliveries: readonly StoredDelivery[],
): Promise<boolean[]> {
  const seen = new Set<string>()
  const first: StoredDelivery[] = []
  for (const one of deliveries) {
    const names = one.dedupeKeys.map((key) => keyName(one, key))
    if (names.length > 0 && !names.some((name) => seen.has(name))) first.push(one)
    for (const name of names) seen.add(name)
  }
  const kept = await storeDistinct(db, first)
  // A second one that shares a key finds what the first one has written.
  const answers: boolean[] = []
  for (const one of deliveries) {
    answers.push(first.includes(one) ? kept.has(one.row.id) : await storeInbound(db, one.row, one.dedupeKeys))
  }
  return answers
}

const keyName = ({ row }: StoredDelivery, key: string): string =>
  `${row.account_id}/${row.environment}/${row.provider}/${key}`

async function storeDistinct(
  db: Queryable,
  deliveries: readonly StoredDelivery[],
): Promise<ReadonlySet<unknown>> {
  const wanted = deliveries
    .flatMap(({ row, dedupeKeys }) => [...new Set(dedupeKeys)].map((key): Wanted => ({ row, key })))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
  const rowsIn = deliveries.map(({ row }) => row)
  const { rows } = await db.query({
    name: 'store-inbounds',
    text: STORE_MANY,
    values: [...valuesOf(ROWS, rowsIn), ...valuesOf(KEYS, wanted)],
  })
  return new Set(rows.map((row) => row['id']))
}

/** As with results of deliveries: a limit that is not known is planned as few rows, which are reached by their keys. */
export const FINISH_MANY = `with r as materialized (
  select * from (select * from jsonb_to_recordset($1::jsonb) as r (account_id uuid, environment text, id uuid,
    state text, reason text, payment_id uuid, due_ms int) limit $2::int) r limit $2::int
)
update inbound i set state = r.state, reason = r.reason, payment_id = r.payment_id,
  due_at = clock_timestamp() + r.due_ms * interval '1 millisecond',
  applied_at = case when r.due_ms is null then clock_timestamp() end
from r where i.account_id = r.account_id and i.environment = r.environment and i.id = r.id`

/** `finishInbound` for many at once. */
export async function finishInbounds(db: Queryable, finished: readonly FinishedInbound[]): Promise<void> {
  const results = finished.map(({ row, outcome }) => ({
    account_id: row.account_id,
    environment: row.environment,
    id: row.id,
    state: outcome.state,
    reason: outcome.reason,
    payment_id: outcome.paymentId,
    due_ms: outcome.dueMs,
  }))
  await db.query({
    name: 'finish-inbounds',
    text: FINISH_MANY,
    values: [JSON.stringify(results), results.length],
  })
}

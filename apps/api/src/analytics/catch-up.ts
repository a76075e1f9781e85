import type { Uuid } from '@onerouter/core'
import type { Queryable } from '../store/rows.ts'

/** A table that numbers are added up from, and how the rollups of some of its slots are computed anew. */
interface Source {
  readonly table: string
  /** When a row changed last. */
  readonly changed: 'updated_at' | 'created_at'
  readonly refresh: string
}

const SOURCES: readonly Source[] = [
  { table: 'payment', changed: 'updated_at', refresh: 'refresh_payments' },
  { table: 'refund', changed: 'updated_at', refresh: 'refresh_refunds' },
  { table: 'sms', changed: 'updated_at', refresh: 'refresh_sms' },
  { table: 'provider_call', changed: 'created_at', refresh: 'refresh_calls' },
  { table: 'request_log', changed: 'created_at', refresh: 'refresh_requests' },
]

/**
 * How far the time in a row may lie before the moment it became visible: servers' clocks, a call to a provider, a
 * transaction that waited. Rows within it are told apart by their transaction, so that none is counted anew in vain.
 */
const LATE_MS = 15 * 60_000
const SLOTS_PER_STATEMENT = 50

interface Position {
  readonly horizon: string | null
  readonly lookedAt: Date | null
}

/**
 * Brings the rollups up to what is committed now. Safe at any time, from any number of processes: slots are computed
 * from the base tables under a lock per source.
 */
export async function catchUp(db: Queryable, nowMs: number): Promise<void> {
  await Promise.all(SOURCES.map((source) => catchUpWith(db, source, nowMs)))
}

async function catchUpWith(db: Queryable, source: Source, nowMs: number): Promise<void> {
  const { rows } = await db.query({
    name: 'rollup-position',
    text: `select pg_snapshot_xmin(pg_current_snapshot())::text as head, p.horizon::text, p.looked_at
      from (select 1) one left join rollup_position p on p.source = $1`,
    values: [source.table],
  })
  const head = String(rows[0]?.['head'])
  const since: Position = {
    horizon: typeof rows[0]?.['horizon'] === 'string' ? rows[0]['horizon'] : null,
    lookedAt: rows[0]?.['looked_at'] instanceof Date ? rows[0]['looked_at'] : null,
  }
  const slots = await changedSlots(db, source, since)
  for (let i = 0; i < slots.length; i += SLOTS_PER_STATEMENT) {
    const some = slots.slice(i, i + SLOTS_PER_STATEMENT)
    await db.query({
      name: source.refresh,
      text: `select ${source.refresh}($1::uuid[], $2::text[], $3::timestamptz[])`,
      values: [
        some.map(({ account_id }) => account_id),
        some.map(({ environment }) => environment),
        some.map(({ slot }) => slot),
      ],
    })
  }
  await db.query({
    name: 'move-rollup-position',
    text: `insert into rollup_position as p values ($1, $2::xid8, $3)
      on conflict (source) do update set horizon = excluded.horizon, looked_at = excluded.looked_at
      where p.horizon < excluded.horizon`,
    values: [source.table, head, new Date(nowMs)],
  })
}

interface Slot {
  readonly account_id: Uuid
  readonly environment: string
  readonly slot: Date
}

/**
 * Slots in which a transaction wrote that the position does not cover; all of them where there is no position yet.
 * The age of a transaction is counted from the newest: as old as the horizon, or younger, is not covered.
 */
async function changedSlots(db: Queryable, source: Source, since: Position): Promise<readonly Slot[]> {
  const { table, changed } = source
  const distinct = `select distinct account_id, environment, slot_of(created_at) as slot from ${table} t`
  const text =
    since.horizon === null || since.lookedAt === null
      ? distinct
      : `${distinct} where ${changed} >= '${new Date(since.lookedAt.getTime() - LATE_MS).toISOString()}'
          and age(t.xmin) <= age('${BigInt(since.horizon)}'::xid8::xid)`
  // Written out instead of given as parameters: only a planner that sees how little of the table they leave takes
  // the index of what changed. Both are a time and a number of the database's own.
  const { rows } = await db.query({ text: `${text} order by 3`, values: [] })
  return rows as unknown as Slot[] // the columns selected
}

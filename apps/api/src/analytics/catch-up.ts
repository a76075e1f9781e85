import type { Uuid } from '@onerouter/core'
import type { Queryable } from '../store/rows.ts'
import { SLOT_MS } from './read.ts'

/** The tables that numbers are added up from. */
export type Counted = 'payment' | 'refund' | 'sms' | 'delivery' | 'provider_call' | 'request_log'

/** One of them, and how the rollups of some spans of its time are computed anew. */
interface Source {
  readonly table: Counted
  /** Conditions one of which every row fulfills that changed at this time or later. */
  readonly changed: (since: string) => readonly string[]
  readonly refresh: string
}

const updated = (since: string): readonly string[] => [`updated_at >= ${since}`]
const created = (since: string): readonly string[] => [`created_at >= ${since}`]
/** It is made and it ends; one that ended and is taken up again is due anew. */
const delivery = (since: string): readonly string[] => [
  ...created(since),
  `finished_at >= ${since}`,
  `(due_at >= ${since} and trigger in ('manual', 'bulk'))`,
]

const SOURCES: readonly Source[] = [
  { table: 'payment', changed: updated, refresh: 'refresh_payments' },
  { table: 'refund', changed: updated, refresh: 'refresh_refunds' },
  { table: 'sms', changed: updated, refresh: 'refresh_sms' },
  { table: 'delivery', changed: delivery, refresh: 'refresh_deliveries' },
  { table: 'provider_call', changed: created, refresh: 'refresh_calls' },
  { table: 'request_log', changed: created, refresh: 'refresh_requests' },
]

const ALL: readonly Counted[] = SOURCES.map(({ table }) => table)

/** What some tables' numbers are added up to now waits for. */
export type Fresh = (tables?: readonly Counted[]) => Promise<void>

/** A table is looked at once at a time, however many ask. */
export function createFresh(look: (table: Counted) => Promise<void>): Fresh {
  const looking = new Map<Counted, Promise<void>>()
  return async (tables = ALL) => {
    await Promise.all(
      tables.map(async (table) => {
        // What is under way may have looked before the caller's own payments: that one is waited for, then comes another.
        await looking.get(table)?.catch(() => {})
        const found = looking.get(table) ?? look(table).finally(() => looking.delete(table))
        looking.set(table, found)
        await found
      }),
    )
  }
}

/**
 * How far the time in a row may lie before the moment it became visible: servers' clocks, a call to a provider, a
 * transaction that waited. Rows within it are told apart by their transaction, so that none is counted anew in vain.
 */
const LATE_MS = 15 * 60_000
const DAY_MS = 86_400_000
/** No statement computes more than the busiest day. */
const SLOTS_PER_STATEMENT = DAY_MS / SLOT_MS

interface Position {
  readonly horizon: string | null
  readonly lookedAt: Date | null
}

/**
 * Brings the rollups up to what is committed now, of all tables or of some. Safe at any time, from any number of
 * processes: slots are computed from the base tables under a lock per source.
 */
export async function catchUp(db: Queryable, nowMs: number, tables: readonly Counted[] = ALL): Promise<void> {
  const some = SOURCES.filter(({ table }) => tables.includes(table))
  await Promise.all(some.map((source) => catchUpWith(db, source, nowMs)))
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
  for (const spans of statements(await changedSpans(db, source, since))) {
    await db.query({
      name: source.refresh,
      text: `select ${source.refresh}($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[])`,
      values: [
        spans.map(({ account_id }) => account_id),
        spans.map(({ environment }) => environment),
        spans.map(({ beginsMs }) => new Date(beginsMs)),
        spans.map(({ endsMs }) => new Date(endsMs)),
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

/** Slots of one account and one day that follow each other without a gap. */
interface Span {
  readonly account_id: Uuid
  readonly environment: string
  readonly beginsMs: number
  readonly endsMs: number
}

function* statements(spans: readonly Span[]): Generator<readonly Span[]> {
  let some: Span[] = []
  let slots = 0
  for (const span of spans) {
    const wide = (span.endsMs - span.beginsMs) / SLOT_MS
    if (slots + wide > SLOTS_PER_STATEMENT) {
      yield some
      some = []
      slots = 0
    }
    some.push(span)
    slots += wide
  }
  if (some.length > 0) yield some
}

/** Where a transaction wrote that the position does not cover; every day that has rows where there is no position yet. */
async function changedSpans(db: Queryable, source: Source, since: Position): Promise<readonly Span[]> {
  const { horizon, lookedAt } = since
  return horizon === null || lookedAt === null
    ? touched(db, source, { unit: 'day', where: 'true' })
    : joined(await touched(db, source, { unit: 'slot', where: changedSince(source, horizon, lookedAt) }))
}

/**
 * The age of a transaction is counted from the newest: as old as the horizon, or younger, is not covered. Written out instead of
 * given as parameters: only a planner that sees how little of the table they leave takes the index of what changed. Both are a
 * time and a number of the database's own.
 */
function changedSince({ changed }: Source, horizon: string, lookedAt: Date): string {
  const lately = new Date(lookedAt.getTime() - LATE_MS).toISOString()
  return `(${changed(`'${lately}'`).join(' or ')}) and age(t.xmin) <= age('${BigInt(horizon)}'::xid8::xid)`
}

const UNIT_MS = { slot: SLOT_MS, day: DAY_MS } as const

async function touched(
  db: Queryable,
  { table }: Source,
  { unit, where }: { readonly unit: 'slot' | 'day'; readonly where: string },
): Promise<readonly Span[]> {
  const { rows } = await db.query({
    text: `select distinct account_id, environment, ${unit}_of(created_at) as begins from ${table} t
      where ${where} order by 1, 2, 3`,
    values: [],
  })
  const found = rows as unknown as { account_id: Uuid; environment: string; begins: Date }[] // the columns selected
  return found.map(({ account_id, environment, begins }) => {
    const beginsMs = begins.getTime()
    return { account_id, environment, beginsMs, endsMs: beginsMs + UNIT_MS[unit] }
  })
}

function joined(slots: readonly Span[]): readonly Span[] {
  const spans: Span[] = []
  for (const slot of slots) {
    const before = spans.at(-1)
    const goesOn =
      before?.account_id === slot.account_id &&
      before.environment === slot.environment &&
      before.endsMs === slot.beginsMs &&
      slot.beginsMs % DAY_MS !== 0
    if (goesOn) spans.pop()
    spans.push(goesOn ? { ...before, endsMs: slot.endsMs } : slot)
  }
  return spans
}

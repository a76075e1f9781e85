import type { Environment, Service, Uuid } from '@onerouter/core'
import { conditions } from '../store/created.ts'
import type { InboundRow, OperationRow, Queryable } from '../store/rows.ts'
import { rowJson } from '../store/rows.ts'
import type { DecisionRow, ItemRow, RunRow } from './rows.ts'

/** What a caller may see, and how much of it. */
export interface Scope {
  readonly accountId: Uuid
  readonly environments: readonly Environment[]
  /** `null` = all. */
  readonly services: readonly Service[] | null
}

export interface Filter extends Scope {
  readonly provider?: string
  readonly state?: string
  readonly bucket?: string
  readonly id?: Uuid
  readonly startingAfter?: Uuid
  readonly limit: number
}

/** One page plus one row, newest first. */
export async function listRuns(db: Queryable, filter: Filter): Promise<RunRow[]> {
  return (await listOf(db, 'reconciliation_run', filter)) as RunRow[] // columns held equal by a test
}

export async function listItems(db: Queryable, filter: Filter): Promise<ItemRow[]> {
  return (await listOf(db, 'reconciliation_item', filter)) as ItemRow[] // columns held equal by a test
}

async function listOf(
  db: Queryable,
  table: 'reconciliation_run' | 'reconciliation_item',
  filter: Filter,
): Promise<unknown[]> {
  const all = conditions(
    ['account_id = $1', 'environment = any($2::text[])'],
    [filter.accountId, filter.environments],
  )
  all.add((p) => `provider = any(${p}::text[])`, filter.services)
  all.add((p) => `provider = ${p}`, filter.provider)
  all.add((p) => `state = ${p}`, filter.state)
  all.add((p) => `bucket = ${p}`, filter.bucket)
  all.add((p) => `id = ${p}`, filter.id)
  all.add((p) => `id < ${p}`, filter.startingAfter)
  const { rows } = await db.query({
    text: `select * from ${table} where ${all.where.join(' and ')} order by id desc limit ${filter.limit + 1}`,
    values: all.values,
  })
  return rows
}

/** A run of the same window that is under way already; asking twice starts one. */
export async function findRunning(
  db: Queryable,
  run: Pick<RunRow, 'account_id' | 'environment' | 'provider' | 'window_from' | 'window_to'>,
): Promise<RunRow | null> {
  const { rows } = await db.query({
    name: 'find-running-reconciliation',
    text: `select * from reconciliation_run where account_id = $1 and environment = $2 and provider = $3
      and kind = 'manual' and state = 'running' and window_from = $4 and window_to = $5 limit 1`,
    values: [run.account_id, run.environment, run.provider, run.window_from, run.window_to],
  })
  return (rows[0] as unknown as RunRow | undefined) ?? null // columns held equal by a test
}

/** Marks a difference as dealt with; `null` when it is no longer open. */
export async function resolveItem(
  db: Queryable,
  item: ItemRow,
  by: { readonly note: string; readonly who: string; readonly at: Date },
): Promise<ItemRow | null> {
  const { rows } = await db.query({
    name: 'resolve-reconciliation-item',
    text: `update reconciliation_item set state = 'resolved', note = $4, resolved_by = $5, closed_at = $6
      where account_id = $1 and environment = $2 and id = $3 and state = 'open' returning *`,
    values: [item.account_id, item.environment, item.id, by.note, by.who, by.at],
  })
  return (rows[0] as unknown as ItemRow | undefined) ?? null // columns held equal by a test
}

/** What waits for a person: a call whose outcome could not be had, or a message that contradicts the books. */
export type Waiting =
  | { readonly kind: 'operation'; readonly row: OperationRow }
  | { readonly kind: 'webhook'; readonly row: InboundRow }

/** One page plus one, newest first over both kinds: ids of both sort by time. */
export async function listWaiting(
  db: Queryable,
  filter: Omit<Filter, 'state' | 'bucket'>,
): Promise<Waiting[]> {
  const values = [
    filter.accountId,
    filter.environments,
    filter.services,
    filter.provider ?? null,
    filter.startingAfter ?? null,
    filter.limit + 1,
  ]
  const where = `account_id = $1 and environment = any($2::text[]) and ($3::text[] is null or provider = any($3))
    and ($4::text is null or provider = $4) and ($5::uuid is null or id < $5)`
  const [operations, inbound] = await Promise.all([
    db.query({
      name: 'operations-in-review',
      text: `select * from operation where ${where} and state = 'needs_review' order by id desc limit $6`,
      values,
    }),
    db.query({
      name: 'inbound-in-quarantine',
      text: `select * from inbound where ${where} and state = 'quarantined' order by id desc limit $6`,
      values,
    }),
  ])
  const all = [
    ...operations.rows.map((row) => ({ kind: 'operation', row: row as unknown as OperationRow }) as const),
    ...inbound.rows.map((row) => ({ kind: 'webhook', row: row as unknown as InboundRow }) as const),
  ] // columns and rows are held equal by a test
  return all.sort((a, b) => (a.row.id < b.row.id ? 1 : -1)).slice(0, filter.limit + 1)
}

export async function insertDecision(db: Queryable, decision: DecisionRow): Promise<void> {
  await db.query({
    name: 'insert-review-decision',
    text: `insert into review_decision select n.* from jsonb_populate_record(null::review_decision, $1::jsonb) n`,
    values: [rowJson(decision)],
  })
}

const DECISIONS_MAX = 20

export async function listDecisions(
  db: Queryable,
  operation: Pick<OperationRow, 'account_id' | 'environment' | 'id'>,
): Promise<DecisionRow[]> {
  const { rows } = await db.query({
    name: 'list-review-decisions',
    text: `select * from review_decision where account_id = $1 and environment = $2 and operation_id = $3
      order by id desc limit $4`,
    values: [operation.account_id, operation.environment, operation.id, DECISIONS_MAX],
  })
  return rows as unknown as DecisionRow[] // columns held equal by a test
}

const QUESTIONS = ['payments.fetch', 'payments.find', 'refunds.list']

/** When anything but a question was last sent for an operation; `null` when the log shows nothing. */
export async function lastSendMs(
  db: Queryable,
  operation: Pick<OperationRow, 'account_id' | 'environment' | 'id' | 'payment_id'>,
): Promise<number | null> {
  const { rows } = await db.query({
    name: 'last-send-of-operation',
    text: `select max(created_at) as at from provider_call
      where account_id = $1 and environment = $2 and payment_id = $3 and operation_id = $4
        and verb <> all($5::text[])`,
    values: [operation.account_id, operation.environment, operation.payment_id, operation.id, QUESTIONS],
  })
  const at = rows[0]?.['at']
  return at instanceof Date ? at.getTime() : null
}

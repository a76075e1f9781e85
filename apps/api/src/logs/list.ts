import type { Environment, Uuid } from '@onerouter/core'
import {
  addCreated,
  type Conditions,
  type CreatedRange,
  conditions,
  type Ordered,
  ordered,
} from '../store/created.ts'
import type { ProviderCallRow } from '../store/provider-calls.ts'
import type { Queryable } from '../store/rows.ts'
import type { RequestRow } from './request-log.ts'

export interface LogFilter {
  readonly accountId: Uuid
  readonly environments: readonly Environment[]
  /** `null` = all. */
  readonly services: readonly string[] | null
  readonly id?: Uuid | undefined
  readonly keyId?: Uuid | undefined
  readonly method?: string | undefined
  readonly status?: number | undefined
  /** First digit of the status. */
  readonly statusClass?: number | undefined
  /** The beginning of a path. */
  readonly path?: string | undefined
  readonly code?: string | undefined
  readonly paymentId?: Uuid | undefined
  readonly provider?: string | undefined
  /** Anywhere in what is shown of a row; letters of ASCII in either case. */
  readonly text?: string | undefined
  readonly created: CreatedRange
}

export interface LogPage {
  readonly after: Uuid | null
  /** Rows younger than this one, oldest first: a tail. */
  readonly newerThan?: Uuid
  readonly limit: number
}

/** Rows of one page. */
export interface Found<R> {
  readonly rows: R[]
  /** The last row that was looked through where older ones were not: an end of the page, not of the list. */
  readonly lookedTo: Uuid | null
}

/**
 * A text has no index, because row-level security lets none answer for it: a page looks through the newest rows that pass
 * the other filters, up to so many, and the next page goes on behind them.
 */
const LOOKED_THROUGH = { request_log: 10_000, provider_call: 1_000 } as const

const HAYSTACK = {
  request_log: `concat_ws(' ', method, path, query, status, code)`,
  provider_call: `concat_ws(' ', verb, method, path, status, outcome, provider_request_id, request, response)`,
} as const

type Table = keyof typeof HAYSTACK

export async function listRequests(
  db: Queryable,
  filter: LogFilter,
  page: LogPage,
): Promise<Found<RequestRow>> {
  return (await read(db, 'request_log', filter, page)) as Found<RequestRow> // columns held equal by a test
}

export async function listCalls(
  db: Queryable,
  filter: LogFilter,
  page: LogPage,
): Promise<Found<ProviderCallRow>> {
  return (await read(db, 'provider_call', filter, page)) as Found<ProviderCallRow> // columns held equal by a test
}

async function read(db: Queryable, table: Table, filter: LogFilter, page: LogPage): Promise<Found<unknown>> {
  const all = matching(table, filter, page)
  const { environments } = filter
  const select = async (order: 'id' | 'id desc', limit: number) => {
    const text = ordered({ from: table, all, environments, order, limit })
    return (await db.query({ text, values: all.values })).rows
  }
  if (page.newerThan !== undefined) {
    addText(all, table, filter.text)
    return { rows: await select('id', page.limit + 1), lookedTo: null }
  }
  let edge: Uuid | null = null
  if (filter.text !== undefined) {
    edge = await lastOf(db, {
      from: table,
      all,
      environments,
      order: 'id desc',
      limit: LOOKED_THROUGH[table],
    })
    all.add((p) => `id >= ${p}`, edge)
    addText(all, table, filter.text)
  }
  const rows = await select('id desc', page.limit + 1)
  return { rows, lookedTo: rows.length > page.limit ? null : edge }
}

/** The id of the last of so many rows; `null` where there are fewer. */
async function lastOf(db: Queryable, rows: Ordered): Promise<Uuid | null> {
  const { rows: last } = await db.query({
    text: `select id from (${ordered(rows)}) r order by ${rows.order} offset ${rows.limit - 1} limit 1`,
    values: rows.all.values,
  })
  return typeof last[0]?.['id'] === 'string' ? last[0]['id'] : null
}

function addText(all: Conditions, table: Table, text: string | undefined): void {
  // By bytes: the rules of a language take ten times as long, for letters that no path and hardly a body has.
  const looked = `lower(${HAYSTACK[table]} collate "C")`
  all.add((p) => `strpos(${looked}, lower(${p}::text collate "C")) > 0`, text)
}

function matching(table: Table, filter: LogFilter, page: LogPage): Conditions {
  const all = conditions(['account_id = $1'], [filter.accountId])
  all.add((p) => `id = ${p}`, filter.id)
  all.add((p) => `method = ${p}`, filter.method)
  all.add((p) => `status = ${p}`, filter.status)
  all.add((p) => `status >= ${p}::int * 100`, filter.statusClass)
  all.add((p) => `status < ${p}::int * 100 + 100`, filter.statusClass)
  // As two comparisons, which row-level security lets an index answer; a pattern it does not.
  all.add((p) => `path ~>=~ ${p}`, filter.path)
  all.add((p) => `path ~<~ ${p}`, filter.path === undefined ? undefined : `${filter.path}${LAST}`)
  if (table === 'request_log') {
    all.add((p) => `key_id = ${p}`, filter.keyId)
    all.add((p) => `code = ${p}`, filter.code)
  } else {
    all.add((p) => `outcome = ${p}`, filter.code)
    all.add((p) => `payment_id = ${p}`, filter.paymentId)
    all.add((p) => `provider = ${p}`, filter.provider)
    all.add((p) => `provider = any(${p}::text[])`, filter.services)
  }
  addCreated(all, filter.created)
  all.add((p) => `id < ${p}`, page.after)
  all.add((p) => `id > ${p}`, page.newerThan)
  return all
}

/** Behind every character that a path can have. */
const LAST = '\u{10FFFF}'

import type { Environment, Uuid } from '@onerouter/core'
import { addCreated, type Conditions, type CreatedRange, conditions } from '../store/created.ts'
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
  const select = (what: string, order: string) =>
    db.query({
      text: `select ${what} from ${table} where ${all.where.join(' and ')} order by ${order}`,
      values: all.values,
    })
  if (page.newerThan !== undefined) {
    addText(all, table, filter.text)
    return { rows: (await select('*', `id limit ${page.limit + 1}`)).rows, lookedTo: null }
  }
  let edge: Uuid | null = null
  if (filter.text !== undefined) {
    const { rows } = await select('id', `id desc offset ${LOOKED_THROUGH[table] - 1} limit 1`)
    edge = typeof rows[0]?.['id'] === 'string' ? rows[0]['id'] : null
    all.add((p) => `id >= ${p}`, edge)
    addText(all, table, filter.text)
  }
  const { rows } = await select('*', `id desc limit ${page.limit + 1}`)
  return { rows, lookedTo: rows.length > page.limit ? null : edge }
}

function addText(all: Conditions, table: Table, text: string | undefined): void {
  // By bytes: the rules of a language take ten times as long, for letters that no path and hardly a body has.
  const looked = `lower(${HAYSTACK[table]} collate "C")`
  all.add((p) => `strpos(${looked}, lower(${p}::text collate "C")) > 0`, text)
}

function matching(table: Table, filter: LogFilter, page: LogPage): Conditions {
  const all = conditions(
    ['account_id = $1', 'environment = any($2::text[])'],
    [filter.accountId, filter.environments],
  )
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

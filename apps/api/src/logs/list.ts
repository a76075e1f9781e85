import type { Environment, Uuid } from '@onerouter/core'
import { addCreated, type CreatedRange, conditions } from '../store/created.ts'
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
  /** Anywhere in what is shown of a row, in either case. */
  readonly text?: string | undefined
  readonly created: CreatedRange
}

export interface LogPage {
  readonly after: Uuid | null
  /** Rows younger than this one, oldest first: a tail. */
  readonly newerThan?: Uuid
  readonly limit: number
}

/**
 * A text has no index: it is looked for in the newest rows that pass the other filters, up to so many. Who looks
 * further back says when.
 */
const TEXT_ROWS_MAX = { request_log: 50_000, provider_call: 5_000 } as const

const HAYSTACK = {
  request_log: `concat_ws(' ', method, path, query, status, code)`,
  provider_call: `concat_ws(' ', verb, method, path, status, outcome, provider_request_id, request, response)`,
} as const

export async function listRequests(db: Queryable, filter: LogFilter, page: LogPage): Promise<RequestRow[]> {
  return (await read(db, 'request_log', filter, page)) as RequestRow[] // columns held equal by a test
}

export async function listCalls(db: Queryable, filter: LogFilter, page: LogPage): Promise<ProviderCallRow[]> {
  return (await read(db, 'provider_call', filter, page)) as ProviderCallRow[] // columns held equal by a test
}

async function read(
  db: Queryable,
  table: keyof typeof HAYSTACK,
  filter: LogFilter,
  page: LogPage,
): Promise<unknown[]> {
  const requests = table === 'request_log'
  const all = conditions(
    ['account_id = $1', 'environment = any($2::text[])'],
    [filter.accountId, filter.environments],
  )
  all.add((p) => `id = ${p}`, filter.id)
  all.add((p) => `method = ${p}`, filter.method)
  all.add((p) => `status = ${p}`, filter.status)
  all.add((p) => `status >= ${p}::int * 100`, filter.statusClass)
  all.add((p) => `status < ${p}::int * 100 + 100`, filter.statusClass)
  all.add((p) => `path like ${p}`, filter.path === undefined ? undefined : `${literal(filter.path)}%`)
  if (requests) {
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
  const order = page.newerThan === undefined ? 'id desc' : 'id'
  const rows = `select * from ${table} where ${all.where.join(' and ')} order by ${order}`
  if (filter.text === undefined) {
    return (await db.query({ text: `${rows} limit ${page.limit + 1}`, values: all.values })).rows
  }
  const found = await db.query({
    text: `select * from (${rows} limit ${TEXT_ROWS_MAX[table]}) t
      where strpos(lower(${HAYSTACK[table]}), lower($${all.values.length + 1})) > 0
      order by ${order} limit ${page.limit + 1}`,
    values: [...all.values, filter.text],
  })
  return found.rows
}

/** `%`, `_` and the escape itself mean themselves. */
const literal = (path: string): string => path.replace(/[\\%_]/g, '\\$&')

import { refuse } from './errors.ts'
import { type Fields, only } from './fields.ts'

export interface ListQuery {
  readonly count: number
  readonly skip: number
  readonly from: number
  readonly to: number
  readonly expand: readonly string[]
  readonly filters: Readonly<Record<string, string>>
}

const FIRST_SECOND = 946_684_800
const LAST_SECOND = 4_765_046_400

function whole(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name)
  if (text === null) return fallback
  if (!/^-?\d{1,15}$/.test(text)) refuse(`The ${name} must be an integer.`, { field: name })
  return Number(text)
}

function second(query: URLSearchParams, name: string, fallback: number): number {
  const value = whole(query, name, fallback)
  if (value < FIRST_SECOND || value > LAST_SECOND) {
    refuse(`${name} must be between ${FIRST_SECOND} and ${LAST_SECOND}`, { field: name })
  }
  return value
}

/** `expand[]=x`; Razorpay's own Node SDK sends `expand[expand]=x`, which PHP reads as the same list. */
export function expansions(query: URLSearchParams, known: readonly string[]): readonly string[] {
  const wanted = [...query].flatMap(([name, value]) => (/^expand\[\w*\]$/.test(name) ? [value] : []))
  if (wanted.some((value) => !known.includes(value))) {
    refuse(`Value of each expand must be one of following types: ${known.join(', ')}.`, { field: 'expand' })
  }
  return wanted
}

/** Reads paging, period, expansion and the list's own filters; anything else is refused. */
export function listQuery(
  query: URLSearchParams,
  own: { readonly filters?: readonly string[]; readonly expand?: readonly string[] } = {},
): ListQuery {
  const filters = own.filters ?? []
  const plain: Fields = Object.fromEntries([...query].filter(([name]) => !/^expand\[\w*\]$/.test(name)))
  only(plain, ['count', 'skip', 'from', 'to', ...filters])
  const count = whole(query, 'count', 10)
  if (count < 1) refuse('The count must be at least 1.', { field: 'count' })
  if (count > 100) refuse('The count may not be greater than 100.', { field: 'count' })
  const skip = whole(query, 'skip', 0)
  if (skip < 0) refuse('The skip must be at least 0.', { field: 'skip' })
  return {
    count,
    skip,
    from: second(query, 'from', FIRST_SECOND),
    to: second(query, 'to', LAST_SECOND),
    expand: expansions(query, own.expand ?? []),
    filters: Object.fromEntries([...query].filter(([name]) => filters.includes(name))),
  }
}

/** One page, newest first; there is no total and no "more" flag, callers ask until a page is short. */
export function pageOf<Row extends { readonly createdAt: number }>(
  rows: Iterable<Row>,
  query: ListQuery,
  keep: (row: Row) => boolean,
): Row[] {
  const hits = [...rows].filter(
    (row) => row.createdAt >= query.from && row.createdAt <= query.to && keep(row),
  )
  return hits.reverse().slice(query.skip, query.skip + query.count)
}

export const collectionOf = (items: readonly unknown[]) => ({
  entity: 'collection',
  count: items.length,
  items,
})

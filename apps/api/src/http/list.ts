import { ApiError, type IdKind, parseId, type Uuid } from '@onerouter/core'

/** A page by keyset: ids sort by time, so `id < after` is everything older. */
export interface Page {
  readonly limit: number
  readonly after: Uuid | null
  readonly created: CreatedRange
}

export interface CreatedRange {
  readonly gt: Date | null
  readonly gte: Date | null
  readonly lt: Date | null
  readonly lte: Date | null
}

export interface ListAnswer<T> {
  readonly data: T[]
  readonly has_more: boolean
  readonly next_cursor: string | null
}

const DEFAULT_LIMIT = 20
const BOUNDS = ['gt', 'gte', 'lt', 'lte'] as const

/** Reads the parameters every list takes. @throws ApiError invalid_request with a pointer. */
export function parsePage(kind: IdKind, query: Readonly<Record<string, unknown>>): Page {
  const limit = typeof query.limit === 'number' ? query.limit : DEFAULT_LIMIT
  const cursor = query.starting_after
  const after = typeof cursor === 'string' ? parseId(kind, cursor) : null
  if (after === undefined) throw refused('?starting_after', 'is not an id of this list')
  const [gt, gte, lt, lte] = BOUNDS.map((bound) => instant(`created[${bound}]`, query)) // one per bound, in order
  return { limit, after, created: { gt: gt ?? null, gte: gte ?? null, lt: lt ?? null, lte: lte ?? null } }
}

function instant(name: string, query: Readonly<Record<string, unknown>>): Date | null {
  const text = query[name]
  if (typeof text !== 'string') return null
  const date = parseInstant(text)
  if (date === undefined) throw refused(`?${name}`, 'must be an RFC 3339 time or Unix seconds')
  return date
}

const RFC3339 = /^\d{4}-\d\d-\d\d(T\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d))?$/i

/** RFC 3339 or Unix seconds; `undefined` for anything else, such as a date that does not exist. */
export function parseInstant(text: string): Date | undefined {
  if (/^\d{1,11}$/.test(text)) return new Date(Number.parseInt(text, 10) * 1000)
  // A plus sign in a query string that nobody encoded arrives as a space.
  const repaired = text.replace(' ', '+')
  const ms = RFC3339.test(repaired) ? Date.parse(repaired) : Number.NaN
  // Date.parse lets the 30th of February roll into March.
  const day = repaired.slice(0, 10)
  return Number.isNaN(ms) || new Date(`${day}T00:00:00Z`).toISOString().slice(0, 10) !== day
    ? undefined
    : new Date(ms)
}

/** Makes the answer from up to `limit + 1` rows, newest first. */
export function listAnswer<R, T extends { readonly id: string }>(
  rows: readonly R[],
  limit: number,
  present: (row: R) => T,
): ListAnswer<T> {
  const data = rows.slice(0, limit).map(present)
  const more = rows.length > limit
  return { data, has_more: more, next_cursor: more ? (data.at(-1)?.id ?? null) : null }
}

function refused(pointer: string, detail: string): ApiError {
  return new ApiError('invalid_request', `${pointer} ${detail}.`, { errors: [{ pointer, detail }] })
}

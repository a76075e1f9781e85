import { badParameter } from './errors.ts'
import { integer, type Param, readParams, text, type Values } from './params.ts'
import { type Context, find, type Row } from './state.ts'
import { render, type Stored } from './templates.ts'

interface Range {
  readonly gt?: number | undefined
  readonly gte?: number | undefined
  readonly lt?: number | undefined
  readonly lte?: number | undefined
}

const RANGE = { gt: integer(), gte: integer(), lt: integer(), lte: integer() }

/** `created=n` or `created[gte]=n` and its kin. */
const created: Param<Range> & { readonly required: false } = {
  required: false,
  read: (node, path) => {
    if (typeof node !== 'string') return readParams(node, RANGE, path)
    const at = integer().read(node, path)
    return { gte: at, lte: at }
  },
}

/** The parameters of every list (Stripe API reference, Pagination). */
export const LIST = { limit: integer(1), starting_after: text(), ending_before: text() }
export const DATED_LIST = { ...LIST, created }
type ListValues = Values<typeof LIST> & { readonly created?: Range | undefined }

export interface ListAnswer {
  readonly object: 'list'
  readonly url: string
  readonly has_more: boolean
  readonly data: Record<string, unknown>[]
}

export interface ListSource<R extends Row<Stored & { id: string }>> {
  readonly url: string
  /** As an error names it: `payment_intent`. */
  readonly noun: string
  /** Already filtered, newest first. */
  readonly rows: readonly R[]
  readonly all: Map<string, R>
}

const MAX_LIMIT = 100
const DEFAULT_LIMIT = 10

/** One page, newest first. */
export function page<R extends Row<Stored & { id: string }>>(
  context: Context,
  source: ListSource<R>,
  values: ListValues,
): ListAnswer {
  const limit = values.limit ?? DEFAULT_LIMIT
  if (limit > MAX_LIMIT) {
    const message = `This value must be less than or equal to ${MAX_LIMIT}.`
    throw badParameter(message, 'limit', 'parameter_invalid_integer')
  }
  if (values.starting_after !== undefined && values.ending_before !== undefined) {
    const message = 'You may only specify one of these parameters: starting_after, ending_before.'
    throw badParameter(message, 'starting_after')
  }
  const rows = source.rows.filter((row) => inRange(row.object, values.created))
  const { taken, has_more } = cut(context, source, rows, values, limit)
  const data = taken.map((row) => render(row.object))
  return { object: 'list', url: source.url, has_more, data }
}

function cut<R extends Row<Stored & { id: string }>>(
  context: Context,
  source: ListSource<R>,
  rows: readonly R[],
  values: ListValues,
  limit: number,
): { taken: readonly R[]; has_more: boolean } {
  const { starting_after, ending_before } = values
  if (ending_before !== undefined) {
    find(context, source.all, source.noun, ending_before, 'ending_before')
    const before = rows.slice(0, Math.max(0, indexOf(rows, ending_before)))
    return { taken: before.slice(-limit), has_more: before.length > limit }
  }
  if (starting_after !== undefined) find(context, source.all, source.noun, starting_after, 'starting_after')
  const after = starting_after === undefined ? rows : rows.slice(indexOf(rows, starting_after) + 1)
  return { taken: after.slice(0, limit), has_more: after.length > limit }
}

function indexOf<R extends Row<{ id: string }>>(rows: readonly R[], id: string): number {
  return rows.findIndex((row) => row.object.id === id)
}

function inRange(object: object, range: Range | undefined): boolean {
  if (range === undefined || !('created' in object) || typeof object.created !== 'number') return true
  const at = object.created
  return (
    (range.gt === undefined || at > range.gt) &&
    (range.gte === undefined || at >= range.gte) &&
    (range.lt === undefined || at < range.lt) &&
    (range.lte === undefined || at <= range.lte)
  )
}

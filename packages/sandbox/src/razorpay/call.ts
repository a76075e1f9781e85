import { refuse } from './errors.ts'
import { type Fields, pathId } from './fields.ts'
import type { Razorpay } from './state.ts'

/** One authenticated request to the API. */
export interface Call {
  readonly rzp: Razorpay
  readonly account: string
  /** Path segments in the order of the pattern's groups. */
  readonly ids: readonly string[]
  readonly query: URLSearchParams
  readonly fields: Fields
  readonly headers: Headers
}

/** The caller's own row; another account's id is as unknown as a made-up one. */
export function own<Row extends { readonly account: string }>(
  { account, ids }: Call,
  table: Map<string, Row>,
  prefix: string,
  position = 0,
): Row {
  const row = table.get(pathId(ids[position] ?? '', prefix))
  return row?.account === account ? row : refuse('The id provided does not exist')
}

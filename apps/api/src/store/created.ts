import { type Environment, uuidV7 } from '@onerouter/core'

/** Conditions of a list query, numbered as they are added. */
export interface Conditions {
  readonly where: string[]
  readonly values: unknown[]
  add(condition: (parameter: string) => string, value: unknown): void
}

/** Starts with `where` and its `values`; absent values add nothing. */
export function conditions(where: readonly string[], values: readonly unknown[]): Conditions {
  const all: Conditions = {
    where: [...where],
    values: [...values],
    add(condition, value) {
      if (value === undefined || value === null) return
      all.values.push(value)
      all.where.push(condition(`$${all.values.length}`))
    },
  }
  return all
}

export interface Ordered {
  readonly from: string
  /** Names everything but the environment. */
  readonly all: Conditions
  readonly environments: readonly Environment[]
  readonly order: 'id' | 'id desc'
  readonly limit: number
}

/**
 * Rows of some environments in the order of their ids. Each environment is asked for by itself, because an index is read in its
 * order only behind columns that equal one value: asked for all at once, every row that an account has would be sorted.
 */
export function ordered({ from, all, environments, order, limit }: Ordered): string {
  const where = all.where.join(' and ')
  const rows = environments.map(
    (one) =>
      `(select * from ${from} where ${where} and environment = '${one}' order by ${order} limit ${limit})`,
  )
  if (rows.length === 0) return `select * from ${from} where ${where} and false`
  return `select * from (${rows.join(' union all ')}) r order by ${order} limit ${limit}`
}

export interface CreatedRange {
  readonly gt: Date | null
  readonly gte: Date | null
  readonly lt: Date | null
  readonly lte: Date | null
}

/** Between the making of an id and the time its row bears: a streamed answer is logged at its end, 15 minutes on. */
const APART_MS = 30 * 60_000

/** The time itself, and what it says of ids, which sort by time: by those a range is found without reading what is newer. */
export function addCreated(all: Conditions, created: CreatedRange): void {
  all.add((p) => `created_at > ${p}`, created.gt)
  all.add((p) => `created_at >= ${p}`, created.gte)
  all.add((p) => `created_at < ${p}`, created.lt)
  all.add((p) => `created_at <= ${p}`, created.lte)
  all.add((p) => `id >= ${p}`, idAt(created.gt ?? created.gte, -APART_MS))
  all.add((p) => `id <= ${p}`, idAt(created.lt ?? created.lte, APART_MS))
}

/** The smallest id that could have been made then. */
function idAt(date: Date | null, offsetMs: number): string | null {
  return date === null ? null : uuidV7(Math.max(0, date.getTime() + offsetMs), new Uint8Array(10))
}

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

export interface CreatedRange {
  readonly gt: Date | null
  readonly gte: Date | null
  readonly lt: Date | null
  readonly lte: Date | null
}

export function addCreated(all: Conditions, created: CreatedRange): void {
  all.add((p) => `created_at > ${p}`, created.gt)
  all.add((p) => `created_at >= ${p}`, created.gte)
  all.add((p) => `created_at < ${p}`, created.lt)
  all.add((p) => `created_at <= ${p}`, created.lte)
}

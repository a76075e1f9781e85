import type { Environment, Uuid } from '@onerouter/core'
import { addCreated, type CreatedRange, conditions } from './created.ts'
import type { EventRow, Queryable } from './rows.ts'

export interface EventFilter {
  readonly accountId: Uuid
  readonly environments: readonly Environment[]
  readonly created: CreatedRange
  readonly type?: string
  readonly startingAfter?: Uuid
  readonly id?: Uuid
  readonly limit: number
}

/** What came after an id, oldest first. */
export async function eventsAfter(
  db: Queryable,
  filter: Pick<EventFilter, 'accountId' | 'environments' | 'limit'> & {
    readonly floor: Uuid
    readonly type: string | undefined
  },
): Promise<EventRow[]> {
  const all = conditions(
    ['account_id = $1', 'environment = any($2::text[])', 'id > $3'],
    [filter.accountId, filter.environments, filter.floor],
  )
  all.add((p) => `type = ${p}`, filter.type)
  const { rows } = await db.query({
    text: `select * from event where ${all.where.join(' and ')} order by id limit ${filter.limit}`,
    values: all.values,
  })
  return rows as unknown as EventRow[] // columns and EventRow are held equal by a test
}

/** One page plus one row, newest first. */
export async function listEvents(db: Queryable, filter: EventFilter): Promise<EventRow[]> {
  const all = conditions(
    ['account_id = $1', 'environment = any($2::text[])'],
    [filter.accountId, filter.environments],
  )
  all.add((p) => `type = ${p}`, filter.type)
  all.add((p) => `id = ${p}`, filter.id)
  all.add((p) => `id < ${p}`, filter.startingAfter)
  addCreated(all, filter.created)
  const { rows } = await db.query({
    text: `select * from event where ${all.where.join(' and ')} order by id desc limit ${filter.limit + 1}`,
    values: all.values,
  })
  return rows as unknown as EventRow[] // columns and EventRow are held equal by a test
}

import type { Environment, Uuid } from '@onerouter/core'
import { addCreated, type CreatedRange, conditions, ordered } from './created.ts'
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
  const { environments, limit } = filter
  const all = conditions(['account_id = $1', 'id > $2'], [filter.accountId, filter.floor])
  all.add((p) => `type = ${p}`, filter.type)
  const { rows } = await db.query({
    text: ordered({ from: 'event', all, environments, order: 'id', limit }),
    values: all.values,
  })
  return rows as unknown as EventRow[] // columns and EventRow are held equal by a test
}

/** One page plus one row, newest first. */
export async function listEvents(db: Queryable, filter: EventFilter): Promise<EventRow[]> {
  const { environments, limit } = filter
  const all = conditions(['account_id = $1'], [filter.accountId])
  all.add((p) => `type = ${p}`, filter.type)
  all.add((p) => `id = ${p}`, filter.id)
  all.add((p) => `id < ${p}`, filter.startingAfter)
  addCreated(all, filter.created)
  const { rows } = await db.query({
    text: ordered({ from: 'event', all, environments, order: 'id desc', limit: limit + 1 }),
    values: all.values,
  })
  return rows as unknown as EventRow[] // columns and EventRow are held equal by a test
}

import type { Environment, Service, Uuid } from '@onerouter/core'
import { conditions, ordered } from './created.ts'
import type { InboundRow, Queryable } from './rows.ts'

export interface InboundFilter {
  readonly accountId: Uuid
  readonly environments: readonly Environment[]
  /** `null` = all. */
  readonly services: readonly Service[] | null
  readonly service?: Service
  readonly state?: string
  readonly startingAfter?: Uuid
  readonly limit: number
}

/** What providers sent, one page plus one row, newest first. */
export async function listInbound(db: Queryable, filter: InboundFilter): Promise<InboundRow[]> {
  const { environments, limit } = filter
  const all = conditions(['account_id = $1'], [filter.accountId])
  all.add((p) => `provider = any(${p}::text[])`, filter.services)
  all.add((p) => `provider = ${p}`, filter.service)
  all.add((p) => `state = ${p}`, filter.state)
  // What is received has a time at which it is due, by which it is found.
  if (filter.state === 'received') all.where.push('due_at is not null')
  all.add((p) => `id < ${p}`, filter.startingAfter)
  const { rows } = await db.query({
    text: ordered({ from: 'inbound', all, environments, order: 'id desc', limit: limit + 1 }),
    values: all.values,
  })
  return rows as unknown as InboundRow[] // columns and InboundRow are held equal by a test
}

/** Puts a delivery of a provider back in line, with all its tries before it. */
export async function reprocessInbound(
  db: Queryable,
  owner: { readonly accountId: Uuid; readonly environments: readonly Environment[] },
  id: Uuid,
): Promise<InboundRow | null> {
  const { rows } = await db.query({
    name: 'reprocess-inbound',
    text: `update inbound set state = 'received', reason = null, tries = 0, due_at = clock_timestamp(),
        applied_at = null
      where account_id = $1 and environment = any($2::text[]) and id = $3 returning *`,
    values: [owner.accountId, owner.environments, id],
  })
  return (rows[0] as unknown as InboundRow | undefined) ?? null // as above
}

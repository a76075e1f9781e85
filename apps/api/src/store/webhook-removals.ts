import type { Environment, Service, Uuid } from '@onerouter/core'
import type { WebhookAddress } from './inbound.ts'
import type { Queryable } from './rows.ts'

/** A webhook of ours at a provider that nobody listens to any more. */
export interface RemovalRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly service: Service
  readonly ref: string
  readonly version: number
  readonly tries: number
  /** The credentials in force use the same registration: it must stay. */
  readonly in_use: boolean
}

export interface Removal {
  readonly state: 'pending' | 'removed' | 'kept' | 'failed'
  readonly reason: string | null
  /** Until the next try, while pending. */
  readonly dueMs: number | null
}

const AGAIN = `on conflict (account_id, environment, service, ref) do update set version = excluded.version,
  state = 'pending', reason = null, tries = 0, due_at = now(), finished_at = null`

/**
 * For the transaction that takes credentials away, before it does: the registration made with them is to be removed,
 * and nothing we look after from now on.
 */
export const REMOVE_WITH_CREDENTIALS = `with gone as (
  insert into webhook_removal (account_id, environment, service, ref, version, state)
  select w.account_id, w.environment, w.service, w.ref, c.version, 'pending'
  from webhook_registration w join credential c
    on c.account_id = w.account_id and c.environment = w.environment and c.service = w.service
  where w.account_id = $1 and w.environment = $2 and w.service = $3 and w.ref is not null and c.retired_at is null
  ${AGAIN}
)
update webhook_registration set ref = null where account_id = $1 and environment = $2 and service = $3`

/** Other credentials are in force, with a registration of their own: the one of those before is to be removed. */
export async function removeReplaced(db: Queryable, at: WebhookAddress, ref: string): Promise<void> {
  await db.query({
    name: 'remove-replaced-webhook',
    text: `insert into webhook_removal (account_id, environment, service, ref, version, state)
      select account_id, environment, service, $4, max(version), 'pending' from credential
      where account_id = $1 and environment = $2 and service = $3 and retired_at is not null
      group by 1, 2, 3 ${AGAIN}`,
    values: [at.account_id, at.environment, at.service, ref],
  })
}

export async function claimDueRemovals(db: Queryable, limit: number, leaseMs: number): Promise<RemovalRow[]> {
  const { rows } = await db.query({
    name: 'claim-removals',
    text: `update webhook_removal r
      set due_at = clock_timestamp() + $2::int * interval '1 millisecond', tries = r.tries + 1
      from (select account_id, environment, service, ref from webhook_removal
        where due_at <= clock_timestamp() order by due_at limit $1 for update skip locked) due
      where r.account_id = due.account_id and r.environment = due.environment and r.service = due.service
        and r.ref = due.ref
      returning r.*, exists (select 1 from webhook_registration w where w.account_id = r.account_id
        and w.environment = r.environment and w.service = r.service and w.ref = r.ref) as in_use`,
    values: [limit, leaseMs],
  })
  return rows as unknown as RemovalRow[] // the table's columns and in_use
}

/** Notes what came of it. Who registered the same webhook meanwhile is looked after at once, for it is gone. */
export async function finishRemoval(db: Queryable, row: RemovalRow, removal: Removal): Promise<void> {
  await db.query({
    name: 'finish-removal',
    text: `with written as (
        update webhook_removal set state = $5, reason = $6,
          due_at = clock_timestamp() + $7::int * interval '1 millisecond',
          finished_at = case when $7::int is null then clock_timestamp() end
        where account_id = $1 and environment = $2 and service = $3 and ref = $4 and tries = $8
      )
      update webhook_registration set due_at = clock_timestamp(), tries = 0
      where $5 = 'removed' and account_id = $1 and environment = $2 and service = $3 and ref = $4`,
    values: [
      row.account_id,
      row.environment,
      row.service,
      row.ref,
      removal.state,
      removal.reason,
      removal.dueMs,
      row.tries,
    ],
  })
}

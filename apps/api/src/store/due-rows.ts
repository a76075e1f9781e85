import type { Ref } from './payments.ts'
import type { Queryable } from './rows.ts'

/** What every table does whose rows are due at `due_at`, count `tries` and are keyed as all tenants' rows are. */
export interface DueRows<R> {
  /** Takes what is due, each for `leaseMs`: the due time itself is the lease. */
  claim(db: Queryable, limit: number, leaseMs: number): Promise<R[]>
  /** Until the next is due; `null` = none is. */
  nextDueMs(db: Queryable): Promise<number | null>
  /** Puts the next look off; `null` = nothing is expected any more. */
  postpone(db: Queryable, row: Ref, dueMs: number | null): Promise<void>
}

/** @param table a name of ours, never of anybody else's. */
export function dueRows<R>(table: string): DueRows<R> {
  return {
    async claim(db, limit, leaseMs) {
      const { rows } = await db.query({
        name: `claim-due-${table}`,
        text: `update ${table} t
          set due_at = clock_timestamp() + $2::int * interval '1 millisecond', tries = tries + 1
          from (select account_id, environment, id from ${table}
            where due_at <= clock_timestamp() order by due_at limit $1 for update skip locked) due
          where t.account_id = due.account_id and t.environment = due.environment and t.id = due.id
          returning t.*`,
        values: [limit, leaseMs],
      })
      return rows as unknown[] as R[] // columns and rows are held equal by a test
    },
    async nextDueMs(db) {
      const { rows } = await db.query({
        name: `next-due-${table}`,
        text: `select (extract(epoch from min(due_at) - clock_timestamp()) * 1000)::float8 as ms
          from ${table} where due_at is not null`,
        values: [],
      })
      const ms = rows[0]?.['ms']
      return typeof ms === 'number' ? ms : null
    },
    async postpone(db, row, dueMs) {
      await db.query({
        name: `postpone-${table}`,
        text: `update ${table} set due_at = clock_timestamp() + $4::bigint * interval '1 millisecond'
          where account_id = $1 and environment = $2 and id = $3`,
        values: [row.account_id, row.environment, row.id, dueMs],
      })
    },
  }
}

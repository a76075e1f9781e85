import { sql } from 'kysely'
import type pg from 'pg'
import type { Principal } from '../http/principal.ts'
import type { Db } from '../store/db.ts'
import type { Queryable } from '../store/rows.ts'

/**
 * Who acts, as the audit log's triggers read it. What is changed without saying so is put down to the system.
 * Text of the setting: kind, id and the request, separated by colons.
 */
export interface Actor {
  readonly kind: 'key' | 'person'
  readonly id: string
  readonly requestId: string
}

export function actorOf(principal: Principal, request: { readonly id: string }): Actor {
  return principal.keyId !== null
    ? { kind: 'key', id: principal.keyId, requestId: request.id }
    : { kind: 'person', id: principal.personId ?? '', requestId: request.id }
}

const settingOf = ({ kind, id, requestId }: Actor): string => `${kind}:${id}:${requestId}`

/** For a transaction that is written by hand: what it changes is put down to the actor. */
export const settingActor = (actor: Actor) => ({
  name: 'set-actor',
  text: `SELECT set_config('app.actor', $1, true)`,
  values: [settingOf(actor)],
})

/** The same database; what is changed through `withAccount` is put down to the actor. */
export function acting(db: Db, actor: Actor): Db {
  return {
    ...db,
    withAccount: (accountId, work) =>
      db.withAccount(accountId, async (trx) => {
        await sql`SELECT set_config('app.actor', ${settingOf(actor)}, true)`.execute(trx)
        return work(trx)
      }),
  }
}

/** Statements, each a transaction of its own, whose changes are put down to the actor. */
export function actingStatements(pool: pg.Pool, actor: Actor): Queryable {
  return {
    async query(statement) {
      const client = await pool.connect()
      let broken: Error | undefined
      try {
        await client.query('BEGIN')
        await client.query(settingActor(actor))
        const result = await client.query({ ...statement, values: [...statement.values] })
        await client.query('COMMIT')
        return result
      } catch (error) {
        await client.query('ROLLBACK').catch((failed: unknown) => {
          broken = failed instanceof Error ? failed : new Error('the transaction could not be ended')
        })
        throw error
      } finally {
        client.release(broken)
      }
    },
  }
}

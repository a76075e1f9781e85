import type { Uuid } from '@onerouter/core'
import { sql } from 'kysely'
import type { CredentialKey } from './credentials.ts'
import type { Db } from './db.ts'
import { notifyStatement } from './invalidation.ts'

/** What an account turned off, as `environment/service/method`. */
export async function listDisabledMethods(db: Db, accountId: Uuid): Promise<ReadonlySet<string>> {
  const rows = await db.withAccount(accountId, (trx) =>
    trx
      .selectFrom('disabled_payment_method')
      .select(['environment', 'service', 'method'])
      .where('account_id', '=', accountId)
      .execute(),
  )
  return new Set(rows.map((row) => `${row.environment}/${row.service}/${row.method}`))
}

/** Turns a method on or off, and tells every process that routes payments. */
export async function setMethodEnabled(
  db: Db,
  { accountId, environment, service }: CredentialKey,
  method: string,
  enabled: boolean,
): Promise<void> {
  await db.withAccount(accountId, async (trx) => {
    const row = { account_id: accountId, environment, service, method }
    if (enabled) {
      await trx
        .deleteFrom('disabled_payment_method')
        .where('account_id', '=', accountId)
        .where('environment', '=', environment)
        .where('service', '=', service)
        .where('method', '=', method)
        .execute()
    } else {
      await trx
        .insertInto('disabled_payment_method')
        .values(row)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
    }
    const { values } = notifyStatement({ kind: 'services', accountId })
    await sql`SELECT pg_notify(${values[0]}, ${values[1]})`.execute(trx)
  })
}

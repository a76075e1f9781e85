import type { Uuid } from '@onerouter/core'
import type { Db } from './db.ts'

export async function insertAccount(db: Db, id: Uuid, name: string): Promise<void> {
  await db.withAccount(id, (trx) => trx.insertInto('account').values({ id, name }).execute())
}

export async function accountExists(db: Db, id: Uuid): Promise<boolean> {
  const row = await db.withAccount(id, (trx) =>
    trx.selectFrom('account').select('id').where('id', '=', id).executeTakeFirst(),
  )
  return row !== undefined
}

import type { Uuid } from '@onerouter/core'
import type { Db } from '../store/db.ts'

export interface AccountRow {
  readonly id: Uuid
  readonly name: string
  readonly second_factor_required: boolean
  readonly created_at: Date
}
export type AccountChange = Partial<Pick<AccountRow, 'name' | 'second_factor_required'>>

const COLUMNS = ['id', 'name', 'second_factor_required', 'created_at'] as const

export async function getAccount(db: Db, accountId: Uuid): Promise<AccountRow> {
  return db.withAccount(accountId, (trx) =>
    trx.selectFrom('account').select(COLUMNS).where('id', '=', accountId).executeTakeFirstOrThrow(),
  )
}

export async function changeAccount(db: Db, accountId: Uuid, change: AccountChange): Promise<AccountRow> {
  return db.withAccount(accountId, (trx) =>
    trx
      .updateTable('account')
      .set(change)
      .where('id', '=', accountId)
      .returning(COLUMNS)
      .executeTakeFirstOrThrow(),
  )
}

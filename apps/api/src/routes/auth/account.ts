import { ApiError, formatId } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { acting } from '../../audit/acting.ts'
import { mount } from '../../http/mount.ts'
import { type AccountRow, changeAccount, getAccount } from '../../sessions/account-store.ts'
import type { Db } from '../../store/db.ts'
import { askerOf, sessionOf } from './session-guard.ts'

/** What is the account's own, and its owners' to change. */
export function accountRoutes(app: FastifyInstance, { db }: { readonly db: Db }): void {
  mount(app, 'getAccount', async ({ request }) =>
    present(await getAccount(db, sessionOf(request).row.account_id)),
  )
  mount(app, 'updateAccount', async ({ body, request }) => {
    const { row, actor } = askerOf(request)
    if (body.second_factor_required === true && !row.second_factor) {
      throw new ApiError(
        'invalid_state',
        'Turn your own second factor on before you ask everybody for theirs.',
      )
    }
    const change = {
      ...(body.name === undefined ? {} : { name: body.name }),
      ...(body.second_factor_required === undefined
        ? {}
        : { second_factor_required: body.second_factor_required }),
    }
    if (Object.keys(change).length === 0) return present(await getAccount(db, row.account_id))
    return present(await changeAccount(acting(db, actor), row.account_id, change))
  })
}

const present = (row: AccountRow) => ({
  id: formatId('account', row.id),
  name: row.name,
  second_factor_required: row.second_factor_required,
  created_at: row.created_at.toISOString(),
})

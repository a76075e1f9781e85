import { ApiError, formatId, type Uuid } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { mount } from '../../http/mount.ts'
import { deviceOf } from '../../sessions/device.ts'
import type { People } from '../../sessions/people.ts'
import { endOtherSessions, endSession, listSessions, type SessionListRow } from '../../sessions/team-store.ts'
import type { Db } from '../../store/db.ts'
import { idOf, sessionOf } from './session-guard.ts'

/** Where one is signed in, and the password that lets one in. */
export function sessionRoutes(
  app: FastifyInstance,
  { db, people }: { readonly db: Db; readonly people: People },
): void {
  mount(app, 'listSessions', async ({ request }) => {
    const { row } = sessionOf(request)
    return { data: (await listSessions(db, row.person_id)).map((one) => present(one, row.id)) }
  })
  mount(app, 'endOtherSessions', async ({ request }) => {
    const { row } = sessionOf(request)
    return { ended: await endOtherSessions(db, row.person_id, row.id) }
  })
  mount(app, 'endSession', async ({ params, request }) => {
    const { row } = sessionOf(request)
    const ended = await endSession(db, row.person_id, idOf('session', params.id))
    if (!ended) throw new ApiError('not_found', 'There is no such session.')
    return { success: true }
  })
  mount(app, 'changePassword', async ({ body, request }) => {
    const { row } = sessionOf(request)
    await people.changePassword(row.person_id, {
      password: body.password,
      newPassword: body.new_password,
      keptSession: row.id,
    })
    return { success: true }
  })
}

const present = (row: SessionListRow, current: Uuid) => ({
  id: formatId('session', row.id),
  current: row.id === current,
  device: deviceOf(row.user_agent),
  address: row.address,
  created_at: row.created_at.toISOString(),
  last_used_at: row.last_used_at.toISOString(),
})

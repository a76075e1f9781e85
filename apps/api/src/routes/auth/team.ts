import { OneOf, Strict, Type } from '@onerouter/contract/schema'
import { ApiError, formatId, type IdKind, parseId, type Uuid } from '@onerouter/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { strangerOf } from '../../http/address.ts'
import type { Member } from '../../sessions/people.ts'
import { ROLES, type Role } from '../../sessions/roles.ts'
import type { OpenSession, Sessions } from '../../sessions/sessions.ts'
import type { Team } from '../../sessions/team.ts'
import {
  endSession,
  type InvitationRow,
  listSessions,
  type MemberRow,
  type SessionListRow,
} from '../../sessions/team-store.ts'
import type { Db } from '../../store/db.ts'
import { EMAIL, PASSWORD } from './rules.ts'

export interface TeamRoutes {
  readonly sessions: Sessions
  readonly team: Team
  readonly db: Db
  readonly enter: (request: FastifyRequest, reply: FastifyReply, member: Member) => Promise<unknown>
}

const InviteBody = Strict({ email: Type.String(EMAIL), role: OneOf(ROLES) })
const RoleBody = Strict({ role: OneOf(ROLES) })
const AcceptBody = Strict({
  token: Type.String({ maxLength: 100 }),
  password: Type.String(PASSWORD),
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
})
const ById = Strict({ id: Type.String({ maxLength: 100 }) })
type WithId = { Params: { id: string } }

/** The people of the account, the invitations to it, and one's own sessions. Sessions only: no key reaches these. */
export function teamRoutes(app: FastifyInstance, { sessions, team, db, enter }: TeamRoutes): void {
  const config = { scope: 'public', bodyOptional: true } as const
  const schema = { params: ById }
  /** Whoever asks; a write must carry the session's own token. */
  const by = async ({ headers, method }: FastifyRequest): Promise<OpenSession> => {
    const session = await sessions.find(headers)
    if (session === null) throw new ApiError('unauthenticated', 'Sign in first.')
    if (method !== 'GET') sessions.assertOwnWrite(session, headers)
    return session
  }
  const list = <T, P>(rows: readonly T[], present: (row: T) => P) => ({ data: rows.map(present) })

  app.get('/api/auth/sessions', { config }, async (request) => {
    const { row } = await by(request)
    return list(await listSessions(db, row.person_id), (one) => presentSession(one, row.id))
  })
  app.delete<WithId>('/api/auth/sessions/:id', { config, schema }, async (request) => {
    const { row } = await by(request)
    const ended = await endSession(db, row.person_id, idOf('session', request.params.id))
    if (!ended) throw new ApiError('not_found', 'There is no such session.')
    return { success: true }
  })
  app.get('/api/auth/members', { config }, async (request) =>
    list(await team.members((await by(request)).row), presentMember),
  )
  app.patch<WithId & { Body: { role: Role } }>(
    '/api/auth/members/:id',
    { config, schema: { ...schema, body: RoleBody } },
    async (request) => {
      const { row } = await by(request)
      return presentMember(await team.setRole(row, idOf('person', request.params.id), request.body.role))
    },
  )
  app.delete<WithId>('/api/auth/members/:id', { config, schema }, async (request) => {
    await team.remove((await by(request)).row, idOf('person', request.params.id))
    return { success: true }
  })
  app.get('/api/auth/invitations', { config }, async (request) =>
    list(await team.invitations((await by(request)).row), presentInvitation),
  )
  app.post<{ Body: { email: string; role: Role } }>(
    '/api/auth/invitations',
    { config, schema: { body: InviteBody } },
    async (request) => {
      const { email, role } = request.body
      const { row, token } = await team.invite((await by(request)).row, email, role)
      return { ...presentInvitation(row), token }
    },
  )
  app.delete<WithId>('/api/auth/invitations/:id', { config, schema }, async (request) => {
    await team.withdraw((await by(request)).row, idOf('invitation', request.params.id))
    return { success: true }
  })
  app.post<{ Body: { token: string; password: string; name?: string } }>(
    '/api/auth/invitations/accept',
    { config, schema: { body: AcceptBody } },
    async (request, reply) => {
      const { token, password, name } = request.body
      const asked = { password, name: name ?? 'New member' }
      return enter(request, reply, await team.accept(token, asked, strangerOf(request.ip)))
    },
  )
}

/** @throws ApiError not_found */
function idOf(kind: IdKind, text: string): Uuid {
  const id = parseId(kind, text)
  if (id === undefined) throw new ApiError('not_found', `There is nothing with the id ${text}.`)
  return id
}

const presentMember = (row: MemberRow) => ({
  id: formatId('person', row.person_id),
  email: row.email,
  name: row.name,
  role: row.role,
  created_at: row.created_at.toISOString(),
})

const presentInvitation = (row: InvitationRow) => ({
  id: formatId('invitation', row.id),
  email: row.email,
  role: row.role,
  created_at: row.created_at.toISOString(),
  expires_at: row.expires_at.toISOString(),
})

const presentSession = (row: SessionListRow, current: Uuid) => ({
  id: formatId('session', row.id),
  current: row.id === current,
  created_at: row.created_at.toISOString(),
  last_used_at: row.last_used_at.toISOString(),
})

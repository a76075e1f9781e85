import { OneOf, Strict, Type } from '@onerouter/contract/schema'
import { ApiError, formatId } from '@onerouter/core'
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { strangerOf } from '../../http/address.ts'
import { writeCookie } from '../../sessions/cookie.ts'
import type { Credentials, Member, People, SignUp } from '../../sessions/people.ts'
import { ROLES } from '../../sessions/roles.ts'
import { isSafe } from '../../sessions/same-site.ts'
import { COOKIE_MAX_AGE_S, type OpenSession, type Sessions } from '../../sessions/sessions.ts'
import type { Team } from '../../sessions/team.ts'
import type { Db } from '../../store/db.ts'
import { EMAIL, PASSWORD } from './rules.ts'
import { teamRoutes } from './team.ts'

const CredentialsBody = Strict({ email: Type.String(EMAIL), password: Type.String({ maxLength: 128 }) })
const SignUpBody = Strict({
  email: Type.String(EMAIL),
  password: Type.String(PASSWORD),
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 200 })),
})
const SessionAnswer = Strict({
  user: Strict({ id: Type.String(), email: Type.String(), name: Type.String() }),
  account: Strict({ id: Type.String(), name: Type.String() }),
  role: OneOf(ROLES),
  csrf_token: Type.String(),
})

export interface AuthRoutes {
  readonly sessions: Sessions
  readonly people: People
  readonly team: Team
  readonly db: Db
}

/**
 * Signing up, in and out. A page keeps nothing but the cookie, which scripts cannot read, and the token that
 * belongs to it.
 */
export function authRoutes(app: FastifyInstance, { sessions, people, team, db }: AuthRoutes): void {
  app.addHook('onRequest', async ({ headers, method }) => {
    if (!isSafe(method)) sessions.assertOwnPage(headers)
  })
  const config = { scope: 'public' } as const

  /** A new session each time; the one that came along ends, whoever planted it. */
  const enter = async (request: FastifyRequest, reply: FastifyReply, member: Member) => {
    await sessions.forget(request.headers)
    const { token } = await sessions.begin(member.accountId, member.personId)
    const cookie = writeCookie(token, COOKIE_MAX_AGE_S, sessions.production)
    const found = await sessions.find({ cookie })
    if (found === null) throw new Error('a session that was just begun cannot be found')
    reply.header('set-cookie', cookie)
    return present(found)
  }
  app.post<{ Body: Credentials & Partial<SignUp> }>(
    '/api/auth/sign-up/email',
    { config, schema: { body: SignUpBody, response: { 200: SessionAnswer } } },
    async (request, reply) => {
      const { email, password, name } = request.body
      const member = await people.signUp({ email, password, name: name ?? email }, strangerOf(request.ip))
      return enter(request, reply, member)
    },
  )
  app.post<{ Body: Credentials }>(
    '/api/auth/sign-in/email',
    { config, schema: { body: CredentialsBody, response: { 200: SessionAnswer } } },
    async (request, reply) =>
      enter(request, reply, await people.signIn(request.body, strangerOf(request.ip))),
  )
  app.post(
    '/api/auth/sign-out',
    { config: { ...config, bodyOptional: true }, schema: { body: Strict({}) } },
    async (request, reply) => {
      const session = await sessions.find(request.headers)
      if (session !== null) {
        sessions.assertOwnWrite(session, request.headers)
        await sessions.end(session)
      }
      reply.header('set-cookie', writeCookie('', 0, sessions.production))
      return { success: true }
    },
  )
  const current = async ({ headers }: FastifyRequest) => {
    const session = await sessions.find(headers)
    if (session === null) throw new ApiError('unauthenticated', 'Sign in first.')
    return present(session)
  }
  app.get('/api/auth/csrf', { config }, async (request) => {
    const { csrf_token } = await current(request)
    return { csrf_token }
  })
  app.get('/api/auth/session', { config, schema: { response: { 200: SessionAnswer } } }, current)
  teamRoutes(app, { sessions, team, db, enter })
}

function present({ row, csrfToken }: OpenSession) {
  return {
    user: { id: formatId('person', row.person_id), email: row.email, name: row.name },
    account: { id: formatId('account', row.account_id), name: row.account_name },
    role: row.role,
    csrf_token: csrfToken,
  }
}

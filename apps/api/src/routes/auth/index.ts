import { ApiError } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { strangerOf } from '../../http/address.ts'
import { mount } from '../../http/mount.ts'
import type { People } from '../../sessions/people.ts'
import { isSafe } from '../../sessions/same-site.ts'
import type { SecondFactors } from '../../sessions/second-factor.ts'
import type { Sessions } from '../../sessions/sessions.ts'
import type { SignInSteps } from '../../sessions/sign-in-step.ts'
import type { Team } from '../../sessions/team.ts'
import type { Db } from '../../store/db.ts'
import { accountRoutes } from './account.ts'
import { type ClerkEntrance, clerkRoutes } from './clerk.ts'
import { createEntrance, presentSession } from './enter.ts'
import { secondFactorRoutes } from './second-factor.ts'
import { installSessionGuard, sessionOf } from './session-guard.ts'
import { sessionRoutes } from './sessions.ts'
import { teamRoutes } from './team.ts'

export interface AuthRoutes {
  readonly sessions: Sessions
  readonly steps: SignInSteps
  readonly people: People
  readonly secondFactors: SecondFactors
  readonly team: Team
  /** `null`: the built-in sign-in. */
  readonly clerk: ClerkEntrance | null
  readonly db: Db
}

/**
 * Signing up, in and out. A page keeps nothing but the cookie, which scripts cannot read, and the token that
 * belongs to it.
 */
export function authRoutes(app: FastifyInstance, routes: AuthRoutes): void {
  const { sessions, steps, people, secondFactors } = routes
  app.addHook('onRequest', async ({ headers, method }) => {
    if (!isSafe(method)) sessions.assertOwnPage(headers)
  })
  installSessionGuard(app, sessions)
  const entrance = createEntrance(routes)
  const assertPasswords = () => {
    if (routes.clerk === null) return
    throw new ApiError('invalid_state', 'People sign in with Clerk here.')
  }

  mount(app, 'signUp', async ({ body, request, reply }) => {
    assertPasswords()
    const { email, password, name } = body
    const member = await people.signUp({ email, password, name: name ?? email }, strangerOf(request.ip))
    return entrance.enter(request, reply, member)
  })
  mount(app, 'signIn', async ({ body, request, reply }) => {
    assertPasswords()
    return entrance.afterPassword(request, reply, await people.signIn(body, strangerOf(request.ip)))
  })
  mount(app, 'signInSecondFactor', async ({ body, request, reply }) => {
    const member = await steps.attempt(request.headers)
    if (member === null) throw new ApiError('unauthenticated', 'Sign in with your password first.')
    const actor = { kind: 'person', id: member.personId, requestId: request.id } as const
    if (!(await secondFactors.verify({ member, actor }, body.code))) {
      throw new ApiError(
        'unauthenticated',
        'The code is not right, or was used before; wait for the next one.',
      )
    }
    return entrance.enter(request, reply, member)
  })
  mount(app, 'signOut', async ({ request, reply }) => {
    const session = await sessions.find(request.headers)
    if (session !== null) {
      sessions.assertOwnWrite(session, request.headers)
      await sessions.end(session)
    }
    await steps.end(request.headers)
    entrance.leave(reply)
    return { success: true }
  })
  mount(app, 'getSession', async ({ request }) => presentSession(sessionOf(request)))
  mount(app, 'getCsrfToken', async ({ request }) => ({ csrf_token: sessionOf(request).csrfToken }))
  sessionRoutes(app, routes)
  secondFactorRoutes(app, { ...routes, entrance })
  teamRoutes(app, { ...routes, entrance, assertPasswords })
  clerkRoutes(app, { ...routes, entrance })
  accountRoutes(app, routes)
}

import { ALL_ROUTES } from '@onerouter/contract'
import { ApiError, type IdKind, parseId, type Uuid } from '@onerouter/core'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { isSafe } from '../../sessions/same-site.ts'
import { assertSecondFactor, type OpenSession, type Sessions } from '../../sessions/sessions.ts'
import type { Asker } from '../../sessions/team.ts'

/**
 * Guards the routes for people before their body is read: the session, its own token on a write, the second factor
 * that the account may ask for, the role. A route for people that is not in the contract cannot be mounted.
 */
export function installSessionGuard(app: FastifyInstance, sessions: Sessions): void {
  app.addHook('onRoute', ({ config, url }) => {
    if (config?.scope === 'session' && ALL_ROUTES.get(config.operation ?? '')?.scope !== 'session') {
      throw new Error(`The contract does not say whose role may use ${url}.`)
    }
  })
  app.addHook('onRequest', async (request) => {
    const { scope, operation } = request.routeOptions.config
    const route = ALL_ROUTES.get(operation ?? '')
    if (scope !== 'session' || route === undefined) return
    const session = await sessions.find(request.headers)
    if (session === null) throw new ApiError('unauthenticated', 'Sign in first.')
    if (!isSafe(request.method)) sessions.assertOwnWrite(session, request.headers)
    if (route.beforeSecondFactor !== true) assertSecondFactor(session.row)
    const { role } = session.row
    if (route.roles !== undefined && !route.roles.includes(role)) {
      throw new ApiError('insufficient_scope', `Your role ${role} may not do this.`, {
        extra: { required_roles: route.roles },
      })
    }
    request.openSession = session
  })
}

/** Whoever the guard let through. */
export function sessionOf(request: FastifyRequest): OpenSession {
  if (request.openSession === null) throw new Error('a route for people was reached without its guard')
  return request.openSession
}

export function askerOf(request: FastifyRequest): Asker {
  const { row } = sessionOf(request)
  return { row, actor: { kind: 'person', id: row.person_id, requestId: request.id } }
}

/** @throws ApiError not_found */
export function idOf(kind: IdKind, text: string): Uuid {
  const id = parseId(kind, text)
  if (id === undefined) throw new ApiError('not_found', `There is nothing with the id ${text}.`)
  return id
}

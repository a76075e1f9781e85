import { ApiError } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { strangerOf } from '../../http/address.ts'
import { mount } from '../../http/mount.ts'
import { getAccount } from '../../sessions/account-store.ts'
import type { ClerkSignIn } from '../../sessions/clerk.ts'
import type { ClerkInstance } from '../../sessions/clerk-token.ts'
import type { Db } from '../../store/db.ts'
import type { Entrance } from './enter.ts'

export interface ClerkEntrance {
  readonly instance: ClerkInstance
  readonly signIn: ClerkSignIn['signIn']
}
export interface ClerkRoutes {
  readonly clerk: ClerkEntrance | null
  readonly entrance: Entrance
  readonly db: Db
}

/** Clerk proves who somebody is; from then on they have a session like everybody's, with its cookie and its limits. */
export function clerkRoutes(app: FastifyInstance, { clerk, entrance, db }: ClerkRoutes): void {
  mount(app, 'getSignInOptions', async () => ({
    password: clerk === null,
    clerk:
      clerk === null
        ? null
        : { publishable_key: clerk.instance.publishableKey, frontend_api: clerk.instance.issuer },
  }))
  mount(app, 'signInClerk', async ({ body, request, reply }) => {
    if (clerk === null) throw new ApiError('invalid_state', 'Clerk is not configured here.')
    const asked = { token: body.token, invitation: body.invitation, requestId: request.id }
    const member = await clerk.signIn(asked, strangerOf(request.ip))
    const account = await getAccount(db, member.accountId)
    if (account.second_factor_required && !member.secondFactor) {
      throw new ApiError(
        'second_factor_required',
        'Your account asks for a second factor; turn it on at Clerk.',
      )
    }
    return entrance.enter(request, reply, member)
  })
}

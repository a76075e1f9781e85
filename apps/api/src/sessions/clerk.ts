import { ApiError, type Uuid } from '@onerouter/core'
import type { Limiter } from '../limits/limiter.ts'
import type { Db } from '../store/db.ts'
import { type ClerkIdentity, insertClerkOwner, personOfClerk } from './clerk-store.ts'
import type { ClerkUser, ClerkVerifier } from './clerk-token.ts'
import { admit, type Member, PER_STRANGER } from './people.ts'
import { firstAccountOf } from './store.ts'
import type { Team } from './team.ts'

/** Signing in with a token that a Clerk instance made for one of our pages. */
export interface ClerkSignIn {
  /**
   * Whoever the token speaks of; the first time, with an account of their own, or in the account they are invited to.
   * @throws ApiError unauthenticated, not_found and conflict for an invitation, rate_limit_exceeded
   */
  signIn(asked: ClerkAsked, stranger: string): Promise<ClerkMember>
}
export interface ClerkAsked {
  readonly token: string
  readonly invitation: string | undefined
  readonly requestId: string
}
export interface ClerkMember extends Member {
  /** Whether Clerk has seen a second factor. */
  readonly secondFactor: boolean
}

export interface ClerkDeps {
  readonly db: Db
  readonly verifier: ClerkVerifier
  readonly limiter: Limiter
  readonly team: Pick<Team, 'acceptAs'>
  readonly newId: () => Uuid
}

/** No password has this hash: nobody gets in by one. */
const NO_PASSWORD = '!'

export function createClerkSignIn(deps: ClerkDeps): ClerkSignIn {
  const { db } = deps

  async function own(user: ClerkUser): Promise<Uuid> {
    const known = await personOfClerk(db, user)
    if (known !== null) return known
    const id = deps.newId()
    const person = { id, email: addressOf(user, id), name: user.name, passwordHash: NO_PASSWORD }
    if (await insertClerkOwner(db, user, person, { id: deps.newId(), name: user.name })) return id
    // Somebody was faster with the same token.
    const first = await personOfClerk(db, user)
    if (first === null) throw new Error('a Clerk user is neither new nor known')
    return first
  }

  async function join(user: ClerkUser, invitation: string, requestId: string): Promise<Member> {
    if ((await personOfClerk(db, user)) !== null) {
      throw new ApiError('conflict', 'You belong to an account already; be invited under another Clerk user.')
    }
    const { name } = user
    return deps.team.acceptAs(invitation, { name, passwordHash: NO_PASSWORD, requestId, identity: user })
  }

  return {
    async signIn({ token, invitation, requestId }, stranger) {
      await admit(deps.limiter, `sign-in:ip:${stranger}`, PER_STRANGER)
      const user = await deps.verifier.verify(token)
      const { secondFactor } = user
      if (invitation !== undefined) return { ...(await join(user, invitation, requestId)), secondFactor }
      const personId = await own(user)
      const accountId = await firstAccountOf(db, personId)
      if (accountId === null) throw new ApiError('unauthenticated', 'You belong to no account any more.')
      return { personId, accountId, secondFactor }
    },
  }
}

/** Every person has an address of their own. Clerk's tokens name none that is proven, so this one is nobody's. */
const addressOf = ({ issuer }: ClerkIdentity, id: Uuid): string => `${id}@${new URL(issuer).hostname}`

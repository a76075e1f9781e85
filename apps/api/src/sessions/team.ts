import type { Role } from '@onerouter/contract'
import { ApiError, type Uuid } from '@onerouter/core'
import type { Actor } from '../audit/acting.ts'
import type { Limiter } from '../limits/limiter.ts'
import { deriveKey } from '../secrets/derive.ts'
import type { Secret } from '../secrets/secret.ts'
import type { Db } from '../store/db.ts'
import { type Passwords, SALT_BYTES } from './password.ts'
import { admit, foldAddress, type Member, SIGN_UPS } from './people.ts'
import { mayGive } from './roles.ts'
import type { SecondFactors } from './second-factor.ts'
import type { SessionRow } from './store.ts'
import {
  acceptInvitation,
  deleteInvitation,
  type InvitationRow,
  listInvitations,
  listMembers,
  type MemberRow,
  type NewMember,
  removeMember,
  setRole,
  upsertInvitation,
} from './team-store.ts'
import { hashToken, mintToken } from './token.ts'

/** Whoever asks, proven by their session. */
export interface Asker {
  readonly row: SessionRow
  readonly actor: Actor
}

/** The people of an account. */
export interface Team {
  members(by: Asker): Promise<readonly MemberRow[]>
  /** @throws ApiError insufficient_scope, not_found, conflict for the last owner */
  setRole(by: Asker, personId: Uuid, role: Role): Promise<MemberRow>
  /** @throws ApiError insufficient_scope, not_found, conflict for the last owner */
  remove(by: Asker, personId: Uuid): Promise<void>
  /** @throws ApiError insufficient_scope, not_found, invalid_state for one's own and where there is none */
  resetSecondFactor(by: Asker, personId: Uuid): Promise<void>
  /** @throws ApiError insufficient_scope */
  invitations(by: Asker): Promise<readonly InvitationRow[]>
  /** The token is told this once. @throws ApiError insufficient_scope */
  invite(by: Asker, email: string, role: Role): Promise<{ row: InvitationRow; token: string }>
  /** @throws ApiError insufficient_scope, not_found */
  withdraw(by: Asker, id: Uuid): Promise<void>
  /** @throws ApiError not_found for no such invitation, conflict when the address signs in already */
  accept(token: string, asked: Accepting, stranger: string): Promise<Member>
  /** The same for somebody who was proven otherwise. @throws as `accept` */
  acceptAs(token: string, person: Omit<NewMember, 'id'>): Promise<Member>
}

export interface Accepting {
  readonly name: string
  readonly password: string
  readonly requestId: string
}

export interface TeamDeps {
  readonly db: Db
  readonly secretKey: Secret
  readonly limiter: Limiter
  readonly passwords: Passwords
  readonly secondFactors: Pick<SecondFactors, 'reset'>
  readonly now: () => number
  readonly random: (bytes: number) => Uint8Array
  readonly newId: () => Uuid
}

const INVITED_FOR_MS = 7 * 86_400_000

export function createTeam(deps: TeamDeps): Team {
  const { db } = deps
  const tokenKey = deriveKey(deps.secretKey, 'invitation')
  const memberOf = async (by: Asker, personId: Uuid): Promise<MemberRow> => {
    const found = (await listMembers(db, by.row.account_id)).find((one) => one.person_id === personId)
    if (found === undefined) throw new ApiError('not_found', 'Nobody in this account has this id.')
    return found
  }
  const acceptAs: Team['acceptAs'] = async (token, asked) => {
    const tokenHash = hashToken(tokenKey, token)
    if (tokenHash === undefined) throw noInvitation()
    const person = { ...asked, id: deps.newId() }
    const accountId = await acceptInvitation(db, tokenHash, person, new Date(deps.now()))
    if (accountId === null) throw noInvitation()
    if (accountId === 'taken') {
      throw new ApiError('conflict', 'This address signs in to an account already; be invited under another.')
    }
    return { personId: person.id, accountId }
  }
  const target = ({ row, actor }: Asker, personId: Uuid) => ({ accountId: row.account_id, personId, actor })
  return {
    members: (by) => listMembers(db, by.row.account_id),
    async setRole(by, personId, role) {
      const member = await memberOf(by, personId)
      assertMayGive(by.row.role, member.role, role)
      if (!(await setRole(db, target(by, personId), role))) throw lastOwner()
      return { ...member, role }
    },
    async remove(by, personId) {
      const member = await memberOf(by, personId)
      // Everybody may leave.
      if (personId !== by.row.person_id) assertMayGive(by.row.role, member.role)
      if (!(await removeMember(db, target(by, personId)))) throw lastOwner()
    },
    async resetSecondFactor(by, personId) {
      const member = await memberOf(by, personId)
      assertMayGive(by.row.role, member.role)
      if (personId === by.row.person_id) {
        throw new ApiError('invalid_state', 'Turn your own off with your password and a code.')
      }
      const done = await deps.secondFactors.reset(by.actor, { accountId: by.row.account_id, personId })
      if (!done) throw new ApiError('invalid_state', 'They have no second factor.')
    },
    async invitations(by) {
      assertMayGive(by.row.role, 'viewer')
      return listInvitations(db, by.row.account_id, new Date(deps.now()))
    },
    async invite(by, email, role) {
      assertMayGive(by.row.role, role)
      const token = mintToken(deps.random)
      const tokenHash = hashToken(tokenKey, token)
      if (tokenHash === undefined) throw new Error('a new invitation token has the wrong form')
      const row = await upsertInvitation(db, {
        id: deps.newId(),
        accountId: by.row.account_id,
        email: foldAddress(email),
        role,
        tokenHash,
        invitedBy: by.row.person_id,
        at: new Date(deps.now()),
        expiresAt: new Date(deps.now() + INVITED_FOR_MS),
        actor: by.actor,
      })
      return { row, token }
    },
    async withdraw(by, id) {
      assertMayGive(by.row.role, 'viewer')
      if (!(await deleteInvitation(db, { accountId: by.row.account_id, id, actor: by.actor }))) {
        throw new ApiError('not_found', 'There is no such invitation.')
      }
    },
    async accept(token, { name, password, requestId }, stranger) {
      await admit(deps.limiter, `sign-up:${stranger}`, SIGN_UPS)
      if (hashToken(tokenKey, token) === undefined) throw noInvitation()
      const passwordHash = await deps.passwords.hash(password, deps.random(SALT_BYTES))
      return acceptAs(token, { name, passwordHash, requestId, identity: null })
    },
    acceptAs,
  }
}

const noInvitation = () =>
  new ApiError('not_found', 'This invitation is used up, withdrawn or over; ask for another.')

/** @throws ApiError insufficient_scope unless the actor stands above all of these roles, or beside them */
function assertMayGive(actor: Role, ...roles: readonly Role[]): void {
  if (roles.every((role) => mayGive(actor, role))) return
  throw new ApiError('insufficient_scope', `Your role ${actor} may not do this; an owner may.`)
}

function lastOwner(): ApiError {
  return new ApiError('conflict', 'An account needs an owner: make somebody else one first.')
}

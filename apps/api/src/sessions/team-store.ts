import type { Role } from '@onerouter/contract'
import type { Uuid } from '@onerouter/core'
import { type Actor, actingStatements, settingActor } from '../audit/acting.ts'
import type { Db } from '../store/db.ts'
import type { ClerkIdentity } from './clerk-store.ts'
import type { NewPerson } from './store.ts'

export interface MemberRow {
  readonly person_id: Uuid
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly second_factor: boolean
  readonly created_at: Date
}
export interface InvitationRow {
  readonly id: Uuid
  readonly account_id: Uuid
  readonly email: string
  readonly role: Role
  readonly created_at: Date
  readonly expires_at: Date
}
export interface SessionListRow {
  readonly id: Uuid
  readonly user_agent: string | null
  readonly address: string | null
  readonly created_at: Date
  readonly last_used_at: Date
}

/** More people than that share no account; more sessions nobody reads through. */
const LISTED = 200

export async function listMembers(db: Db, accountId: Uuid): Promise<readonly MemberRow[]> {
  const { rows } = await db.engine.query<MemberRow>({
    text: `SELECT m.person_id, p.email, p.name, m.role, m.created_at, f.confirmed_at IS NOT NULL AS second_factor
           FROM membership m JOIN person p ON p.id = m.person_id
           LEFT JOIN second_factor f ON f.account_id = m.account_id AND f.person_id = m.person_id
           WHERE m.account_id = $1 ORDER BY m.created_at, m.person_id LIMIT $2`,
    values: [accountId, LISTED],
  })
  return rows
}

/** What may be done to an owner needs another owner: an account never loses its last one. */
const OWNERS_LEFT = `(m.role <> 'owner' OR EXISTS (
  SELECT FROM membership o WHERE o.account_id = m.account_id AND o.role = 'owner' AND o.person_id <> m.person_id))`

/** Somebody of an account, and who changes something about them. */
export interface Target {
  readonly accountId: Uuid
  readonly personId: Uuid
  readonly actor: Actor
}

/** `false` when the account would have no owner afterwards. */
export async function setRole(db: Db, target: Target, role: Role): Promise<boolean> {
  const { accountId, personId } = target
  return changeMember(db, target, {
    text: `UPDATE membership m SET role = $3 WHERE m.account_id = $1 AND m.person_id = $2
           AND ($3 = 'owner' OR ${OWNERS_LEFT})`,
    values: [accountId, personId, role],
  })
}

/** Their sessions end by the same statement. `false` when the account would have no owner afterwards. */
export async function removeMember(db: Db, target: Target): Promise<boolean> {
  const { accountId, personId } = target
  return changeMember(db, target, {
    text: `DELETE FROM membership m WHERE m.account_id = $1 AND m.person_id = $2 AND ${OWNERS_LEFT}`,
    values: [accountId, personId],
  })
}

/** One change of a team at a time: two owners who remove each other must not both succeed. */
async function changeMember(
  db: Db,
  { accountId, actor }: Target,
  statement: { readonly text: string; readonly values: unknown[] },
): Promise<boolean> {
  const client = await db.engine.connect()
  try {
    await client.query('BEGIN')
    await client.query(settingActor(actor))
    await client.query({
      text: 'SELECT FROM membership WHERE account_id = $1 ORDER BY person_id FOR UPDATE',
      values: [accountId],
    })
    const { rowCount } = await client.query(statement)
    await client.query('COMMIT')
    return rowCount === 1
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

export interface NewInvitation {
  readonly id: Uuid
  readonly accountId: Uuid
  readonly email: string
  readonly role: Role
  readonly tokenHash: Buffer
  readonly invitedBy: Uuid
  readonly at: Date
  readonly expiresAt: Date
  readonly actor: Actor
}

/** A second invitation of the same address replaces the first. */
export async function upsertInvitation(db: Db, one: NewInvitation): Promise<InvitationRow> {
  const { rows } = await actingStatements(db.engine, one.actor).query({
    text: `INSERT INTO invitation (account_id, id, email, role, token_hash, invited_by, created_at, expires_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
           ON CONFLICT (account_id, email) DO UPDATE SET id = EXCLUDED.id, role = EXCLUDED.role,
             token_hash = EXCLUDED.token_hash, invited_by = EXCLUDED.invited_by,
             created_at = EXCLUDED.created_at, expires_at = EXCLUDED.expires_at
           RETURNING id, account_id, email, role, created_at, expires_at`,
    values: [one.accountId, one.id, one.email, one.role, one.tokenHash, one.invitedBy, one.at, one.expiresAt],
  })
  const row = rows[0] as InvitationRow | undefined // what is returned, in the driver's kinds
  if (row === undefined) throw new Error('an invitation that was just written is not there')
  return row
}

export async function listInvitations(db: Db, accountId: Uuid, at: Date): Promise<readonly InvitationRow[]> {
  const { rows } = await db.engine.query<InvitationRow>({
    text: `SELECT id, account_id, email, role, created_at, expires_at FROM invitation
           WHERE account_id = $1 AND expires_at > $2 ORDER BY created_at DESC LIMIT $3`,
    values: [accountId, at, LISTED],
  })
  return rows
}

export async function deleteInvitation(
  db: Db,
  { accountId, id, actor }: { readonly accountId: Uuid; readonly id: Uuid; readonly actor: Actor },
): Promise<boolean> {
  const { rowCount } = await actingStatements(db.engine, actor).query({
    text: 'DELETE FROM invitation WHERE account_id = $1 AND id = $2',
    values: [accountId, id],
  })
  return rowCount === 1
}

export interface NewMember extends Omit<NewPerson, 'email'> {
  readonly requestId: string
  /** Of somebody who signs in with Clerk. */
  readonly identity: ClerkIdentity | null
}

/**
 * Makes the invited person a member, and uses the invitation up: all of it or nothing.
 * @returns the account, `null` for an invitation that is none any more, `'taken'` for an address that signs in already
 */
export async function acceptInvitation(
  db: Db,
  tokenHash: Buffer,
  person: NewMember,
  at: Date,
): Promise<Uuid | null | 'taken'> {
  const client = await db.engine.connect()
  try {
    await client.query('BEGIN')
    await client.query(settingActor({ kind: 'person', id: person.id, requestId: person.requestId }))
    const { rows } = await client.query<InvitationRow>({
      text: `DELETE FROM invitation WHERE token_hash = $1 AND expires_at > $2
             RETURNING id, account_id, email, role, created_at, expires_at`,
      values: [tokenHash, at],
    })
    const invitation = rows[0]
    const made =
      invitation !== undefined &&
      (await client.query({
        text: `INSERT INTO person (id, email, name, password_hash) VALUES ($1, $2, $3, $4)
               ON CONFLICT (email) DO NOTHING`,
        values: [person.id, invitation.email, person.name, person.passwordHash],
      }))
    if (invitation === undefined || made === false || made.rowCount !== 1) {
      await client.query('ROLLBACK')
      return invitation === undefined ? null : 'taken'
    }
    if (person.identity !== null) {
      await client.query({
        text: 'INSERT INTO clerk_identity (issuer, subject, person_id) VALUES ($1, $2, $3)',
        values: [person.identity.issuer, person.identity.subject, person.id],
      })
    }
    await client.query({
      text: 'INSERT INTO membership (account_id, person_id, role) VALUES ($1, $2, $3)',
      values: [invitation.account_id, person.id, invitation.role],
    })
    await client.query('COMMIT')
    return invitation.account_id
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

export async function listSessions(db: Db, personId: Uuid): Promise<readonly SessionListRow[]> {
  const { rows } = await db.engine.query<SessionListRow>({
    text: `SELECT id, created_at, last_used_at, user_agent, address FROM session
           WHERE person_id = $1 ORDER BY last_used_at DESC LIMIT $2`,
    values: [personId, LISTED],
  })
  return rows
}

export async function endSession(db: Db, personId: Uuid, id: Uuid): Promise<boolean> {
  const { rowCount } = await db.engine.query({
    text: 'DELETE FROM session WHERE person_id = $1 AND id = $2',
    values: [personId, id],
  })
  return rowCount === 1
}

/** @returns how many ended */
export async function endOtherSessions(db: Db, personId: Uuid, kept: Uuid): Promise<number> {
  const { rowCount } = await db.engine.query({
    text: 'DELETE FROM session WHERE person_id = $1 AND id <> $2',
    values: [personId, kept],
  })
  return rowCount ?? 0
}

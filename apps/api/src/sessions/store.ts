import type { Role } from '@onerouter/contract'
import type { Uuid } from '@onerouter/core'
import type { Db } from '../store/db.ts'

export interface PersonRow {
  readonly id: Uuid
  readonly email: string
  readonly name: string
  readonly password_hash: string
}

/** A session with whom and what it stands for; a row exists only while the membership does. */
export interface SessionRow {
  readonly id: Uuid
  readonly account_id: Uuid
  readonly account_name: string
  readonly person_id: Uuid
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly second_factor: boolean
  readonly second_factor_required: boolean
  readonly created_at: Date
  last_used_at: Date
}

export interface NewPerson {
  readonly id: Uuid
  readonly email: string
  readonly name: string
  readonly passwordHash: string
}

const UNIQUE_VIOLATION = '23505'

/** A person and the account they own, both or neither. `false` when the address is taken. */
export async function insertOwner(
  db: Db,
  person: NewPerson,
  account: { readonly id: Uuid; readonly name: string },
): Promise<boolean> {
  try {
    await db.engine.query({
      text: `WITH owned AS (INSERT INTO account (id, name) VALUES ($1, $2)),
                  owner AS (INSERT INTO person (id, email, name, password_hash) VALUES ($3, $4, $5, $6))
             INSERT INTO membership (account_id, person_id, role) VALUES ($1, $3, 'owner')`,
      values: [account.id, account.name, person.id, person.email, person.name, person.passwordHash],
    })
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === UNIQUE_VIOLATION) return false
    throw error
  }
}

/** Makes the person the owner of an account that exists, and of no other; their sessions end. */
export async function installOwner(db: Db, person: NewPerson, accountId: Uuid): Promise<void> {
  const client = await db.engine.connect()
  try {
    await client.query('BEGIN')
    const { rows } = await client.query<{ id: Uuid }>({
      text: `INSERT INTO person (id, email, name, password_hash) VALUES ($1, $2, $3, $4)
             ON CONFLICT (email) DO UPDATE SET password_hash = EXCLUDED.password_hash RETURNING id`,
      values: [person.id, person.email, person.name, person.passwordHash],
    })
    const id = rows[0]?.id
    await client.query({ text: 'DELETE FROM membership WHERE person_id = $1', values: [id] })
    await client.query({
      text: `INSERT INTO membership (account_id, person_id, role) VALUES ($1, $2, 'owner')`,
      values: [accountId, id],
    })
    await client.query('COMMIT')
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

/** The account of the person with this address, or `null`. */
export async function accountOfAddress(db: Db, email: string): Promise<Uuid | null> {
  const person = await findPerson(db, email)
  return person === null ? null : firstAccountOf(db, person.id)
}

export async function findPerson(db: Db, email: string): Promise<PersonRow | null> {
  const { rows } = await db.engine.query<PersonRow>({
    text: 'SELECT id, email, name, password_hash FROM person WHERE email = $1',
    values: [email],
  })
  return rows[0] ?? null
}

/** The account a person enters when they sign in: the one they joined first. */
export async function firstAccountOf(db: Db, personId: Uuid): Promise<Uuid | null> {
  const { rows } = await db.engine.query<{ account_id: Uuid }>({
    text: `SELECT account_id FROM membership WHERE person_id = $1 ORDER BY created_at, account_id LIMIT 1`,
    values: [personId],
  })
  return rows[0]?.account_id ?? null
}

export async function passwordOf(db: Db, personId: Uuid): Promise<string | null> {
  const { rows } = await db.engine.query<{ password_hash: string }>({
    text: 'SELECT password_hash FROM person WHERE id = $1',
    values: [personId],
  })
  return rows[0]?.password_hash ?? null
}

/** A new password, and the end of every session but one: whoever knew the old one may have made them. */
export async function changePassword(
  db: Db,
  personId: Uuid,
  { hash, keptSession }: { readonly hash: string; readonly keptSession: Uuid },
): Promise<void> {
  await db.engine.query({
    text: `WITH ended AS (DELETE FROM session WHERE person_id = $1 AND id <> $3),
                waiting AS (DELETE FROM sign_in_step WHERE person_id = $1)
           UPDATE person SET password_hash = $2 WHERE id = $1`,
    values: [personId, hash, keptSession],
  })
}

/** Where a session was begun, for its owner's eyes: as the browser named itself, and the address it came from. */
export interface Origin {
  readonly userAgent: string | null
  readonly address: string | null
}

export interface NewSession extends Origin {
  readonly id: Uuid
  readonly accountId: Uuid
  readonly personId: Uuid
  readonly tokenHash: Buffer
  readonly at: Date
}

/** Opens a session and forgets the person's sessions that began before `over`. */
export async function insertSession(db: Db, session: NewSession, over: Date): Promise<void> {
  await db.engine.query({
    text: `WITH old AS (DELETE FROM session WHERE person_id = $3 AND created_at < $6)
           INSERT INTO session
             (account_id, id, person_id, token_hash, created_at, last_used_at, user_agent, address)
           VALUES ($1, $2, $3, $4, $5, $5, $7, $8)`,
    values: [
      session.accountId,
      session.id,
      session.personId,
      session.tokenHash,
      session.at,
      over,
      session.userAgent,
      session.address,
    ],
  })
}

export async function findSession(db: Db, tokenHash: Buffer): Promise<SessionRow | null> {
  const { rows } = await db.engine.query<SessionRow>({
    name: 'find-session',
    text: `SELECT s.id, s.account_id, a.name AS account_name, s.person_id, p.email, p.name, m.role,
                  s.created_at, s.last_used_at, f.confirmed_at IS NOT NULL AS second_factor,
                  -- Clerk asks its own people itself, before it lets them come here.
                  a.second_factor_required AND NOT EXISTS (
                    SELECT FROM clerk_identity c WHERE c.person_id = s.person_id) AS second_factor_required
           FROM session s
           JOIN membership m ON m.account_id = s.account_id AND m.person_id = s.person_id
           JOIN person p ON p.id = s.person_id
           JOIN account a ON a.id = s.account_id
           LEFT JOIN second_factor f ON f.account_id = s.account_id AND f.person_id = s.person_id
           WHERE s.token_hash = $1`,
    values: [tokenHash],
  })
  return rows[0] ?? null
}

export async function touchSession(
  db: Db,
  { account_id, id }: Pick<SessionRow, 'account_id' | 'id'>,
  at: Date,
): Promise<void> {
  await db.engine.query({
    text: 'UPDATE session SET last_used_at = $3 WHERE account_id = $1 AND id = $2 AND last_used_at < $3',
    values: [account_id, id, at],
  })
}

export async function deleteSession(db: Db, tokenHash: Buffer): Promise<void> {
  await db.engine.query({ text: 'DELETE FROM session WHERE token_hash = $1', values: [tokenHash] })
}

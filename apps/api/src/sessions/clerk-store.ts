import type { Uuid } from '@onerouter/core'
import type { Db } from '../store/db.ts'
import { sqlState } from '../store/rows.ts'
import type { NewPerson } from './store.ts'

/** Somebody as a Clerk instance names them. */
export interface ClerkIdentity {
  readonly issuer: string
  readonly subject: string
}

const UNIQUE_VIOLATION = '23505'

export async function personOfClerk(db: Db, { issuer, subject }: ClerkIdentity): Promise<Uuid | null> {
  const { rows } = await db.engine.query<{ person_id: Uuid }>({
    text: 'SELECT person_id FROM clerk_identity WHERE issuer = $1 AND subject = $2',
    values: [issuer, subject],
  })
  return rows[0]?.person_id ?? null
}

/** A person whom Clerk knows, and the account they own: all of it, or nothing. `false` when they are known already. */
export async function insertClerkOwner(
  db: Db,
  identity: ClerkIdentity,
  person: NewPerson,
  account: { readonly id: Uuid; readonly name: string },
): Promise<boolean> {
  try {
    await db.engine.query({
      text: `WITH owned AS (INSERT INTO account (id, name) VALUES ($1, $2)),
                  owner AS (INSERT INTO person (id, email, name, password_hash) VALUES ($3, $4, $5, $6)),
                  known AS (INSERT INTO clerk_identity (issuer, subject, person_id) VALUES ($7, $8, $3))
             INSERT INTO membership (account_id, person_id, role) VALUES ($1, $3, 'owner')`,
      values: [
        account.id,
        account.name,
        person.id,
        person.email,
        person.name,
        person.passwordHash,
        identity.issuer,
        identity.subject,
      ],
    })
    return true
  } catch (error) {
    if (sqlState(error) === UNIQUE_VIOLATION) return false
    throw error
  }
}

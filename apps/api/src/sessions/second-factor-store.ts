import type { Uuid } from '@onerouter/core'
import type { Sealed } from '../secrets/seal.ts'
import type { Db } from '../store/db.ts'
import type { Queryable } from '../store/rows.ts'
import type { Member } from './people.ts'

export interface SecondFactorRow {
  readonly account_id: Uuid
  readonly person_id: Uuid
  readonly sealed: Buffer
  readonly confirmed_at: Date | null
  readonly recovery_codes_left: number
}

export async function findSecondFactor(db: Queryable, member: Member): Promise<SecondFactorRow | null> {
  const { rows } = await db.query({
    name: 'find-second-factor',
    text: `SELECT account_id, person_id, sealed, confirmed_at, recovery_codes_left
           FROM second_factor WHERE account_id = $1 AND person_id = $2`,
    values: [member.accountId, member.personId],
  })
  // The columns above, in the kinds that the driver makes of them.
  return (rows[0] as SecondFactorRow | undefined) ?? null
}

/** Starts over what was not confirmed. `false` when a confirmed one is in force. */
export async function putSecret(db: Queryable, member: Member, sealed: Sealed, at: Date): Promise<boolean> {
  return one(db, {
    text: `INSERT INTO second_factor (account_id, person_id, sealed, key_id, created_at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (account_id, person_id) DO UPDATE
             SET sealed = EXCLUDED.sealed, key_id = EXCLUDED.key_id, created_at = EXCLUDED.created_at, last_step = 0
             WHERE second_factor.confirmed_at IS NULL`,
    values: [member.accountId, member.personId, sealed.bytes, sealed.keyId, at],
  })
}

export interface Confirmation {
  readonly step: number
  readonly recoveryHashes: readonly Buffer[]
  readonly at: Date
}

/** `false` when it was confirmed already. */
export async function confirmSecret(
  db: Queryable,
  member: Member,
  confirmed: Confirmation,
): Promise<boolean> {
  return one(db, {
    text: `UPDATE second_factor SET confirmed_at = $3, last_step = $4, recovery_hashes = $5
           WHERE account_id = $1 AND person_id = $2 AND confirmed_at IS NULL`,
    values: [member.accountId, member.personId, confirmed.at, confirmed.step, confirmed.recoveryHashes],
  })
}

/** Uses a time step up. `false` when it, or a later one, was used before: the code was seen by somebody. */
export async function useStep(db: Queryable, member: Member, step: number): Promise<boolean> {
  return one(db, {
    text: `UPDATE second_factor SET last_step = $3
           WHERE account_id = $1 AND person_id = $2 AND confirmed_at IS NOT NULL AND last_step < $3`,
    values: [member.accountId, member.personId, step],
  })
}

/** Uses a recovery code up. `false` when there is none of this hash, or not any more. */
export async function useRecoveryCode(db: Queryable, member: Member, hash: Buffer): Promise<boolean> {
  return one(db, {
    text: `UPDATE second_factor SET recovery_hashes = array_remove(recovery_hashes, $3)
           WHERE account_id = $1 AND person_id = $2 AND confirmed_at IS NOT NULL AND $3 = ANY (recovery_hashes)`,
    values: [member.accountId, member.personId, hash],
  })
}

export async function putRecoveryHashes(
  db: Queryable,
  member: Member,
  hashes: readonly Buffer[],
): Promise<boolean> {
  return one(db, {
    text: `UPDATE second_factor SET recovery_hashes = $3
           WHERE account_id = $1 AND person_id = $2 AND confirmed_at IS NOT NULL`,
    values: [member.accountId, member.personId, hashes],
  })
}

export async function removeSecondFactor(db: Queryable, member: Member): Promise<boolean> {
  return one(db, {
    text: 'DELETE FROM second_factor WHERE account_id = $1 AND person_id = $2',
    values: [member.accountId, member.personId],
  })
}

/** For somebody who lost theirs: it is gone, and so are the sessions that were begun with it. */
export async function resetSecondFactor(db: Queryable, member: Member): Promise<boolean> {
  return one(db, {
    text: `WITH ended AS (DELETE FROM session WHERE account_id = $1 AND person_id = $2)
           DELETE FROM second_factor WHERE account_id = $1 AND person_id = $2`,
    values: [member.accountId, member.personId],
  })
}

/** Of a person, in every account of theirs; their sessions end. The audit log puts it down to the system. */
export async function resetByAddress(db: Pick<Db, 'engine'>, email: string): Promise<boolean> {
  const { rowCount } = await db.engine.query({
    text: `WITH one AS (SELECT id FROM person WHERE email = $1),
                ended AS (DELETE FROM session WHERE person_id IN (SELECT id FROM one))
           DELETE FROM second_factor WHERE person_id IN (SELECT id FROM one)`,
    values: [email],
  })
  return (rowCount ?? 0) > 0
}

interface Statement {
  readonly text: string
  readonly values: readonly unknown[]
}

const one = async (db: Queryable, statement: Statement): Promise<boolean> =>
  (await db.query(statement)).rowCount === 1

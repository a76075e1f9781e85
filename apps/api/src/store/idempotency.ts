import type { Environment, Uuid } from '@onerouter/core'
import { type IdempotencyRow, type Queryable, rowJson } from './rows.ts'

export interface ClaimRef {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly key: string
}

export async function getIdempotency(db: Queryable, claim: ClaimRef): Promise<IdempotencyRow | null> {
  const { rows } = await db.query({
    name: 'get-idempotency',
    text: 'select * from idempotency where account_id = $1 and environment = $2 and key = $3',
    values: [claim.account_id, claim.environment, claim.key],
  })
  return (rows[0] as unknown as IdempotencyRow | undefined) ?? null // columns are held equal by a test
}

/** Takes a key for a request that makes no object of its own. `false`: it is taken. */
export async function claimKey(db: Queryable, row: IdempotencyRow): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'claim-key',
    text: `insert into idempotency select r.* from jsonb_populate_record(null::idempotency, $1::jsonb) r
      on conflict do nothing`,
    values: [rowJson(row)],
  })
  return rowCount === 1
}

/** A claim as it was read: who writes its answer must have judged the operation it still names. */
export interface HeldClaim extends ClaimRef {
  readonly operation_id: Uuid
}

/**
 * Freezes the answer of a request whose outcome became definitive after it had been answered with 202.
 * `false`: somebody else did, or the claim has moved on to another attempt since it was read.
 */
export async function freezeAnswer(
  db: Queryable,
  claim: HeldClaim,
  answer: { readonly status: number; readonly body: string },
): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'freeze-answer',
    text: `update idempotency set status = $4, body = $5
      where account_id = $1 and environment = $2 and key = $3 and status is null and operation_id = $6`,
    values: [claim.account_id, claim.environment, claim.key, answer.status, answer.body, claim.operation_id],
  })
  return rowCount === 1
}

/** Gives a key back whose request provably never happened, so that it may run anew. `false`: as above. */
export async function releaseClaim(db: Queryable, claim: HeldClaim): Promise<boolean> {
  const { rowCount } = await db.query({
    name: 'release-claim',
    text: `delete from idempotency
      where account_id = $1 and environment = $2 and key = $3 and status is null and operation_id = $4`,
    values: [claim.account_id, claim.environment, claim.key, claim.operation_id],
  })
  return rowCount === 1
}

/** Keys outlive any retry a client would make; an unsettled one is never taken away. */
export async function reapIdempotency(db: Queryable, olderThanDays: number): Promise<number> {
  const { rowCount } = await db.query({
    text: `delete from idempotency where (account_id, environment, key) in (
      select account_id, environment, key from idempotency
      where status is not null and created_at < clock_timestamp() - $1::int * interval '1 day' limit 1000)`,
    values: [olderThanDays],
  })
  return rowCount ?? 0
}

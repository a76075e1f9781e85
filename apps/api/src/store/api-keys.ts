import type { Scope } from '@onerouter/contract'
import type { Environment, Service, Uuid } from '@onerouter/core'
import { type Selectable, sql } from 'kysely'
import type { Db } from './db.ts'
import { notifyStatement } from './invalidation.ts'
import type { ApiKeyTable } from './tables.ts'

export type ApiKeyRow = Selectable<ApiKeyTable>

export interface NewApiKey {
  readonly accountId: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly name: string
  readonly hash: Buffer
  readonly hint: string
  readonly scopes: readonly Scope[]
  readonly services: readonly Service[] | null
  readonly perMinute: number
  readonly perDay: number
  readonly ipAllowlist: readonly string[] | null
  readonly expiresAt: Date | null
  readonly rotatedFrom: Uuid | null
}

export interface ApiKeyChange {
  readonly name?: string
  readonly scopes?: readonly Scope[]
  readonly services?: readonly Service[] | null
  readonly rate_limit_per_minute?: number
  readonly rate_limit_per_day?: number
  readonly ip_allowlist?: readonly string[] | null
  readonly expires_at?: Date | null
}

/** The one look-up that starts from a key instead of an account. */
export async function findKeyByHash(db: Db, hash: Buffer): Promise<ApiKeyRow | null> {
  const { rows } = await db.engine.query<ApiKeyRow>({
    name: 'api_key_by_hash',
    text: 'SELECT * FROM api_key WHERE key_hash = $1',
    values: [hash],
  })
  return rows[0] ?? null
}

export async function insertKey(db: Db, key: NewApiKey): Promise<ApiKeyRow> {
  return db.withAccount(key.accountId, (trx) =>
    trx.insertInto('api_key').values(toRow(key)).returningAll().executeTakeFirstOrThrow(),
  )
}

function toRow(key: NewApiKey) {
  return {
    account_id: key.accountId,
    environment: key.environment,
    id: key.id,
    name: key.name,
    key_hash: key.hash,
    hint: key.hint,
    scopes: [...key.scopes],
    services: key.services === null ? null : [...key.services],
    rate_limit_per_minute: key.perMinute,
    rate_limit_per_day: key.perDay,
    ip_allowlist: key.ipAllowlist === null ? null : [...key.ipAllowlist],
    expires_at: key.expiresAt,
    rotated_from: key.rotatedFrom,
  }
}

export async function getKey(db: Db, accountId: Uuid, id: Uuid): Promise<ApiKeyRow | null> {
  const row = await db.withAccount(accountId, (trx) =>
    trx
      .selectFrom('api_key')
      .selectAll()
      .where('account_id', '=', accountId)
      .where('id', '=', id)
      .executeTakeFirst(),
  )
  return row ?? null
}

/** One page plus one row, newest first. */
export async function listKeys(
  db: Db,
  accountId: Uuid,
  page: { readonly limit: number; readonly after: Uuid | null },
  environments: readonly Environment[],
): Promise<readonly ApiKeyRow[]> {
  return db.withAccount(accountId, (trx) => {
    let query = trx
      .selectFrom('api_key')
      .selectAll()
      .where('account_id', '=', accountId)
      .where('environment', 'in', environments)
      .orderBy('id', 'desc')
      .limit(page.limit + 1)
    if (page.after !== null) query = query.where('id', '<', page.after)
    return query.execute()
  })
}

/** Changes a key that is still alive and tells every process; `null` when there is none. */
export async function changeKey(
  db: Db,
  accountId: Uuid,
  id: Uuid,
  change: ApiKeyChange,
): Promise<ApiKeyRow | null> {
  const { scopes, services, ip_allowlist, ...rest } = change
  const values = {
    ...rest,
    ...(scopes === undefined ? {} : { scopes: [...scopes] }),
    ...(services === undefined ? {} : { services: services === null ? null : [...services] }),
    ...(ip_allowlist === undefined ? {} : { ip_allowlist: ip_allowlist === null ? null : [...ip_allowlist] }),
  }
  return db.withAccount(accountId, async (trx) => {
    const row = await trx
      .updateTable('api_key')
      .set(values)
      .where('account_id', '=', accountId)
      .where('id', '=', id)
      .where('revoked_at', 'is', null)
      .returningAll()
      .executeTakeFirst()
    await tellOthers(trx, id)
    return row ?? null
  })
}

/** Revokes for ever; repeating it changes nothing. */
export async function revokeKey(db: Db, accountId: Uuid, id: Uuid, at: Date): Promise<ApiKeyRow | null> {
  return db.withAccount(accountId, async (trx) => {
    const row = await trx
      .updateTable('api_key')
      .set({ revoked_at: sql<Date>`coalesce(revoked_at, ${at})` })
      .where('account_id', '=', accountId)
      .where('id', '=', id)
      .returningAll()
      .executeTakeFirst()
    await tellOthers(trx, id)
    return row ?? null
  })
}

/** In one transaction: the successor exists, and the old key ends no later than `oldEndsAt`. */
export async function replaceKey(
  db: Db,
  successor: NewApiKey,
  oldId: Uuid,
  oldEndsAt: Date,
): Promise<ApiKeyRow | null> {
  return db.withAccount(successor.accountId, async (trx) => {
    const old = await trx
      .updateTable('api_key')
      .set({ expires_at: sql<Date>`least(expires_at, ${oldEndsAt})` })
      .where('account_id', '=', successor.accountId)
      .where('id', '=', oldId)
      .where('revoked_at', 'is', null)
      .returning('id')
      .executeTakeFirst()
    if (old === undefined) return null
    await tellOthers(trx, oldId)
    return trx.insertInto('api_key').values(toRow(successor)).returningAll().executeTakeFirstOrThrow()
  })
}

type Trx = Parameters<Parameters<Db['withAccount']>[1]>[0]

async function tellOthers(trx: Trx, keyId: Uuid): Promise<void> {
  const { values } = notifyStatement({ kind: 'key', keyId })
  await sql`SELECT pg_notify(${values[0]}, ${values[1]})`.execute(trx)
}

/** Exact to a minute: more would cost a write per request. */
export async function touchKey(
  db: Db,
  row: Pick<ApiKeyRow, 'account_id' | 'environment' | 'id'>,
  at: Date,
): Promise<void> {
  await db.engine.query(
    `UPDATE api_key SET last_used_at = $4 WHERE account_id = $1 AND environment = $2 AND id = $3
     AND (last_used_at IS NULL OR last_used_at < $4)`,
    [row.account_id, row.environment, row.id, at],
  )
}

import type { Environment, Service, Uuid } from '@onerouter/core'
import { CompiledQuery, type Selectable, sql } from 'kysely'
import type { ConnectedService } from '../secrets/credentials-cache.ts'
import type { Sealed } from '../secrets/seal.ts'
import type { Db } from './db.ts'
import { notifyStatement } from './invalidation.ts'
import type { CredentialTable } from './tables.ts'
import { REMOVE_WITH_CREDENTIALS } from './webhook-removals.ts'

export type StoredCredential = Selectable<CredentialTable>

export interface CredentialKey {
  readonly accountId: Uuid
  readonly environment: Environment
  readonly service: Service
}

/** One version, or the one in force when `version` is `null`. */
export async function findCredential(
  db: Db,
  key: CredentialKey & { readonly version: number | null },
): Promise<StoredCredential | null> {
  const row = await db.withAccount(key.accountId, (trx) =>
    trx
      .selectFrom('credential')
      .selectAll()
      .where('account_id', '=', key.accountId)
      .where('environment', '=', key.environment)
      .where('service', '=', key.service)
      .where((eb) => (key.version === null ? eb('retired_at', 'is', null) : eb('version', '=', key.version)))
      .executeTakeFirst(),
  )
  return row ?? null
}

export async function listConnected(db: Db, accountId: Uuid): Promise<readonly ConnectedService[]> {
  const rows = await db.withAccount(accountId, (trx) =>
    trx
      .selectFrom('service as s')
      .select((eb) => [
        's.service',
        's.active_environment',
        sql<string[]>`array(${eb
          .selectFrom('disabled_payment_method as d')
          .select(sql<string>`d.environment || '/' || d.method`.as('name'))
          .whereRef('d.account_id', '=', 's.account_id')
          .whereRef('d.service', '=', 's.service')
          .orderBy('name')})`.as('disabled'),
      ])
      .where('s.account_id', '=', accountId)
      .where((eb) =>
        eb.exists(
          eb
            .selectFrom('credential as c')
            .select('c.version')
            .whereRef('c.account_id', '=', 's.account_id')
            .whereRef('c.service', '=', 's.service')
            .where('c.retired_at', 'is', null),
        ),
      )
      .orderBy('s.service')
      .execute(),
  )
  return rows.map((row) => ({
    service: row.service,
    activeEnvironment: row.active_environment,
    ...(row.disabled.length > 0 && { disabledMethods: row.disabled }),
  }))
}

/** The address the provider's events arrive at; made once and kept for ever. */
export async function webhookToken(db: Db, key: CredentialKey, fresh: string): Promise<string> {
  return db.withAccount(key.accountId, async (trx) => {
    await trx
      .insertInto('service')
      .values({ account_id: key.accountId, service: key.service })
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    await trx
      .insertInto('webhook_address')
      .values({ account_id: key.accountId, environment: key.environment, service: key.service, token: fresh })
      .onConflict((conflict) => conflict.columns(['account_id', 'environment', 'service']).doNothing())
      .execute()
    const row = await trx
      .selectFrom('webhook_address')
      .select('token')
      .where('account_id', '=', key.accountId)
      .where('environment', '=', key.environment)
      .where('service', '=', key.service)
      .executeTakeFirstOrThrow()
    return row.token
  })
}

export interface NewCredential {
  readonly hint: string
  readonly providerAccount: string | null
  readonly sandbox: boolean
  readonly webhookRef: string | null
}

/** Puts a new version in force. `sealAs` encrypts for the version number, which is part of what it is bound to. */
export async function insertCredential(
  db: Db,
  key: CredentialKey,
  credential: NewCredential,
  sealAs: (version: number) => Sealed,
): Promise<number> {
  return db.withAccount(key.accountId, async (trx) => {
    await lockService(trx, key)
    return await putInForce(trx, key, credential, sealAs)
  })
}

/** The same, unless another version than `from` is in force by now: then `null`, and nothing is changed. */
export async function renewCredential(
  db: Db,
  from: Pick<StoredCredential, 'account_id' | 'environment' | 'service' | 'version'>,
  credential: NewCredential,
  sealAs: (version: number) => Sealed,
): Promise<number | null> {
  const key = { accountId: from.account_id, environment: from.environment, service: from.service }
  return db.withAccount(key.accountId, async (trx) => {
    await lockService(trx, key)
    const current = await trx
      .selectFrom('credential')
      .select('version')
      .where('account_id', '=', key.accountId)
      .where('environment', '=', key.environment)
      .where('service', '=', key.service)
      .where('retired_at', 'is', null)
      .executeTakeFirst()
    return current?.version === from.version ? await putInForce(trx, key, credential, sealAs) : null
  })
}

async function putInForce(
  trx: Trx,
  key: CredentialKey,
  credential: NewCredential,
  sealAs: (version: number) => Sealed,
): Promise<number> {
  const { latest } = await trx
    .selectFrom('credential')
    .select((eb) => eb.fn.max('version').as('latest'))
    .where('account_id', '=', key.accountId)
    .where('environment', '=', key.environment)
    .where('service', '=', key.service)
    .executeTakeFirstOrThrow()
  const version = (latest ?? 0) + 1
  await retire(trx, key)
  const sealed = sealAs(version)
  await trx
    .insertInto('credential')
    .values({
      account_id: key.accountId,
      environment: key.environment,
      service: key.service,
      version,
      sealed: sealed.bytes,
      key_id: sealed.keyId,
      hint: credential.hint,
      provider_account: credential.providerAccount,
      sandbox: credential.sandbox,
      webhook_ref: credential.webhookRef,
    })
    .execute()
  await tellOthers(trx, key)
  return version
}

/** Takes credentials out of force; the versions stay for the payments that were made with them. */
export async function retireCredential(db: Db, key: CredentialKey): Promise<boolean> {
  return db.withAccount(key.accountId, async (trx) => {
    await lockService(trx, key)
    await trx.executeQuery(
      CompiledQuery.raw(REMOVE_WITH_CREDENTIALS, [key.accountId, key.environment, key.service]),
    )
    const retired = await retire(trx, key)
    await tellOthers(trx, key)
    return retired
  })
}

type Trx = Parameters<Parameters<Db['withAccount']>[1]>[0]

/** Saving, retiring and switching of one service take turns. */
async function lockService(trx: Trx, key: CredentialKey): Promise<void> {
  await sql`SELECT 1 FROM service WHERE account_id = ${key.accountId} AND service = ${key.service} FOR UPDATE`.execute(
    trx,
  )
}

async function retire(trx: Trx, key: CredentialKey): Promise<boolean> {
  const result = await trx
    .updateTable('credential')
    .set({ retired_at: sql<Date>`now()` })
    .where('account_id', '=', key.accountId)
    .where('environment', '=', key.environment)
    .where('service', '=', key.service)
    .where('retired_at', 'is', null)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

async function tellOthers(trx: Trx, key: CredentialKey): Promise<void> {
  const { values } = notifyStatement({ kind: 'credentials', ...key })
  await sql`SELECT pg_notify(${values[0]}, ${values[1]})`.execute(trx)
}

import type { Environment, Service, Uuid } from '@onerouter/core'
import type { Db } from '../store/db.ts'
import { credentialPlace } from './credential-place.ts'
import type { KeySet } from './key-set.ts'
import { savedMethodPlace } from './saved-method-place.ts'
import { type Place, seal, unseal } from './seal.ts'
import { secondFactorPlace } from './second-factor-place.ts'
import { webhookSecretPlace } from './webhook-secret-place.ts'

interface Row {
  readonly account_id: Uuid
  readonly sealed: Buffer
}
interface RowOfEnvironment extends Row {
  readonly environment: Environment
}

/** A table of ciphertexts: what its rows are named by, and what each is bound to. */
interface Table<R extends Row> {
  readonly name: string
  readonly key: readonly (keyof R & string)[]
  readonly place: (row: R) => Place
}

const CREDENTIALS: Table<RowOfEnvironment & { readonly service: Service; readonly version: number }> = {
  name: 'credential',
  key: ['account_id', 'environment', 'service', 'version'],
  place: credentialPlace,
}
const WEBHOOK_SECRETS: Table<RowOfEnvironment & { readonly endpoint_id: Uuid; readonly id: Uuid }> = {
  name: 'webhook_secret',
  key: ['account_id', 'environment', 'endpoint_id', 'id'],
  place: webhookSecretPlace,
}

const SECOND_FACTORS: Table<Row & { readonly person_id: Uuid }> = {
  name: 'second_factor',
  key: ['account_id', 'person_id'],
  place: secondFactorPlace,
}

const SAVED_METHODS: Table<RowOfEnvironment & { readonly id: Uuid }> = {
  name: 'saved_payment_method',
  key: ['account_id', 'environment', 'id'],
  place: savedMethodPlace,
}

const BATCH = 100

/**
 * Encrypts every credential, webhook secret, second factor and saved method's token anew under the primary key. Each
 * batch commits by itself, so a run that was cut short is finished by the next one. Safe beside a running server: rows it re-encrypts stay readable with either key-set.
 */
export async function rotateKeys(
  db: Db,
  keys: KeySet,
  newIv: () => Uint8Array,
): Promise<{ readonly rotated: number }> {
  const credentials = await rotateTable(db, keys, newIv, CREDENTIALS)
  const webhookSecrets = await rotateTable(db, keys, newIv, WEBHOOK_SECRETS)
  const secondFactors = await rotateTable(db, keys, newIv, SECOND_FACTORS)
  const savedMethods = await rotateTable(db, keys, newIv, SAVED_METHODS)
  return { rotated: credentials + webhookSecrets + secondFactors + savedMethods }
}

async function rotateTable<R extends Row>(
  db: Db,
  keys: KeySet,
  newIv: () => Uint8Array,
  table: Table<R>,
): Promise<number> {
  let rotated = 0
  for (;;) {
    const done = await rotateBatch(db, keys, newIv, table)
    rotated += done
    if (done < BATCH) return rotated
  }
}

async function rotateBatch<R extends Row>(
  db: Db,
  keys: KeySet,
  newIv: () => Uint8Array,
  { name, key, place }: Table<R>,
): Promise<number> {
  const client = await db.engine.connect()
  try {
    await client.query('BEGIN')
    const columns = key.join(', ')
    const { rows } = await client.query<R>(
      `SELECT ${columns}, sealed FROM ${name} WHERE key_id <> $1 ORDER BY ${columns} LIMIT $2 FOR UPDATE`,
      [BigInt(keys.primary.id), BATCH],
    )
    for (const row of rows) {
      const fresh = seal(keys, place(row), unseal(keys, place(row), row.sealed), newIv())
      const same = key.map((column, i) => `${column} = $${i + 3}`).join(' AND ')
      const values = key.map((column) => row[column])
      await client.query(`UPDATE ${name} SET sealed = $1, key_id = $2 WHERE ${same}`, [
        fresh.bytes,
        fresh.keyId,
        ...values,
      ])
    }
    await client.query('COMMIT')
    return rows.length
  } catch (error) {
    await client.query('ROLLBACK')
    throw error
  } finally {
    client.release()
  }
}

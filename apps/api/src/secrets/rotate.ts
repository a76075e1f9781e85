import type { Environment, Service, Uuid } from '@onerouter/core'
import type { Db } from '../store/db.ts'
import { credentialPlace } from './credential-place.ts'
import type { KeySet } from './key-set.ts'
import { seal, unseal } from './seal.ts'

interface Row {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly service: Service
  readonly version: number
  readonly sealed: Buffer
}

const BATCH = 100

/**
 * Encrypts every credential anew under the primary key. Each batch commits by itself, so a run that was cut
 * short is finished by the next one. Safe beside a running server: rows it re-encrypts stay readable with either key-set.
 */
export async function rotateKeys(
  db: Db,
  keys: KeySet,
  newIv: () => Uint8Array,
): Promise<{ readonly rotated: number }> {
  let rotated = 0
  for (;;) {
    const done = await rotateBatch(db, keys, newIv)
    rotated += done
    if (done < BATCH) return { rotated }
  }
}

async function rotateBatch(db: Db, keys: KeySet, newIv: () => Uint8Array): Promise<number> {
  const client = await db.engine.connect()
  try {
    await client.query('BEGIN')
    const { rows } = await client.query<Row>(
      `SELECT account_id, environment, service, version, sealed FROM credential
       WHERE key_id <> $1 ORDER BY account_id, environment, service, version LIMIT $2 FOR UPDATE`,
      [BigInt(keys.primary.id), BATCH],
    )
    for (const row of rows) {
      const place = credentialPlace(row)
      const fresh = seal(keys, place, unseal(keys, place, row.sealed), newIv())
      await client.query(
        `UPDATE credential SET sealed = $5, key_id = $6
         WHERE account_id = $1 AND environment = $2 AND service = $3 AND version = $4`,
        [row.account_id, row.environment, row.service, row.version, fresh.bytes, fresh.keyId],
      )
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

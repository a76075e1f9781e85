import type { Db } from '../store/db.ts'
import type { KeySet } from './key-set.ts'
import { hex, type Place, seal, UnsealError, unseal } from './seal.ts'

const PLACE: Place = ['canary']
const PLAIN = 'these encryption keys belong to this database'

/**
 * Proves at start that the configured keys open what this database holds, before anything else runs.
 * @throws Error in words naming the key that is missing or wrong.
 */
export async function checkCanaries(db: Db, keys: KeySet, iv: Uint8Array): Promise<void> {
  const { rows } = await db.engine.query<{ key_id: bigint; sealed: Buffer }>(
    'SELECT key_id, sealed FROM encryption_canary',
  )
  for (const row of rows) openCanary(keys, row.key_id, row.sealed, await isUsed(db, row.key_id))
  const sealed = seal(keys, PLACE, Buffer.from(PLAIN), iv)
  await db.engine.query(
    'INSERT INTO encryption_canary (key_id, sealed) VALUES ($1, $2) ON CONFLICT (key_id) DO NOTHING',
    [sealed.keyId, sealed.bytes],
  )
}

function openCanary(keys: KeySet, keyId: bigint, sealed: Buffer, used: boolean): void {
  try {
    if (unseal(keys, PLACE, sealed).toString() === PLAIN) return
  } catch (error) {
    if (!(error instanceof UnsealError)) throw error
    // A key that was rotated away and no longer encrypts anything may be forgotten.
    if (error.reason === 'unknown_key' && !used) return
  }
  throw new Error(
    `ENCRYPTION_KEY does not open this database: credentials in it are encrypted with the key ${hex(keyId)}, ` +
      'which is not configured. Add the old key to the end of ENCRYPTION_KEY (comma-separated), or restore it. ' +
      'Nothing was changed.',
  )
}

async function isUsed(db: Db, keyId: bigint): Promise<boolean> {
  const { rows } = await db.engine.query(
    `(SELECT 1 FROM credential WHERE key_id = $1 LIMIT 1)
     UNION ALL (SELECT 1 FROM webhook_secret WHERE key_id = $1 LIMIT 1)
     UNION ALL (SELECT 1 FROM second_factor WHERE key_id = $1 LIMIT 1)`,
    [keyId],
  )
  return rows.length > 0
}

import { hash, type KeyObject } from 'node:crypto'
import type { Environment } from '@onerouter/core'
import { hashApiKey, readApiKey } from './api-key.ts'

/** What a well-formed key says, and the hash it is looked up by. */
export interface ReadKey {
  readonly environment: Environment
  readonly hash: Buffer
}

const REMEMBERED_MAX = 10_000

/**
 * Reads keys as they come with requests; `undefined` for anything that was never a key. Checksum and HMAC are asked for once per
 * key: what is remembered is found by a plain hash with the process's own salt, so that no key waits in memory as text.
 */
export function createKeyReader(pepper: KeyObject, salt: string): (key: string) => ReadKey | undefined {
  const known = new Map<string, ReadKey>()
  return (key) => {
    const name = hash('sha256', salt + key, 'base64')
    const remembered = known.get(name)
    if (remembered !== undefined) return remembered
    const environment = readApiKey(key)
    if (environment === undefined) return undefined
    const read = { environment, hash: hashApiKey(pepper, key) }
    if (known.size >= REMEMBERED_MAX) for (const oldest of known.keys()) if (known.delete(oldest)) break
    known.set(name, read)
    return read
  }
}

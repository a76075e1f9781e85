import { createHash, createSecretKey, type KeyObject } from 'node:crypto'

export interface EncryptionKey {
  /** Names the key inside every ciphertext; says nothing about the key itself. */
  readonly id: number
  readonly key: KeyObject
}

/** The first key encrypts; every key decrypts what carries its id. */
export interface KeySet {
  readonly primary: EncryptionKey
  readonly byId: ReadonlyMap<number, EncryptionKey>
}

/** Reads 32 bytes written as hex, base64 or base64url; `undefined` for anything else, passphrases included. */
export function decodeKey(text: string): Buffer | undefined {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex')
  if (!/^[A-Za-z0-9+/]{43}=?$/.test(text) && !/^[A-Za-z0-9_-]{43}=?$/.test(text)) return undefined
  const bytes = Buffer.from(text, 'base64url')
  return bytes.length === 32 ? bytes : undefined
}

/** Parses `ENCRYPTION_KEY`; answers the problems in words instead of a key-set when there are any. */
export function parseKeySet(
  text: string,
): { readonly keys: KeySet } | { readonly problems: readonly string[] } {
  const problems: string[] = []
  const keys: EncryptionKey[] = []
  for (const [index, part] of text.split(',').entries()) {
    const bytes = decodeKey(part.trim())
    const which = text.includes(',') ? `entry ${index + 1} of ENCRYPTION_KEY` : 'ENCRYPTION_KEY'
    if (bytes === undefined) {
      problems.push(
        `${which} must be 32 random bytes as base64, base64url or hex (make one with: openssl rand -base64 32).`,
      )
    } else if (new Set(bytes).size < 8) {
      problems.push(`${which} is not random: make one with: openssl rand -base64 32.`)
    } else {
      keys.push({ id: keyId(bytes), key: createSecretKey(bytes) })
    }
  }
  const byId = new Map(keys.map((key) => [key.id, key]))
  if (byId.size !== keys.length) problems.push('ENCRYPTION_KEY names the same key twice.')
  const primary = keys[0]
  return problems.length > 0 || primary === undefined ? { problems } : { keys: { primary, byId } }
}

function keyId(bytes: Uint8Array): number {
  return createHash('sha256').update('onerouter encryption key id\0').update(bytes).digest().readUInt32BE(0)
}

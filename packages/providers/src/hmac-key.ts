import { createSecretKey, type KeyObject } from 'node:crypto'

const KEYS_MAX = 1_000
const keys = new Map<string, KeyObject>()

/** A secret as a key object: a raw one is imported again for each signature, which costs several times the signature. */
export function hmacKey(secret: string): KeyObject {
  const known = keys.get(secret)
  if (known !== undefined) return known
  const key = createSecretKey(secret, 'utf8')
  if (keys.size >= KEYS_MAX) keys.clear()
  keys.set(secret, key)
  return key
}

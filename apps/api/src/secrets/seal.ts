import { createCipheriv, createDecipheriv } from 'node:crypto'
import type { KeySet } from './key-set.ts'

/**
 * AES-256-GCM with the place a ciphertext belongs to as additional data: `0x01 | key id (4) | iv (12) |
 * ciphertext | tag (16)`. A value copied to another account, environment, service, version or field does not
 * open.
 */
const FORMAT = 1
const ID_BYTES = 4
const IV_BYTES = 12
const TAG_BYTES = 16
const HEADER_BYTES = 1 + ID_BYTES

/** Names where a value lives; order matters, so it is an array and not an object. */
export type Place = readonly (string | number)[]

export interface Sealed {
  readonly bytes: Buffer
  readonly keyId: bigint
}

/** @param iv 12 fresh random bytes: never used twice with one key. */
export function seal(keys: KeySet, place: Place, plain: Uint8Array, iv: Uint8Array): Sealed {
  if (iv.length !== IV_BYTES) throw new RangeError('AES-GCM needs 12 bytes of iv')
  const { id, key } = keys.primary
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
  cipher.setAAD(additionalData(place))
  const header = Buffer.alloc(HEADER_BYTES)
  header[0] = FORMAT
  header.writeUInt32BE(id, 1)
  const body = Buffer.concat([cipher.update(plain), cipher.final()])
  return { bytes: Buffer.concat([header, iv, body, cipher.getAuthTag()]), keyId: BigInt(id) }
}

/** @throws UnsealError when the key is unknown, or when the bytes were changed or belong elsewhere. */
export function unseal(keys: KeySet, place: Place, sealed: Uint8Array): Buffer {
  const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength)
  if (bytes.length < HEADER_BYTES + IV_BYTES + TAG_BYTES || bytes[0] !== FORMAT) {
    throw new UnsealError('malformed', 'The encrypted value is not in a known format.')
  }
  const id = bytes.readUInt32BE(1)
  const key = keys.byId.get(id)
  if (key === undefined)
    throw new UnsealError('unknown_key', `No encryption key with id ${hex(id)} is configured.`)
  const iv = bytes.subarray(HEADER_BYTES, HEADER_BYTES + IV_BYTES)
  const tag = bytes.subarray(-TAG_BYTES)
  // Without authTagLength Node would accept a tag of 4 bytes, which can be guessed.
  const decipher = createDecipheriv('aes-256-gcm', key.key, iv, { authTagLength: TAG_BYTES })
  decipher.setAAD(additionalData(place))
  decipher.setAuthTag(tag)
  try {
    const body = bytes.subarray(HEADER_BYTES + IV_BYTES, -TAG_BYTES)
    return Buffer.concat([decipher.update(body), decipher.final()])
  } catch (cause) {
    throw new UnsealError('tampered', 'The encrypted value was changed or belongs elsewhere.', cause)
  }
}

export class UnsealError extends Error {
  readonly reason: 'malformed' | 'unknown_key' | 'tampered'
  constructor(reason: UnsealError['reason'], message: string, cause?: unknown) {
    super(message, { cause })
    this.name = 'UnsealError'
    this.reason = reason
  }
}

export const hex = (keyId: number | bigint): string => keyId.toString(16).padStart(8, '0')

/** JSON keeps the parts apart whatever they contain. */
function additionalData(place: Place): Buffer {
  return Buffer.from(JSON.stringify(['onerouter', 'v1', ...place.map(String)]))
}

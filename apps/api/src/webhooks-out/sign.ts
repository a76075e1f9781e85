import { createHmac, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto'

/** Standard Webhooks 1.0.0, section "Signature scheme": what an endpoint's deliveries are signed with. */
export interface SigningKey {
  /** 32 random bytes, shared with the receiver; as a key object, because raw bytes are imported again for each signature. */
  readonly secret: KeyObject
  /** The endpoint's own ed25519 key: receivers hold its public half only. */
  readonly ed25519: KeyObject
}

export interface SignedHeaders {
  readonly 'webhook-id': string
  readonly 'webhook-timestamp': string
  readonly 'webhook-signature': string
}

/**
 * Headers of one try. Every live key signs, so that a receiver verifies before, during and after a rotation;
 * all `v1` come before the first `v1a`, because some receivers look at the first entry only.
 * @param id without a dot, which separates the signed parts
 */
export function signedHeaders(
  message: { readonly id: string; readonly timestampS: number; readonly body: string },
  keys: readonly SigningKey[],
  withV1a: boolean,
): SignedHeaders {
  const content = `${message.id}.${message.timestampS}.${message.body}`
  const v1 = keys.map((key) => `v1,${createHmac('sha256', key.secret).update(content).digest('base64')}`)
  const v1a = withV1a
    ? keys.map((key) => `v1a,${sign(null, Buffer.from(content), key.ed25519).toString('base64')}`)
    : []
  return {
    'webhook-id': message.id,
    'webhook-timestamp': String(message.timestampS),
    'webhook-signature': [...v1, ...v1a].join(' '),
  }
}

/** RFC 8410: what stands before the 32 bytes of a seed in PKCS #8. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex')
const SPKI_PREFIX_BYTES = 12

export function ed25519FromSeed(seed: Uint8Array): KeyObject {
  const key = Buffer.concat([PKCS8_PREFIX, seed])
  return createPrivateKey({ key, format: 'der', type: 'pkcs8' })
}

/** The 32 bytes of the public half. */
export function publicBytes(key: KeyObject): Buffer {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(SPKI_PREFIX_BYTES)
}

export const showSecret = (secret: Uint8Array): string => `whsec_${Buffer.from(secret).toString('base64')}`
export const showPublicKey = (key: Uint8Array): string => `whpk_${Buffer.from(key).toString('base64')}`

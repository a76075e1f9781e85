import { type Bytes, fromBase64, toBase64, utf8 } from './bytes.ts'
import { fail } from './fail.ts'

/** A secret that verifies: `v1` is HMAC-SHA256 (`whsec_…`), `v1a` is Ed25519 (`whpk_…`). */
export interface VerifyingSecret {
  readonly version: 'v1' | 'v1a'
  /** Constant-time, by the definition of `crypto.subtle.verify`. */
  verify(signature: Bytes, content: Bytes): Promise<boolean>
}

const HMAC = { name: 'HMAC', hash: 'SHA-256' } as const
const ED25519 = 'Ed25519'
/** Standard Webhooks 1.0: a private key is shown as seed and public half together. */
const SEED_BYTES = 32
/** RFC 8410: what PKCS#8 puts before the 32 bytes of an Ed25519 seed. */
const PKCS8_ED25519 = [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20]

/** Secrets as they are shown; the prefix tells their kind, and none means `whsec_`. */
export async function verifyingSecret(text: string): Promise<VerifyingSecret> {
  if (text.startsWith('whpk_')) {
    const key = await importKey('raw', keyBytes(text), ED25519, 'verify')
    return {
      version: 'v1a',
      verify: (signature, content) => crypto.subtle.verify(ED25519, key, signature, content),
    }
  }
  if (text.startsWith('whsk_')) {
    throw fail('webhook_secret_malformed', 'A whsk_… key signs; verify with its public half, whpk_….')
  }
  const key = await importKey('raw', keyBytes(text), HMAC, 'verify')
  return {
    version: 'v1',
    verify: (signature, content) => crypto.subtle.verify('HMAC', key, signature, content),
  }
}

/** One entry of `webhook-signature`, by a `whsec_…` or `whsk_…` secret. */
export async function sign(secret: string, content: Bytes): Promise<string> {
  if (secret.startsWith('whsk_')) {
    const der = Uint8Array.from([...PKCS8_ED25519, ...keyBytes(secret).subarray(0, SEED_BYTES)])
    const key = await importKey('pkcs8', der, ED25519, 'sign')
    return `v1a,${toBase64(await crypto.subtle.sign(ED25519, key, content))}`
  }
  const key = await importKey('raw', keyBytes(secret), HMAC, 'sign')
  return `v1,${toBase64(await crypto.subtle.sign('HMAC', key, content))}`
}

const PREFIX = /^wh(?:sec|pk|sk)_/

function keyBytes(text: string): Bytes {
  const bytes = fromBase64(text.replace(PREFIX, ''))
  if (bytes === undefined || bytes.length === 0) {
    throw fail('webhook_secret_malformed', 'A webhook secret is whsec_ and base64; this one is not.')
  }
  return bytes
}

async function importKey(
  format: 'raw' | 'pkcs8',
  bytes: Bytes,
  algorithm: typeof HMAC | typeof ED25519,
  usage: 'sign' | 'verify',
): Promise<CryptoKey> {
  try {
    return await crypto.subtle.importKey(format, bytes, algorithm, false, [usage])
  } catch (cause) {
    const message = 'This runtime cannot use the webhook secret: it is malformed, or of an unsupported kind.'
    throw fail('webhook_secret_malformed', message, cause)
  }
}

/** Whether this text could be a signature at all; keeps garbage away from the cryptography. */
export function signatureBytes(text: string): Bytes {
  return fromBase64(text) ?? utf8('')
}

import { hkdfSync } from 'node:crypto'
import type { Secret } from './secret.ts'

/** Every use of SECRET_KEY has a key of its own, so that one use can never answer for another. */
export type KeyUse =
  | 'api-key-pepper'
  | 'csrf'
  | 'checkout'
  | 'subscribe'
  | 'session'
  | 'sign-in-step'
  | 'invitation'
  | 'recovery-code'

export function deriveKey(secretKey: Secret, use: KeyUse): Buffer {
  const info = `onerouter/v1/${use}`
  return Buffer.from(hkdfSync('sha256', secretKey.reveal(), new Uint8Array(0), info, 32))
}

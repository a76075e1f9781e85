import { createHmac, timingSafeEqual } from 'node:crypto'
import { hmacKey } from '../hmac-key.ts'

/** Stripe documentation, "Verify webhook signatures": five minutes; we refuse stamps from the future too. */
export const TOLERANCE_S = 300
const HEADER_LENGTH_MAX = 2048
const SIGNATURE = /^[0-9a-f]{64}$/

export type SignatureVerdict = 'valid' | 'missing_header' | 'bad_signature' | 'stale'

/**
 * `Stripe-Signature: t=…,v1=…[,v1=…]`. The key is the whole secret with its `whsec_`; during a secret's
 * rotation there are several `v1`, and one that matches is enough. Other schemes are ignored.
 */
export function verifySignature(
  secret: string,
  header: string | undefined,
  body: Uint8Array,
  receivedAtMs: number,
): SignatureVerdict {
  if (header === undefined || header === '') return 'missing_header'
  const items = header.length > HEADER_LENGTH_MAX ? [] : header.split(',').map((item) => item.split('='))
  const stamp = items.find(([name]) => name === 't')?.[1] ?? ''
  const signatures = items.flatMap(([name, value]) => (name === 'v1' && value !== undefined ? [value] : []))
  if (!/^[0-9]{1,12}$/.test(stamp)) return 'bad_signature'
  const expected = createHmac('sha256', hmacKey(secret)).update(`${stamp}.`).update(body).digest()
  const matches = signatures.some(
    (signature) => SIGNATURE.test(signature) && timingSafeEqual(Buffer.from(signature, 'hex'), expected),
  )
  if (!matches) return 'bad_signature'
  const ageS = Math.floor(receivedAtMs / 1000) - Number.parseInt(stamp, 10)
  return Math.abs(ageS) > TOLERANCE_S ? 'stale' : 'valid'
}

import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import { hmacKey } from '../hmac-key.ts'

const LOWER_HEX = /^[0-9a-f]{64}$/

/** Razorpay's one kind of signature: HMAC-SHA256 in lower-case hex; upper case is not accepted. */
export function isSigned(secret: string, message: string | Uint8Array, signature: string): boolean {
  if (!LOWER_HEX.test(signature)) return false
  const expected = createHmac('sha256', hmacKey(secret)).update(message).digest()
  return timingSafeEqual(expected, Buffer.from(signature, 'hex'))
}

export function hmacHex(secret: string, message: string): string {
  return createHmac('sha256', hmacKey(secret)).update(message).digest('hex')
}

export function sha256Hex(bytes: string | Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

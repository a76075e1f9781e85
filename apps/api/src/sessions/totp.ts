import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Time-based one-time passwords as every authenticator app has them: RFC 6238 over HMAC-SHA-1, 30 seconds, six digits.
 * Apps ignore what an address says about other parameters, so there are none.
 */
const PERIOD_MS = 30_000
const DIGITS = 6
/** RFC 4226, section 4, requirement 6: 160 bits. */
export const SECRET_BYTES = 20
/** One step either way, for clocks that are off and people who are slow (RFC 6238, section 5.2). */
const WINDOW = [-1, 0, 1] as const

/** The code of one time step. */
export function codeOf(secret: Uint8Array, step: number, digits = DIGITS): string {
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(step))
  const hash = createHmac('sha1', secret).update(counter).digest()
  // RFC 4226, section 5.3: 31 bits from where the last four bits point.
  const offset = hash.readUInt8(hash.length - 1) & 0x0f
  const number = hash.readUInt32BE(offset) & 0x7fff_ffff
  return String(number % 10 ** digits).padStart(digits, '0')
}

export const stepAt = (nowMs: number): number => Math.floor(nowMs / PERIOD_MS)

/**
 * The time step whose code this is, or `undefined`. The caller refuses steps it has accepted before. Takes the same time
 * whichever step matches, or none.
 */
export function matchingStep(secret: Uint8Array, code: string, nowMs: number): number | undefined {
  const given = Buffer.from(code)
  let found: number | undefined
  for (const shift of WINDOW) {
    const step = stepAt(nowMs) + shift
    const expected = Buffer.from(codeOf(secret, step))
    if (given.length === expected.length && timingSafeEqual(given, expected)) found = step
  }
  return found
}

const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** RFC 4648, section 6, without padding: what people type into an app. */
export function base32(bytes: Uint8Array): string {
  const bits = Array.from(bytes, (byte) => byte.toString(2).padStart(8, '0')).join('')
  const groups = bits.match(/.{1,5}/g) ?? []
  return groups.map((group) => BASE32.charAt(Number.parseInt(group.padEnd(5, '0'), 2))).join('')
}

/** What the QR code says: the Key Uri Format that authenticator apps read. */
export function otpauthUrl(
  secret: Uint8Array,
  { issuer, account }: { issuer: string; account: string },
): string {
  const label = `${encodeURIComponent(issuer)}:${encodeURIComponent(account)}`
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=${encodeURIComponent(issuer)}`
}

import { createHmac, timingSafeEqual } from 'node:crypto'

const TOKEN_BYTES = 32
const FORMAT = /^[A-Za-z0-9_-]{43}$/

/** 256 random bits: what a session's cookie holds. */
export function mintToken(random: (bytes: number) => Uint8Array): string {
  return Buffer.from(random(TOKEN_BYTES)).toString('base64url')
}

/** What is stored of a token; `undefined` for text that never was one. */
export function hashToken(key: Uint8Array, token: string): Buffer | undefined {
  return FORMAT.test(token) ? createHmac('sha256', key).update(token).digest() : undefined
}

/** The token that a page must send back with each write. It follows from the session, and from nothing else. */
export function csrfToken(key: Uint8Array, sessionHash: Buffer): string {
  return createHmac('sha256', key).update(sessionHash).digest('base64url')
}

export function csrfMatches(key: Uint8Array, sessionHash: Buffer, given: string): boolean {
  const expected = Buffer.from(csrfToken(key, sessionHash))
  const found = Buffer.from(given)
  return found.length === expected.length && timingSafeEqual(found, expected)
}

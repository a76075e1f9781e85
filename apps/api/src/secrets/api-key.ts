import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Environment } from '@onerouter/core'

/**
 * `unf_test_` or `unf_live_`, 32 random base62 characters, 6 base62 characters of CRC-32 over all before them.
 * The checksum lets typing errors and scanners' noise be refused without asking anybody.
 */
const ALPHABET = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const RANDOM_LENGTH = 32
const CHECKSUM_LENGTH = 6
const FORMAT = /^unf_(test|live)_[0-9A-Za-z]{38}$/
/** The largest multiple of 62 in a byte: bytes above it are drawn again, or some letters would come up more often. */
const FAIR_BELOW = 248

/** Makes a new key. @param random a source of random bytes. */
export function mintApiKey(environment: Environment, random: (bytes: number) => Uint8Array): string {
  let letters = ''
  while (letters.length < RANDOM_LENGTH) {
    for (const byte of random(RANDOM_LENGTH)) {
      if (byte < FAIR_BELOW && letters.length < RANDOM_LENGTH) letters += ALPHABET.charAt(byte % 62)
    }
  }
  const body = `unf_${environment}_${letters}`
  return body + checksum(body)
}

/** The environment a well-formed key names; `undefined` for anything that was never a key. */
export function readApiKey(text: string): Environment | undefined {
  const environment = FORMAT.exec(text)?.[1]
  if (environment !== 'test' && environment !== 'live') return undefined
  const body = text.slice(0, -CHECKSUM_LENGTH)
  const expected = Buffer.from(checksum(body))
  return timingSafeEqual(expected, Buffer.from(text.slice(-CHECKSUM_LENGTH))) ? environment : undefined
}

function checksum(body: string): string {
  let value = crc32(body)
  let text = ''
  for (let i = 0; i < CHECKSUM_LENGTH; i++) {
    text = ALPHABET.charAt(value % 62) + text
    value = Math.floor(value / 62)
  }
  return text
}

/**
 * What is stored and looked up. A fast hash is right here: 190 random bits cannot be guessed, a slow hash
 * would only let strangers spend our time, and the pepper keeps a stolen table from proving a found key.
 */
export function hashApiKey(pepper: KeyObject, key: string): Buffer {
  return createHmac('sha256', pepper).update(key).digest()
}

/** What may be shown for ever: `unf_test_…9f2c`. */
export function hintOf(key: string): string {
  return `${key.slice(0, 9)}…${key.slice(-4)}`
}

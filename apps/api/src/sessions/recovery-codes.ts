import { createHmac } from 'node:crypto'

/** What opens the account when the app is lost: 50 random bits each, slowed like every other guess. */
const COUNT = 10
const LENGTH = 10
/** Crockford's base 32: letters that are not taken for digits. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const FORMAT = /^[0-9a-hjkmnp-tv-z]{10}$/

export function mintRecoveryCodes(random: (bytes: number) => Uint8Array): readonly string[] {
  return Array.from({ length: COUNT }, () => {
    const letters = Array.from(random(LENGTH), (byte) => ALPHABET.charAt(byte & 31)).join('')
    return `${letters.slice(0, 5)}-${letters.slice(5)}`
  })
}

/** What is stored of a code; `undefined` for text that is none, however it is typed. */
export function hashRecoveryCode(key: Uint8Array, typed: string): Buffer | undefined {
  const code = typed.toLowerCase().replaceAll(/[\s-]/g, '').replaceAll('o', '0').replaceAll(/[il]/g, '1')
  return FORMAT.test(code) ? createHmac('sha256', key).update(code).digest() : undefined
}

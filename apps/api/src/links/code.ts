/** No letters that are read as others, so that a code survives being read out and typed. */
const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz'
const LENGTH = 12

/** The part of a link's address that names it: 60 random bits, out of reach of guessing behind a rate limit. */
export function newCode(random: (bytes: number) => Uint8Array): string {
  return Array.from(random(LENGTH), (byte) => ALPHABET.charAt(byte & 31)).join('')
}

export const isCode = (text: string): boolean => /^[0-9a-hjkmnp-tv-z]{12}$/.test(text)

export const linkAddress = (publicUrl: string, code: string): string => `${publicUrl}/l/${code}`

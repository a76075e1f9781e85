import { describe, expect, test } from 'vitest'
import { base32, codeOf, matchingStep, otpauthUrl, stepAt } from './totp.ts'

/** RFC 6238, appendix B: the SHA-1 rows. */
const SECRET = Buffer.from('12345678901234567890')
const VECTORS = [
  [59, '94287082'],
  [1_111_111_109, '07081804'],
  [1_111_111_111, '14050471'],
  [1_234_567_890, '89005924'],
  [2_000_000_000, '69279037'],
  [20_000_000_000, '65353130'],
] as const

describe('time-based codes', () => {
  test.each(VECTORS)('RFC 6238, appendix B: at %i seconds', (seconds, code) => {
    expect(codeOf(SECRET, stepAt(seconds * 1000), 8)).toBe(code)
    expect(codeOf(SECRET, stepAt(seconds * 1000))).toBe(code.slice(-6))
  })

  test.each([
    '755224',
    '287082',
    '359152',
    '969429',
    '338314',
    '254676',
    '287922',
    '162583',
    '399871',
    '520489',
  ])('RFC 4226, appendix D: %s', (code) => {
    const counters = Array.from({ length: 10 }, (_, counter) => codeOf(SECRET, counter))
    expect(counters).toContain(code)
  })

  test('one step of the clock either way is accepted, two are not', () => {
    const nowMs = 1_111_111_111_000
    const found = [-2, -1, 0, 1, 2].map((shift) =>
      matchingStep(SECRET, codeOf(SECRET, stepAt(nowMs) + shift), nowMs),
    )
    const now = stepAt(nowMs)
    expect(found).toEqual([undefined, now - 1, now, now + 1, undefined])
  })

  test('what is no code matches nothing', () => {
    for (const code of ['', '05047', '0050471', '٠٥٠٤٧١', '05047１'])
      expect(matchingStep(SECRET, code, 1_111_111_111_000)).toBeUndefined()
  })

  test('RFC 4648, section 10: base 32, as people type it', () => {
    const written = ['', 'f', 'fo', 'foo', 'foob', 'fooba', 'foobar'].map((text) => base32(Buffer.from(text)))
    expect(written).toEqual(['', 'MY', 'MZXQ', 'MZXW6', 'MZXW6YQ', 'MZXW6YTB', 'MZXW6YTBOI'])
  })

  test('the address is one whatever the account is called', () => {
    const url = otpauthUrl(SECRET, { issuer: 'OneRouter', account: 'a&b=c/d:e@example.com' })
    expect(url).toBe(
      'otpauth://totp/OneRouter:a%26b%3Dc%2Fd%3Ae%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=OneRouter',
    )
  })
})

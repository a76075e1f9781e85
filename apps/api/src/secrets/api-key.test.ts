import { createSecretKey, randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { hashApiKey, hintOf, mintApiKey, readApiKey } from './api-key.ts'

test('a new key reads back as its environment, and has the published form', () => {
  for (const environment of ['test', 'live'] as const) {
    const key = mintApiKey(environment, randomBytes)
    expect(key).toMatch(/\bunf_(live|test)_[0-9A-Za-z]{38}\b/)
    expect(key).toHaveLength(47)
    expect(readApiKey(key)).toBe(environment)
    expect(hintOf(key)).toBe(`unf_${environment}_…${key.slice(-4)}`)
  }
})

const CHECKSUM_OF_ZEROS = '1dKyd4'

test('the checksum is CRC-32 in base 62 over everything before it', () => {
  const key = mintApiKey('test', (length) => new Uint8Array(length).fill(0))
  // CRC-32 of "unf_test_" and 32 zeros, computed apart from our code.
  expect(key).toBe(`unf_test_${'0'.repeat(32)}${CHECKSUM_OF_ZEROS}`)
})

test('one changed character is noticed without a look-up', () => {
  fc.assert(
    fc.property(fc.nat(46), fc.constantFrom(...'0Az9_-é '), (at, letter) => {
      const key = mintApiKey('live', randomBytes)
      fc.pre(key.charAt(at) !== letter)
      expect(readApiKey(key.slice(0, at) + letter + key.slice(at + 1))).toBeUndefined()
    }),
  )
})

test.each([
  '',
  'unf_test_',
  'unf_test_xxx',
  `unf_prod_${'0'.repeat(38)}`,
  'sk_test_123',
  ` ${'x'.repeat(47)}`,
])('was never a key: %j', (text) => expect(readApiKey(text)).toBeUndefined())

test('letters are drawn evenly', () => {
  const counts = new Map<string, number>()
  for (let i = 0; i < 2_000; i++) {
    for (const letter of mintApiKey('test', randomBytes).slice(9, 41))
      counts.set(letter, (counts.get(letter) ?? 0) + 1)
  }
  expect(counts.size).toBe(62)
  const expected = (2_000 * 32) / 62
  // Six standard deviations: chance alone will not get there.
  for (const count of counts.values())
    expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected))
})

test('the hash depends on the pepper', () => {
  const key = mintApiKey('test', randomBytes)
  const [a, b] = ['a', 'b'].map((pepper) => createSecretKey(pepper, 'utf8'))
  if (a === undefined || b === undefined) throw new Error('two peppers')
  expect(hashApiKey(a, key)).not.toEqual(hashApiKey(b, key))
  expect(hashApiKey(a, key)).toHaveLength(32)
})

import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeKey, type KeySet, parseKeySet } from './key-set.ts'
import { seal, unseal } from './seal.ts'

const KEY = '0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1ff'
const OLD = '00112233445566778899aabbccddeeff0112233445566778899aabbccddeeff0'

function keySet(text: string): KeySet {
  const parsed = parseKeySet(text)
  if ('problems' in parsed) throw new Error(parsed.problems.join())
  return parsed.keys
}

const PLACE = ['account', 'test', 'stripe', 1, 'credentials']
const keys = keySet(KEY)

test('what is sealed opens again, only where it belongs', () => {
  const { bytes } = seal(keys, PLACE, Buffer.from('secret'), randomBytes(12))
  expect(bytes[0]).toBe(1)
  expect(bytes).toHaveLength(1 + 4 + 12 + 6 + 16)
  expect(unseal(keys, PLACE, bytes).toString()).toBe('secret')
  for (const [i] of PLACE.entries()) {
    const elsewhere = PLACE.map((part, j) => (i === j ? 'other' : part))
    expect(() => unseal(keys, elsewhere, bytes)).toThrow(/belongs elsewhere/)
  }
  expect(() => unseal(keys, ['accounttest', '', ...PLACE.slice(2)], bytes)).toThrow()
})

test('a changed byte, wherever it is, and a shortened tag are noticed', () => {
  const { bytes } = seal(keys, PLACE, Buffer.from('secret'), randomBytes(12))
  for (let i = 0; i < bytes.length; i++) {
    const changed = Buffer.from(bytes)
    changed[i] = (changed[i] ?? 0) ^ 1
    expect(() => unseal(keys, PLACE, changed), `byte ${i}`).toThrow()
  }
  for (let length = 0; length < bytes.length; length++) {
    expect(() => unseal(keys, PLACE, bytes.subarray(0, length))).toThrow()
  }
})

test('any bytes at any place survive', () => {
  fc.assert(
    fc.property(fc.uint8Array(), fc.array(fc.string()), (plain, place) => {
      const { bytes } = seal(keys, place, plain, randomBytes(12))
      expect(Buffer.compare(unseal(keys, place, bytes), Buffer.from(plain))).toBe(0)
    }),
  )
})

test('the first key encrypts, every key decrypts, an unknown key is named', () => {
  const { bytes } = seal(keySet(OLD), PLACE, Buffer.from('x'), randomBytes(12))
  const both = keySet(`${KEY}, ${OLD}`)
  expect(unseal(both, PLACE, bytes).toString()).toBe('x')
  expect(seal(both, PLACE, Buffer.from('x'), randomBytes(12)).keyId).toBe(BigInt(keys.primary.id))
  expect(() => unseal(keys, PLACE, bytes)).toThrow(/No encryption key with id [0-9a-f]{8} is configured/)
})

describe('C1: encryption keys are read exactly or refused in words', () => {
  const bytes = Buffer.from(KEY, 'hex')
  test('D25: hex, base64 and base64url name the same key, with or without padding', () => {
    const tricky = Buffer.alloc(32, 0xfb)
    tricky[0] = 0x3e
    for (const original of [bytes, tricky]) {
      for (const text of [
        original.toString('hex'),
        original.toString('hex').toUpperCase(),
        original.toString('base64'),
        original.toString('base64').replace('=', ''),
        original.toString('base64url'),
        `${original.toString('base64url')}=`,
      ]) {
        expect(decodeKey(text), text).toEqual(original)
      }
    }
  })
  test.each([
    ['empty', ''],
    ['a passphrase', 'correct horse battery staple'],
    ['32 letters', 'abcdefghijklmnopqrstuvwxyz012345'],
    ['31 bytes', Buffer.alloc(31, 7).toString('base64')],
    ['33 bytes', Buffer.alloc(33, 7).toString('base64')],
    ['all zero', '0'.repeat(64)],
    ['mixed alphabets', `+${'_'.repeat(42)}`],
    ['the same key twice', `${KEY},${bytes.toString('base64')}`],
    ['a good and a bad one', `${KEY},nonsense`],
  ])('%s', (_, text) => {
    const parsed = parseKeySet(text)
    expect('problems' in parsed && parsed.problems.length).toBeGreaterThan(0)
    expect(JSON.stringify(parsed)).not.toContain(KEY)
  })
})

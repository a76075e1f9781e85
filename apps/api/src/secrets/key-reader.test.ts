import { createSecretKey, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { hashApiKey, mintApiKey } from './api-key.ts'
import { createKeyReader } from './key-reader.ts'

const pepper = createSecretKey('pepper', 'utf8')

test('a key reads the same the first time and every other, whatever was read between', () => {
  const read = createKeyReader(pepper, 'salt')
  const keys = Array.from({ length: 20 }, (_, i) => mintApiKey(i % 2 === 0 ? 'test' : 'live', randomBytes))
  for (const key of [...keys, ...keys.toReversed(), ...keys]) {
    expect(read(key)).toEqual({
      environment: key.startsWith('unf_test_') ? 'test' : 'live',
      hash: hashApiKey(pepper, key),
    })
  }
})

test('what was never a key stays none, also beside one that is', () => {
  const read = createKeyReader(pepper, 'salt')
  const key = mintApiKey('test', randomBytes)
  read(key)
  for (const text of ['', 'unf_test_', `${key}x`, key.slice(0, -1), key.replace('test', 'live')]) {
    expect(read(text)).toBeUndefined()
    expect(read(text)).toBeUndefined()
  }
})

import { expect, test } from 'vitest'
import { createTokenCache } from './token-cache.ts'

test('callers who ask at once share one token request, and later callers start another', async () => {
  const cache = createTokenCache()
  let requests = 0
  let release = (): void => {}
  const slow = () =>
    new Promise<number>((resolve) => {
      requests += 1
      release = () => resolve(requests)
    })
  const both = Promise.all([cache.single('k', slow), cache.single('k', slow)])
  release()
  expect(await both).toEqual([1, 1])
  const third = cache.single('k', slow)
  release()
  expect(await third).toBe(2)
})

test('a failed token request is not remembered', async () => {
  const cache = createTokenCache()
  await expect(cache.single('k', () => Promise.reject(new Error('down')))).rejects.toThrow('down')
  expect(await cache.single('k', () => Promise.resolve('token'))).toBe('token')
})

test('tokens are kept per key until dropped, and the number kept is bounded', () => {
  const cache = createTokenCache()
  cache.set('first', 'a', 1)
  expect(cache.get('first')).toEqual({ token: 'a', expiresAtMs: 1 })
  cache.drop('first')
  expect(cache.get('first')).toBeUndefined()
  cache.set('first', 'a', 1)
  for (let i = 0; i < 4096; i++) cache.set(`k${i}`, 'b', 2)
  expect(cache.get('first')).toBeUndefined()
  expect(cache.get('k0')).toBeDefined()
})

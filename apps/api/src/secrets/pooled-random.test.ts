import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { pooledRandom } from './pooled-random.ts'

test('every random byte is handed out once, in whole portions', () => {
  const source: Buffer[] = []
  const take = pooledRandom((bytes) => {
    const fresh = randomBytes(bytes)
    source.push(fresh)
    return fresh
  })
  const taken = Array.from({ length: 2_000 }, (_, i) => Buffer.from(take((i % 20) + 1)))
  expect(taken.every((bytes, i) => bytes.length === (i % 20) + 1)).toBe(true)
  const all = Buffer.concat(taken)
  let found = 0
  for (const portion of source) {
    // The end of a portion that is too short for the next request is dropped, never handed out in halves.
    let same = 0
    while (same < portion.length && found + same < all.length && portion[same] === all[found + same]) same++
    expect(portion.length - same).toBeLessThan(20 + (portion === source.at(-1) ? portion.length : 0))
    found += same
  }
  expect(found).toBe(all.length)
  expect(source.length).toBeLessThan(taken.length / 50)
})

import { expect, test } from 'vitest'
import { createMemo } from './memo.ts'

/** Looks that end when the test says so. */
function stand() {
  let nowMs = 0
  const looks: ((value: string) => void)[] = []
  const memo = createMemo<string>(() => nowMs)
  const get = (key = 'a') => memo.get(key, () => new Promise((resolve) => looks.push(resolve)))
  return {
    memo,
    looks,
    get,
    pass: (ms: number) => {
      nowMs += ms
    },
  }
}

test('who asks at once shares one look, and its answer is kept for a minute', async () => {
  const { looks, get, pass } = stand()
  const asked = [get(), get(), get('b')]
  expect(looks).toHaveLength(2)
  looks[0]?.('one')
  looks[1]?.('two')
  expect(await Promise.all(asked)).toEqual(['one', 'one', 'two'])
  expect(await get()).toBe('one')
  pass(60_001)
  void get()
  expect(looks).toHaveLength(3)
})

test('what was dropped while it was looked up is not remembered, nor given to who asks afterwards', async () => {
  const { memo, looks, get } = stand()
  const before = get()
  memo.drop(() => true)
  const after = get()
  looks[0]?.('old')
  expect(await before).toBe('old')
  looks[1]?.('new')
  expect(await after).toBe('new')
  expect(await get()).toBe('new')
  expect(looks).toHaveLength(2)
})

test('a look that fails is told to all who waited for it and not remembered', async () => {
  const memo = createMemo<string>(() => 0)
  let looks = 0
  const fail = () => {
    looks += 1
    return Promise.reject(new Error('no database'))
  }
  const asked = await Promise.allSettled([memo.get('a', fail), memo.get('a', fail)])
  expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect(looks).toBe(1)
  expect(await memo.get('a', async () => 'there')).toBe('there')
})

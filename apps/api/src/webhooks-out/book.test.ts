import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ClaimedDelivery } from '../store/deliveries.ts'
import { type Book, CAPS, createBook } from './book.ts'

const delivery = (endpoint: string, n: number, rate: number | null): ClaimedDelivery => ({
  account_id: `account of ${endpoint}`,
  environment: 'test',
  id: `${endpoint} ${n}`,
  event_id: `event ${n}`,
  endpoint_id: endpoint,
  trigger: 'auto',
  attempt: 1,
  step: 0,
  ordered: false,
  payload: '{}',
  url: 'https://example.com/',
  sign_v1a: false,
  max_in_flight: 50,
  rate_limit_per_second: rate,
  endpoint_state: 'enabled',
  failing: false,
  secrets: [],
})

function launch(book: Book, durationMs: number): string[] {
  const left: string[] = []
  for (let next = book.next(); next !== undefined; next = book.next()) {
    left.push(next.id)
    book.landed(next, { ok: true, durationMs })
  }
  return left
}

test('no second sees more requests than the rate limit, all leave in order, and no longer than needed is waited', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 60 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 30 }),
      (rate, count, steps) => {
        let nowMs = 5_000
        const book = createBook(CAPS, () => nowMs)
        for (let n = 0; n < count; n++) book.add(delivery('slow down', n, rate))
        const begun: { id: string; atMs: number }[] = []
        const note = () => {
          for (const id of launch(book, 10)) begun.push({ id, atMs: nowMs })
        }
        for (const stepMs of steps) {
          note()
          nowMs += stepMs
        }
        note()
        for (let rounds = 0; begun.length < count; rounds++) {
          expect(rounds).toBeLessThanOrEqual(count)
          nowMs += book.opensInMs() ?? Number.NaN
          note()
        }
        expect(begun.map(({ id }) => id)).toEqual(begun.map((_, n) => `slow down ${n}`))
        for (const [n, { atMs }] of begun.entries()) {
          const before = begun[n - rate]
          if (before !== undefined) expect(atMs - before.atMs).toBeGreaterThanOrEqual(1_000)
        }
        expect(book.held).toBe(0)
        expect(book.opensInMs()).toBeNull()
      },
    ),
  )
})

test('a receiver that waits for its rate limit holds nobody else, and is claimed no more than a second of', () => {
  let nowMs = 0
  const book = createBook(CAPS, () => nowMs)
  for (let n = 0; n < 10; n++) {
    book.add(delivery('limited', n, 2))
    book.add(delivery('free', n, null))
  }
  const left = launch(book, 1)
  expect(left.filter((id) => id.startsWith('free'))).toHaveLength(10)
  expect(left.filter((id) => id.startsWith('limited'))).toEqual(['limited 0', 'limited 1'])
  expect(book.room().free.get('limited')).toBe(0)
  nowMs = 1_000
  expect(launch(book, 1)).toEqual(['limited 2', 'limited 3'])
  expect(book.drain().map(({ id }) => id)).toEqual([4, 5, 6, 7, 8, 9].map((n) => `limited ${n}`))
  expect(book.room().free.get('limited')).toBe(2)
})

test('a limit that is lifted, lowered or met by a clock set back holds for a second at most', () => {
  let nowMs = 10_000
  const book = createBook(CAPS, () => nowMs)
  for (let n = 0; n < 5; n++) book.add(delivery('one', n, 5))
  expect(launch(book, 1)).toHaveLength(5)
  book.add(delivery('one', 5, 1))
  expect(launch(book, 1)).toEqual([])
  nowMs = 1_000
  expect(launch(book, 1)).toHaveLength(1)
  book.add(delivery('one', 6, null))
  expect(launch(book, 1)).toEqual(['one 6'])
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { ClaimedDelivery } from '../store/deliveries.ts'
import { type Book, CAPS, createBook, GRACE_MS } from './book.ts'

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

/** What the database does for all processes (`webhook_pace_take`). */
function createReserve() {
  const taken = new Map<string, number[]>()
  return (book: Book, nowMs: number): void => {
    for (const { endpoint_id: id, rate, count } of book.wanted()) {
      const times = taken.get(id) ?? []
      taken.set(id, times)
      for (let n = 0; n < count; n++) {
        const before = times.at(-rate)
        times.push(before === undefined ? nowMs : Math.max(nowMs, before + 1_000 + GRACE_MS))
      }
      book.granted(id, times.slice(-count))
    }
  }
}

function launch(book: Book, durationMs: number): string[] {
  const left: string[] = []
  for (let next = book.next(); next !== undefined; next = book.next()) {
    left.push(next.id)
    book.landed(next, { ok: true, durationMs })
  }
  return left
}

test('no second sees more requests than the rate limit, over two processes; all leave, each in its order', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 60 }),
      fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 30 }),
      (rate, count, steps) => {
        let nowMs = 5_000
        const books = [createBook(CAPS, () => nowMs), createBook(CAPS, () => nowMs)]
        const reserve = createReserve()
        for (const book of books) for (let n = 0; n < count; n++) book.add(delivery('slow down', n, rate))
        const begun: number[] = []
        const left = books.map((): string[] => [])
        const turn = () => {
          for (const [of, book] of books.entries()) {
            reserve(book, nowMs)
            const ids = launch(book, 10)
            left[of]?.push(...ids)
            for (const _ of ids) begun.push(nowMs)
          }
        }
        for (const stepMs of steps) {
          turn()
          nowMs += stepMs
        }
        turn()
        for (let rounds = 0; begun.length < 2 * count; rounds++) {
          expect(rounds).toBeLessThanOrEqual(4 * count)
          // Where none is reserved, the turn reserves.
          const waits = books.map((book) => book.opensInMs()).filter((ms) => ms !== null)
          nowMs += waits.length === 0 ? 0 : Math.min(...waits)
          turn()
        }
        for (const ids of left) expect(ids).toEqual(ids.map((_, n) => `slow down ${n}`))
        for (const [n, atMs] of begun.entries()) {
          const before = begun[n - rate]
          if (before !== undefined) expect(atMs - before).toBeGreaterThanOrEqual(1_000)
        }
        for (const book of books)
          expect([book.held, book.opensInMs(), book.isPaced]).toEqual([0, null, false])
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
  const reserve = createReserve()
  expect(launch(book, 1).filter((id) => id.startsWith('limited'))).toEqual([])
  for (let n = 10; n < 20; n++) book.add(delivery('free', n, null))
  reserve(book, nowMs)
  const left = launch(book, 1)
  expect(left.filter((id) => id.startsWith('free'))).toHaveLength(10)
  expect(left.filter((id) => id.startsWith('limited'))).toEqual(['limited 0', 'limited 1'])
  expect(book.room().free.get('limited')).toBe(0)
  reserve(book, nowMs)
  expect(book.opensInMs()).toBe(1_000 + GRACE_MS)
  nowMs = 1_000 + GRACE_MS
  expect(launch(book, 1)).toEqual(['limited 2', 'limited 3'])
  expect(book.drain().map(({ id }) => id)).toEqual([4, 5, 6, 7, 8, 9].map((n) => `limited ${n}`))
  expect(book.room().free.get('limited')).toBe(2)
})

test('a time that was missed, or that a clock set back has moved away, is given up for another; a lifted limit needs none', () => {
  let nowMs = 100_000
  const book = createBook(CAPS, () => nowMs)
  for (let n = 0; n < 3; n++) book.add(delivery('one', n, 1))
  const [asked] = book.wanted()
  expect(asked).toMatchObject({ endpoint_id: 'one', rate: 1, count: 1 })
  expect(book.wanted()).toEqual([])
  book.granted('one', [nowMs])
  nowMs += GRACE_MS + 1
  expect(launch(book, 1)).toEqual([])
  expect(book.wanted()).toHaveLength(1)
  book.granted('one', [nowMs])
  nowMs = 1_000
  expect(book.opensInMs()).toBeNull()
  expect(book.wanted()).toHaveLength(1)
  book.granted('one', [])
  expect(book.wanted()).toHaveLength(1)
  book.granted('one', [nowMs])
  expect(launch(book, 1)).toEqual(['one 0'])
  book.add(delivery('one', 3, null))
  expect(launch(book, 1)).toEqual(['one 1', 'one 2', 'one 3'])
})

test('new deliveries get places at receivers that answer quickly, never all of them', () => {
  const book = createBook(CAPS, () => 0)
  const all = new Set(['quick', 'slow', 'limited'].map((name) => `account of ${name}`))
  expect(book.places(all).size).toBe(0)
  for (const [name, durationMs, rate] of [
    ['quick', 5, null],
    ['slow', 900, null],
    ['limited', 5, 1_000],
  ] as const) {
    book.add(delivery(name, 0, rate))
    book.granted(name, [0])
    launch(book, durationMs)
  }
  const { quick = 0 } = Object.fromEntries(book.places(all))
  expect([...book.places(all).keys()]).toEqual(['quick'])
  expect(book.places(new Set(['account of another'])).size).toBe(0)
  for (let n = 1; n <= quick; n++) book.add(delivery('quick', n, null))
  expect(book.places(all).size).toBe(0)
  // What is older still finds room.
  expect(book.room().free.get('quick')).toBeGreaterThanOrEqual(CAPS.claim)
})

import { describe, expect, test } from 'vitest'
import { type EventPage, type FetchPage, openFeed, type WireEvent } from './events-feed.ts'

const START = Date.parse('2026-11-01T00:00:00Z')

/** A server with a clock, whose events become visible when they are committed. */
function server() {
  const events: WireEvent[] = []
  const world = { nowMs: START, failNext: false, pages: 0 }
  const commit = (id: string, object: string, sequence: number, createdMs = world.nowMs): void => {
    const created_at = new Date(createdMs).toISOString()
    events.push({ id, type: 'payment.created', created_at, sequence, data: { object: { id: object } } })
    events.sort((a, b) => (a.id < b.id ? 1 : -1))
  }
  const fetchPage: FetchPage = async ({ sinceMs, after }): Promise<EventPage> => {
    world.pages += 1
    if (world.failNext) {
      world.failNext = false
      throw new Error('away')
    }
    const matching = events.filter(
      (event) => Date.parse(event.created_at) >= sinceMs && (after === null || event.id < after),
    )
    const page = matching.slice(0, 100)
    const next = matching.length > 100 ? (page.at(-1)?.id ?? null) : null
    return { events: page, next, serverMs: world.nowMs }
  }
  return { world, commit, fetchPage }
}

const ids = (events: readonly WireEvent[]): string[] => events.map(({ id }) => id)
const numbered = (n: number): string => `evt_${String(n).padStart(5, '0')}`

describe('a feed', () => {
  test('starts at now, and tells each event once', async () => {
    const { world, commit, fetchPage } = server()
    commit('evt_1', 'pay_1', 1)
    const feed = await openFeed(fetchPage)
    expect(await feed.look()).toEqual([])
    commit('evt_2', 'pay_1', 2)
    expect(ids(await feed.look())).toEqual(['evt_2'])
    for (let i = 0; i < 50; i++) {
      world.nowMs += 1_000
      expect(await feed.look()).toEqual([])
    }
  })

  test('tells an event whose transaction ended after those of later ones', async () => {
    const { world, commit, fetchPage } = server()
    const feed = await openFeed(fetchPage)
    const begunMs = world.nowMs
    world.nowMs += 3_000
    commit('evt_5', 'pay_2', 1)
    expect(ids(await feed.look())).toEqual(['evt_5'])
    commit('evt_4', 'pay_1', 1, begunMs)
    expect(ids(await feed.look())).toEqual(['evt_4'])
  })

  test('finds a late one below a page of what it knows', async () => {
    const { world, commit, fetchPage } = server()
    const feed = await openFeed(fetchPage)
    for (let i = 100; i < 300; i++) commit(numbered(i), `pay_${i}`, 1)
    expect(await feed.look()).toHaveLength(200)
    commit(numbered(1), 'pay_late', 1)
    const seen: string[] = []
    for (let i = 0; i < 20; i++) {
      world.nowMs += 250
      seen.push(...ids(await feed.look()))
    }
    expect(seen).toEqual([numbered(1)])
  })

  test('keeps the order of time, and within an object that of its sequence', async () => {
    const { commit, fetchPage } = server()
    const feed = await openFeed(fetchPage)
    commit('evt_1', 'pay_1', 2)
    commit('evt_2', 'pay_2', 1)
    commit('evt_3', 'pay_1', 1)
    const told = await feed.look()
    expect(told.map(({ data, sequence }) => `${String(data.object.id)} ${sequence}`)).toEqual([
      'pay_1 1',
      'pay_2 1',
      'pay_1 2',
    ])
  })

  test('loses nothing to a look that fails half way, nor to an hour without an answer', async () => {
    const { world, commit, fetchPage } = server()
    const feed = await openFeed(fetchPage)
    for (let i = 0; i < 150; i++) commit(numbered(i), `pay_${i}`, 1)
    const pages = world.pages
    const failing: Promise<unknown> = feed.look()
    // The first page is on its way; the second one fails.
    world.failNext = world.pages > pages
    await expect(failing).rejects.toThrow('away')
    world.nowMs += 3_600_000
    commit(numbered(999), 'pay_999', 1)
    expect(await feed.look()).toHaveLength(151)
    expect(feed.skipped()).toBe(false)
  })
})

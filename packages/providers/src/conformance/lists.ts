import { expect, test } from 'vitest'
import type { ListedEvent, ListedPage, ListWindow } from '../listing.ts'
import { everyPage, LISTED_WITHIN_MS } from './pages.ts'
import { create, pay, refund } from './steps.ts'
import { value, type World } from './world.ts'

const HOUR_MS = 3_600_000
/** The last hour and the next. */
function all<T>(world: World, list: (window: ListWindow) => Promise<ListedPage<T>>): Promise<readonly T[]> {
  const now = world.sandbox.now()
  return everyPage({ fromMs: now - HOUR_MS, toMs: now + HOUR_MS }, list)
}

/** The provider's own lists, by which its books and ours are compared. */
export function lists(open: () => World): void {
  test('the list of payments states what a fetch states, for paid, open and refunded ones', async () => {
    const world = open()
    const { listSince } = world.payments
    if (listSince === undefined) return expect(world.webhooks.listEvents).toBeTypeOf('function')
    const unpaid = await create(world)
    const paid = await pay(world)
    value(await refund(world, paid, 1_000n, { reference: world.id() }))
    await world.settleTime(10_000)
    const items = await all(world, async (window) => value(await listSince(world.ctx(), window)))
    for (const { handle } of [unpaid, paid]) {
      const fetched = value(await world.payments.fetch(world.ctx(), handle))
      const listed = items.find((one) => one.reference === handle.reference)
      expect(fetched).toMatchObject(stated(listed))
    }
  })

  test('the list of payments comes in pages that miss nothing and repeat nothing', async () => {
    const world = open()
    const { listSince } = world.payments
    if (listSince === undefined) return expect(world.payments.isGone).toBeTypeOf('function')
    const made = new Set<string>()
    for (let i = 0; i < 105; i++) made.add((await create(world)).request.reference)
    const items = await all(world, async (window) => value(await listSince(world.ctx(), window)))
    expect(items.map(({ reference }) => reference).sort()).toEqual([...made].sort())
  })

  test('a payment made outside the window is not listed', async () => {
    const world = open()
    const { listSince } = world.payments
    if (listSince === undefined) return expect(world.webhooks.listEvents).toBeTypeOf('function')
    await create(world)
    const now = world.sandbox.now()
    const window = { fromMs: now - 2 * HOUR_MS, toMs: now - HOUR_MS, cursor: null }
    expect(value(await listSince(world.ctx(), window))).toEqual({ items: [], nextCursor: null })
  })

  test('events that nobody received are listed under the keys a delivery is known by', async () => {
    const world = open()
    const { listEvents } = world.webhooks
    if (listEvents === undefined) return expect(world.payments.listSince).toBeTypeOf('function')
    await world.subscribe()
    const { request } = await pay(world)
    await world.settleTime(60_000)
    const events: readonly ListedEvent[] = await all(world, async (window) =>
      value(await listEvents(world.ctx(), window)),
    )
    const delivered = await Promise.all(
      world.received.map((webhook) => world.webhooks.verify(world.ctx(), webhook)),
    )
    expect(delivered.length).toBeGreaterThan(0)
    const keys = new Set(events.flatMap(({ dedupeKeys }) => dedupeKeys))
    for (const verdict of delivered) {
      expect(verdict.ok && verdict.dedupeKeys.some((key) => keys.has(key))).toBe(true)
    }
    expect(events.every(({ body, event }) => world.webhooks.parse(body)?.id === event.id)).toBe(true)
    expect(
      events.some(
        ({ event }) => event.about.kind === 'payment' && event.about.reference === request.reference,
      ),
    ).toBe(true)
  })

  test('the list of refunds names the payment of each refund', async () => {
    const world = open()
    const { listSince } = world.refunds
    if (listSince === undefined) return expect(world.webhooks.listEvents).toBeTypeOf('function')
    const paid = await pay(world)
    const made = value(await refund(world, paid, 1_000n, { reference: world.id() }))
    const madeAtMs = world.sandbox.now()
    await world.settleTime(LISTED_WITHIN_MS)
    const span = { fromMs: madeAtMs - HOUR_MS, toMs: madeAtMs + HOUR_MS }
    const items = await everyPage(span, async (window) => value(await listSince(world.ctx(), window)))
    expect(items).toEqual([{ refundRef: made.refundRef, paymentRef: paid.handle.paymentRef }])
  })

  test('lists that cannot be had are an outcome, never an empty list', async () => {
    const world = open()
    const now = world.sandbox.now()
    const window = { fromMs: now - HOUR_MS, toMs: now, cursor: null }
    world.fault('error_before', '', 4)
    const { listSince } = world.payments
    const { listEvents } = world.webhooks
    const refundsSince = world.refunds.listSince
    if (refundsSince !== undefined) expect((await refundsSince(world.ctx(), window)).kind).not.toBe('ok')
    if (listSince !== undefined) expect((await listSince(world.ctx(), window)).kind).not.toBe('ok')
    if (listEvents !== undefined) expect((await listEvents(world.ctx(), window)).kind).not.toBe('ok')
  })
}

function stated(listed: object | undefined): object {
  const { createdAtMs: _time, ...facts } = (listed ?? { absent: true }) as { createdAtMs?: number } // any object
  return facts
}

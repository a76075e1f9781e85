import type { Uuid } from '@onerouter/core'
import type { Log } from '../engine/ports.ts'
import type { ClaimedDelivery, DeliveryResult } from '../store/deliveries.ts'
import type { Queryable } from '../store/rows.ts'
import type { Wait } from '../worker/worker.ts'
import { type Attempting, attempt, untried } from './attempt.ts'
import { CAPS, type Caps, createBook } from './book.ts'
import { createClaims } from './claims.ts'
import { createPacer } from './pacer.ts'
import { createResults } from './results.ts'

/** A try that began later might outlive its lease. */
const START_WITHIN_MS = 35_000
/** The database is the truth about what is due; being woken is only a hint that can get lost. */
const POLL_MS = 250
/** A claim rests as long as it took, up to this: the slower the database, the more of what is due is claimed at once. */
const REST_MAX_MS = 20
const UNSEALABLE_RETRY_MS = 60_000

export interface Deliveries extends Attempting {
  readonly db: Queryable
  /** Connections with pinned plans, for the statements that every delivery takes. */
  readonly lanes: Queryable
  /** Names this process in leases. */
  readonly owner: Uuid
  readonly wait: (ms: number) => Wait
  readonly log: Log
  readonly caps?: Caps
}

export interface DeliveryWorker {
  /** An event was committed; looked at without waiting for the next poll. */
  wake(): void
  /** Where deliveries that a commit is about to make could leave at once. */
  places(accounts: ReadonlySet<Uuid>): ReadonlyMap<Uuid, number>
  /** Deliveries that were claimed for this process. */
  take(claimed: readonly ClaimedDelivery[]): void
  /** Gives back what has not left, waits for what has. */
  stop(): Promise<void>
}

/** Delivers what is due, for as long as it runs. Any number of processes share the work. */
export function startDeliveries(world: Deliveries): DeliveryWorker {
  const book = createBook(world.caps ?? CAPS, world.now)
  const flights = new Set<Promise<void>>()
  const claimedAtMs = new WeakMap<ClaimedDelivery, number>()
  let stopped = false
  let woken = false
  let waiting: Wait | null = null
  const wake = (): void => {
    woken = true
    waiting?.end()
  }
  const results = createResults(world, wake)
  const giveBack = (delivery: ClaimedDelivery, dueMs: number): void =>
    results.add(untried(delivery, { state: 'pending', step: delivery.step, dueMs }), false)

  const fly = async (delivery: ClaimedDelivery): Promise<void> => {
    const startedMs = world.now()
    if (startedMs - (claimedAtMs.get(delivery) ?? 0) > START_WITHIN_MS) {
      book.landed(delivery, null)
      return giveBack(delivery, 0)
    }
    const result = await attempt(world, delivery).catch((error: unknown) => {
      world.log.error({ err: error, endpoint: delivery.endpoint_id }, 'a webhook could not be signed')
      return untried(delivery, { state: 'pending', step: delivery.step, dueMs: UNSEALABLE_RETRY_MS })
    })
    const flight = result.tried ? { ok: result.ok, durationMs: world.now() - startedMs } : null
    const room = book.landed(delivery, flight)
    // The next event of an ordered object may not be claimed before.
    results.add({ ...result, slow: book.isSlow(delivery.endpoint_id) }, delivery.ordered)
    launch()
    pacer.turn()
    if (room) wake()
  }
  const launch = (): void => {
    if (stopped) return
    for (let next = book.next(); next !== undefined; next = book.next()) {
      const flight: Promise<void> = fly(next)
      flights.add(flight)
      void flight.finally(() => flights.delete(flight))
    }
  }
  const pacer = createPacer(world, book, launch)
  const claims = createClaims(world, book)
  const take = (claimed: readonly ClaimedDelivery[], nowMs: number): void => {
    for (const delivery of claimed) {
      claimedAtMs.set(delivery, nowMs)
      if (delivery.endpoint_state !== 'enabled') results.add(parked(delivery), false)
      else if (stopped) giveBack(delivery, 0)
      else book.add(delivery)
    }
    launch()
    pacer.turn()
  }
  const loop = async (): Promise<void> => {
    while (!stopped) {
      woken = false
      const startMs = world.now()
      const { claimed, full } = await claims.next().catch((error: unknown) => {
        world.log.error({ err: error }, 'webhooks that are due could not be claimed')
        return { claimed: [], full: false }
      })
      take(claimed, startMs)
      if (full || stopped) continue
      await world.wait(Math.min(REST_MAX_MS, Math.max(1, world.now() - startMs))).done
      if (woken || stopped) continue
      waiting = world.wait(POLL_MS)
      await waiting.done
      waiting = null
    }
  }
  const running = loop()
  return {
    wake,
    places: (accounts) => (stopped ? new Map() : book.places(accounts)),
    take: (claimed) => take(claimed, world.now()),
    async stop() {
      stopped = true
      waiting?.end()
      await running
      await pacer.stop()
      for (const delivery of book.drain()) giveBack(delivery, 0)
      await Promise.all(flights)
      await results.close()
    },
  }
}

/** What became due for an endpoint that wants nothing now. */
function parked(delivery: ClaimedDelivery): DeliveryResult {
  const state = delivery.endpoint_state === 'deleted' ? 'canceled' : 'held'
  return untried(delivery, { state, step: delivery.step, dueMs: null })
}

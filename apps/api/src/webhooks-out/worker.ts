import type { Uuid } from '@onerouter/core'
import type { Log } from '../engine/ports.ts'
import {
  type ClaimedDelivery,
  claimDeliveries,
  claimSlowDeliveries,
  type DeliveryResult,
  type EndpointMoved,
  finishDeliveries,
  holdPending,
  moveToLane,
  slowEndpoints,
} from '../store/deliveries.ts'
import { continueRecovery } from '../store/recoveries.ts'
import type { Queryable } from '../store/rows.ts'
import type { Wait } from '../worker/worker.ts'
import { type Attempting, attempt, untried } from './attempt.ts'
import { type Book, CAPS, type Caps, createBook } from './book.ts'

/** Twice what a try can last, and the wait in this process's own queue. */
export const LEASE_MS = 60_000
/** A try that began later might outlive its lease. */
const START_WITHIN_MS = 35_000
/** The database is the truth about what is due; being woken is only a hint that can get lost. */
const POLL_MS = 250
/** Claims for the sake of a rate limit come no closer together. */
const PACE_MS = 20
const RECOVERY_EVERY_MS = 1_000
const RESULTS_MAX = 256
/** Of a claim in which both lanes have their turn. */
const FAST_SHARE = 0.75
/** Slow endpoints looked at in one turn. */
const SLOW_BATCH = 256
const RETRY_MS = 500
const TRIES_AT_END = 5
const UNSEALABLE_RETRY_MS = 60_000
const FIRST: Uuid = '00000000-0000-0000-0000-000000000000'

export interface Deliveries extends Attempting {
  readonly db: Queryable
  /** Names this process in leases. */
  readonly owner: Uuid
  readonly wait: (ms: number) => Wait
  readonly log: Log
  readonly caps?: Caps
}

export interface DeliveryWorker {
  /** An event was committed; looked at without waiting for the next poll. */
  wake(): void
  /** Gives back what has not left, waits for what has. */
  stop(): Promise<void>
}

/** Delivers what is due, for as long as it runs. Any number of processes share the work. */
export function startDeliveries(world: Deliveries): DeliveryWorker {
  const book = createBook(world.caps ?? CAPS, world.now)
  const results = createResults(world)
  const flights = new Set<Promise<void>>()
  const claimedAtMs = new WeakMap<ClaimedDelivery, number>()
  let stopped = false
  let woken = false
  let waiting: Wait | null = null
  const wake = (): void => {
    woken = true
    waiting?.end()
  }
  const giveBack = (delivery: ClaimedDelivery, dueMs: number): void =>
    results.add(untried(delivery, { state: 'pending', step: delivery.step, dueMs }))

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
    results.add({ ...result, slow: book.isSlow(delivery.endpoint_id) })
    launch()
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
  const claims = createClaims(world, book)
  const take = (claimed: readonly ClaimedDelivery[], nowMs: number): void => {
    for (const delivery of claimed) {
      claimedAtMs.set(delivery, nowMs)
      if (delivery.endpoint_state !== 'enabled') results.add(parked(delivery))
      else if (stopped) giveBack(delivery, 0)
      else book.add(delivery)
    }
    launch()
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
      if (woken || full || stopped) continue
      waiting = world.wait(Math.min(POLL_MS, Math.max(PACE_MS, book.opensInMs() ?? POLL_MS)))
      await waiting.done
      waiting = null
    }
  }
  const running = loop()
  return {
    wake,
    async stop() {
      stopped = true
      waiting?.end()
      await running
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

/** One round of claiming: healthy endpoints always, slow ones and recoveries at their own pace. */
function createClaims(world: Deliveries, book: Book) {
  const lease = { owner: world.owner, ms: LEASE_MS }
  let slowAtMs = 0
  let recoveryAtMs = 0
  let turn = FIRST
  return {
    async next(): Promise<{ readonly claimed: readonly ClaimedDelivery[]; readonly full: boolean }> {
      const nowMs = world.now()
      if (nowMs >= recoveryAtMs) {
        recoveryAtMs = nowMs + RECOVERY_EVERY_MS
        await continueRecovery(world.db)
      }
      const room = book.room()
      if (room.limit === 0) return { claimed: [], full: false }
      // When it is the slow lane's turn a place is kept for it, however full the fast one is.
      const slowTurn = nowMs >= slowAtMs
      const fast = { ...room, limit: slowTurn ? Math.ceil(room.limit * FAST_SHARE) : room.limit }
      const claimed = await claimDeliveries(world.db, lease, fast)
      const full = claimed.length === fast.limit
      if (!slowTurn) return { claimed, full }
      slowAtMs = nowMs + POLL_MS
      const left = { ...room, limit: room.limit - claimed.length }
      const endpoints = await slowEndpoints(world.db, turn, SLOW_BATCH)
      turn = endpoints.length < SLOW_BATCH ? FIRST : (endpoints.at(-1) ?? FIRST)
      if (endpoints.length === 0) return { claimed, full }
      const slow = await claimSlowDeliveries(world.db, lease, left, endpoints)
      return { claimed: [...claimed, ...slow], full }
    },
  }
}

/** Writes results as they come, those that come together in one statement. */
function createResults(world: Deliveries) {
  const waiting: DeliveryResult[] = []
  const tidying = new Set<Promise<void>>()
  let writing: Promise<void> | null = null
  let closing = false
  let gaveUp = false
  let tries = 0
  const write = async (): Promise<void> => {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, RESULTS_MAX)
      try {
        for (const moved of await finishDeliveries(world.db, world.owner, batch)) {
          const work: Promise<void> = tidyEndpoint(world, moved)
          tidying.add(work)
          void work.finally(() => tidying.delete(work))
        }
      } catch (error) {
        // Their leases still hold them; when those lapse first, the tries show as interrupted.
        world.log.error({ err: error }, 'results of webhooks could not be written yet')
        waiting.unshift(...batch)
        await world.wait(RETRY_MS).done
        tries += closing ? 1 : 0
        gaveUp = tries >= TRIES_AT_END
        if (gaveUp) return
      }
    }
  }
  const begin = (): void => {
    writing ??= write().finally(() => {
      writing = null
      if (waiting.length > 0 && !gaveUp) begin()
    })
  }
  return {
    add(result: DeliveryResult): void {
      waiting.push(result)
      begin()
    },
    async close(): Promise<void> {
      closing = true
      while (writing !== null) await writing
      await Promise.all(tidying)
    },
  }
}

const TIDY_ROUNDS_MAX = 1_000

/** An endpoint changed lane or was disabled: its queue follows, in batches. */
async function tidyEndpoint(world: Deliveries, moved: EndpointMoved): Promise<void> {
  if (moved.state === 'disabled') {
    world.log.warn({ endpoint: moved.id, reason: moved.disabled_reason }, 'a webhook endpoint was disabled')
  }
  try {
    for (let round = 0; round < TIDY_ROUNDS_MAX; round++) {
      const { more } =
        moved.state === 'enabled'
          ? await moveToLane(world.db, moved, moved.lane)
          : await holdPending(world.db, moved, 'held')
      if (!more) return
    }
  } catch (error) {
    // What stays behind is found when it becomes due.
    world.log.error({ err: error, endpoint: moved.id }, "an endpoint's queue could not be moved")
  }
}

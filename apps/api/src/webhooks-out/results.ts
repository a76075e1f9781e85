import type { Uuid } from '@onerouter/core'
import type { Log } from '../engine/ports.ts'
import {
  type DeliveryResult,
  type EndpointMoved,
  finishDeliveries,
  holdPending,
  moveToLane,
} from '../store/deliveries.ts'
import type { Queryable } from '../store/rows.ts'
import type { Wait } from '../worker/worker.ts'

const RESULTS_MAX = 256
/**
 * What comes within this time is written together: one commit instead of many. A process that dies meanwhile tries
 * those deliveries again under the same id, as it does with every try whose answer it did not live to write.
 */
const GATHER_MS = 25
const RETRY_MS = 500
const TRIES_AT_END = 5
const TIDY_ROUNDS_MAX = 1_000

export interface Writing {
  readonly db: Queryable
  /** Connections with pinned plans. */
  readonly lanes: Queryable
  readonly owner: Uuid
  readonly wait: (ms: number) => Wait
  readonly log: Log
}

export interface Results {
  /** `urgent`: somebody waits for it to be written. */
  add(result: DeliveryResult, urgent: boolean): void
  close(): Promise<void>
}

/** Writes what became of tries, those that come together in one statement. `freed`: an urgent one was written. */
export function createResults(world: Writing, freed: () => void): Results {
  const waiting: DeliveryResult[] = []
  const tidying = new Set<Promise<void>>()
  let gathering: Wait | null = null
  let writing: Promise<void> | null = null
  let urgent = false
  let closing = false
  let tries = 0

  const gather = async (): Promise<void> => {
    if (urgent || closing || waiting.length >= RESULTS_MAX) return
    gathering = world.wait(GATHER_MS)
    await gathering.done
    gathering = null
  }
  const write = async (): Promise<void> => {
    while (waiting.length > 0) {
      await gather()
      const waited = urgent
      urgent = false
      const batch = waiting.splice(0, RESULTS_MAX)
      try {
        for (const moved of await finishDeliveries(world.lanes, world.owner, batch)) {
          const work: Promise<void> = tidyEndpoint(world, moved)
          tidying.add(work)
          void work.finally(() => tidying.delete(work))
        }
        if (waited) freed()
      } catch (error) {
        // Their leases still hold them; when those lapse first, the tries show as interrupted.
        world.log.error({ err: error }, 'results of webhooks could not be written yet')
        waiting.unshift(...batch)
        urgent ||= waited
        await world.wait(RETRY_MS).done
        tries += closing ? 1 : 0
        if (tries >= TRIES_AT_END) return
      }
    }
  }
  const begin = (): void => {
    writing ??= write().finally(() => {
      writing = null
      if (waiting.length > 0 && tries < TRIES_AT_END) begin()
    })
  }
  return {
    add(result, now) {
      waiting.push(result)
      urgent ||= now
      if (now || waiting.length >= RESULTS_MAX) gathering?.end()
      begin()
    },
    async close() {
      closing = true
      gathering?.end()
      while (writing !== null) await writing
      await Promise.all(tidying)
    },
  }
}

/** An endpoint changed lane or was disabled: its queue follows, in batches. */
async function tidyEndpoint(world: Writing, moved: EndpointMoved): Promise<void> {
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

import type { Log } from '../engine/ports.ts'
import type { Queryable } from '../store/rows.ts'
import { takePace } from '../store/webhook-pace.ts'
import type { Wait } from '../worker/worker.ts'
import { type Book, GRACE_MS } from './book.ts'

export interface Pacing {
  readonly db: Queryable
  readonly now: () => number
  readonly wait: (ms: number) => Wait
  readonly log: Log
}

export interface Pacer {
  /** Something was claimed or has landed. */
  turn(): void
  stop(): Promise<void>
}

/**
 * Rate limits of receivers hold over all processes: times to begin at are reserved in the database, as many at once as there
 * are deliveries waiting for them, and what has its time is launched when it comes.
 */
export function createPacer(world: Pacing, book: Book, launch: () => void): Pacer {
  let stopped = false
  let asking: Promise<void> | null = null
  let watching: Promise<void> | null = null
  let waiting: Wait | null = null

  const ask = async (): Promise<void> => {
    for (let wanted = book.wanted(); wanted.length > 0; wanted = book.wanted()) {
      const taken = await takePace(world.db, wanted, GRACE_MS).catch((error: unknown) => {
        world.log.error({ err: error }, 'times for rate-limited receivers could not be reserved')
        return null
      })
      const waits = new Map(taken?.map(({ endpointId, waitsMs }) => [endpointId, waitsMs]))
      const nowMs = world.now()
      for (const { endpoint_id: id } of wanted) {
        book.granted(id, waits.get(id)?.map((ms) => nowMs + ms) ?? [])
      }
      launch()
      // Asked again at the next turn: every claim is one.
      if (taken === null || stopped) return
    }
  }
  const watch = async (): Promise<void> => {
    for (let inMs = book.opensInMs(); inMs !== null && !stopped; inMs = book.opensInMs()) {
      waiting = world.wait(Math.max(1, inMs))
      await waiting.done
      waiting = null
      launch()
    }
  }
  const turn = (): void => {
    if (stopped || !book.isPaced) return
    asking ??= ask().finally(() => {
      asking = null
      // What was reserved may come before what is waited for.
      waiting?.end()
      watching ??= watch().finally(() => {
        watching = null
      })
    })
  }
  return {
    turn,
    async stop() {
      stopped = true
      waiting?.end()
      await asking
      await watching
    },
  }
}

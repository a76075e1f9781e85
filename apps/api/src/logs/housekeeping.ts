import type { Log } from '../engine/ports.ts'
import type { Queryable } from '../store/rows.ts'
import type { Wait } from '../worker/worker.ts'
import { keepLogs } from './request-log.ts'

const EVERY_MS = 3_600_000

/** Keeps the logs as long as the configuration says. Any number of processes may do it at once. */
export function startHousekeeping(
  world: { readonly db: Queryable; readonly keepDays: number; readonly log: Log },
  waitFor: (ms: number) => Wait,
): { stop(): Promise<void> } {
  let stopped = false
  let waiting: Wait | null = null
  const loop = async (): Promise<void> => {
    while (!stopped) {
      try {
        await keepLogs(world.db, world.keepDays)
      } catch (error) {
        world.log.warn({ err: error }, 'the logs could not be kept in order; tried again in an hour')
      }
      if (stopped) return
      waiting = waitFor(EVERY_MS)
      await waiting.done
    }
  }
  const running = loop()
  return {
    async stop() {
      stopped = true
      waiting?.end()
      await running
    },
  }
}

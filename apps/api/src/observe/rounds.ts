import type { Log } from '../engine/ports.ts'
import type { Wait } from '../worker/worker.ts'

export interface Rounds {
  /** At the most often: a round that takes long rests in proportion. */
  readonly everyMs: number
  readonly work: () => Promise<void>
  readonly now: () => number
  readonly log: Log
  readonly waitFor: (ms: number) => Wait
}

/** A round rests so many times as long as it took: upkeep is never more than a twentieth of what the database does. */
const REST_PER_WORK = 20

/** Does a piece of upkeep now and again. A round that fails is told and made up for by the next. */
export function startRounds({ everyMs, work, now, log, waitFor }: Rounds): { stop(): Promise<void> } {
  let stopped = false
  let waiting: Wait | null = null
  const loop = async (): Promise<void> => {
    while (!stopped) {
      const beganMs = now()
      try {
        await work()
      } catch (error) {
        log.warn({ err: error }, 'a round of upkeep failed; the next one makes up for it')
      }
      if (stopped) return
      waiting = waitFor(Math.max(everyMs, (now() - beganMs) * REST_PER_WORK))
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

import type { Log } from '../engine/ports.ts'
import type { Wait } from '../worker/worker.ts'

/** Does a piece of upkeep now and again. A round that fails is told and made up for by the next. */
export function startRounds(
  everyMs: number,
  work: () => Promise<void>,
  log: Log,
  waitFor: (ms: number) => Wait,
): { stop(): Promise<void> } {
  let stopped = false
  let waiting: Wait | null = null
  const loop = async (): Promise<void> => {
    while (!stopped) {
      try {
        await work()
      } catch (error) {
        log.warn({ err: error }, 'a round of upkeep failed; the next one makes up for it')
      }
      if (stopped) return
      waiting = waitFor(everyMs)
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

import { monitorEventLoopDelay } from 'node:perf_hooks'

const EVERY_MS = 10

/** How late this process comes to what it has to do, in the mean since it was last asked. */
export interface Lateness {
  ms(): number
  stop(): void
}

export function watchLateness(): Lateness {
  const delay = monitorEventLoopDelay({ resolution: EVERY_MS })
  delay.enable()
  let lastMs = 0
  return {
    ms() {
      // A sample is the time from one to the next, which is as long as it should be where nothing is late.
      if (delay.count > 0) lastMs = Math.max(0, delay.mean / 1e6 - EVERY_MS)
      delay.reset()
      return lastMs
    },
    stop: () => void delay.disable(),
  }
}

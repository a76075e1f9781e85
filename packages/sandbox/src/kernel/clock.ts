import type { Clock } from './types.ts'

/** A clock that runs with its base and can be pushed forward, never back. */
export interface MovableClock extends Clock {
  /** Moves to `atMs` if that lies ahead. */
  reach(atMs: number): void
  /** How far ahead of its base the clock runs; saved so that a restart does not travel back in time. */
  offsetMs(): number
}

export function createClock(base: Clock, offsetMs = 0): MovableClock {
  let offset = offsetMs
  const now = () => base.now() + offset
  return {
    now,
    reach(atMs) {
      const ahead = atMs - now()
      if (ahead > 0) offset += ahead
    },
    offsetMs: () => offset,
  }
}

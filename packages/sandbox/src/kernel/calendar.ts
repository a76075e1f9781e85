export const INTERVALS = ['day', 'week', 'month', 'year'] as const
export type Interval = (typeof INTERVALS)[number]

export interface Every {
  readonly interval: Interval
  readonly count: number
}

const DAY_MS = 86_400_000
const LONGEST_MS = { day: DAY_MS, week: 7 * DAY_MS, month: 31 * DAY_MS, year: 366 * DAY_MS }
/** More cycles than any subscription here lives; only a broken clock reaches it. */
const CYCLE_LIMIT = 1_000_000

/** The instant `times` steps after `fromMs`, in UTC; a shorter month's last day stands for a day it lacks. */
export function addEvery(fromMs: number, every: Every, times = 1): number {
  const steps = every.count * times
  if (every.interval === 'day') return fromMs + steps * DAY_MS
  if (every.interval === 'week') return fromMs + steps * 7 * DAY_MS
  const from = new Date(fromMs)
  const months = from.getUTCMonth() + (every.interval === 'year' ? 12 * steps : steps)
  const lastDay = new Date(Date.UTC(from.getUTCFullYear(), months + 1, 0)).getUTCDate()
  const day = Math.min(from.getUTCDate(), lastDay)
  return Date.UTC(from.getUTCFullYear(), months, day) + (((fromMs % DAY_MS) + DAY_MS) % DAY_MS)
}

/**
 * The first boundary after `afterMs` on the grid that starts at `anchorMs`. Counted from the anchor, so that a
 * plan begun on the 31st is due on the 28th of February and on the 31st of March.
 */
export function nextBoundary(anchorMs: number, every: Every, afterMs: number): number {
  if (afterMs < anchorMs) return anchorMs
  const atLeast = Math.floor((afterMs - anchorMs) / (LONGEST_MS[every.interval] * every.count))
  for (let times = Math.max(1, atLeast); times < atLeast + CYCLE_LIMIT; times += 1) {
    const boundary = addEvery(anchorMs, every, times)
    if (boundary > afterMs) return boundary
  }
  throw new Error('no boundary within reach')
}

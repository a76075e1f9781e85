import type { PlanInterval } from '@onerouter/core'

const DAY_MS = 86_400_000
/** A span to search is never longer than this many periods: thirteen years of days. */
const PERIODS_MAX = 5_000

interface Cadence {
  readonly interval: PlanInterval
  readonly interval_count: number
}

/**
 * The moment `count` intervals after `fromMs`, or before it when negative, in UTC. A month's missing day is its
 * last one: the 31st of January plus a month is the 28th or 29th of February.
 */
export function addIntervals(fromMs: number, { interval, interval_count }: Cadence, count: number): number {
  const n = interval_count * count
  if (interval === 'day' || interval === 'week') return fromMs + n * DAY_MS * (interval === 'week' ? 7 : 1)
  const from = new Date(fromMs)
  const months = from.getUTCMonth() + n * (interval === 'year' ? 12 : 1)
  const day = from.getUTCDate()
  const last = new Date(Date.UTC(from.getUTCFullYear(), months + 1, 0)).getUTCDate()
  const to = new Date(fromMs)
  to.setUTCFullYear(from.getUTCFullYear(), months, Math.min(day, last))
  return to.getTime()
}

export interface Period {
  readonly startMs: number
  readonly endMs: number | null
}

/**
 * The period in which a charge was made, counted from a period that is known. A charge a little before a
 * period's start is that period's: providers charge ahead of the hour.
 */
export function periodAt(chargedAtMs: number, known: Period | null, cadence: Cadence): Period {
  if (known === null) return { startMs: chargedAtMs, endMs: addIntervals(chargedAtMs, cadence, 1) }
  const lengthMs = addIntervals(known.startMs, cadence, 1) - known.startMs
  const slackMs = Math.min(DAY_MS / 2, lengthMs / 4)
  const step = chargedAtMs + slackMs < known.startMs ? -1 : 1
  for (let k = 0; k < PERIODS_MAX; k++) {
    const startMs = addIntervals(known.startMs, cadence, k * step)
    const endMs = addIntervals(known.startMs, cadence, k * step + 1)
    if (startMs <= chargedAtMs + slackMs && chargedAtMs + slackMs < endMs) return { startMs, endMs }
  }
  return { startMs: chargedAtMs, endMs: addIntervals(chargedAtMs, cadence, 1) }
}

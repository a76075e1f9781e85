import type { AnalyticsInterval } from 'onerouter'
import type { Option } from '../ui/field.tsx'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

/** How far back a page of numbers looks, by the name in its address. */
export const RANGES: Readonly<Record<string, { readonly label: string; readonly ms: number }>> = {
  '24h': { label: 'Last 24 hours', ms: DAY_MS },
  '7d': { label: 'Last 7 days', ms: 7 * DAY_MS },
  '30d': { label: 'Last 30 days', ms: 30 * DAY_MS },
  '90d': { label: 'Last 90 days', ms: 90 * DAY_MS },
  '1y': { label: 'Last 12 months', ms: 365 * DAY_MS },
}
export const RANGE_OPTIONS: readonly Option[] = Object.entries(RANGES).map(([name, { label }]) => [
  name,
  label,
])
const USUAL_MS = 30 * DAY_MS

export interface Range {
  readonly fromMs: number
  readonly toMs: number
}

/** The answer's own unit of time, so that a question asked a moment later is the same one. */
const SLOT_MS = HOUR_MS / 4

export function rangeOf(name: string | undefined, nowMs: number): Range {
  const length = (name === undefined ? undefined : RANGES[name]?.ms) ?? USUAL_MS
  const toMs = Math.ceil(nowMs / SLOT_MS) * SLOT_MS
  return { fromMs: toMs - length, toMs }
}

/** As long, just before. */
export const rangeBefore = ({ fromMs, toMs }: Range): Range => ({ fromMs: 2 * fromMs - toMs, toMs: fromMs })

export const asked = ({ fromMs, toMs }: Range) => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
})

export const INTERVALS: readonly AnalyticsInterval[] = ['hour', 'day', 'week', 'month']
const INTERVAL_MS = {
  hour: HOUR_MS,
  day: DAY_MS,
  week: 7 * DAY_MS,
  month: 30 * DAY_MS,
} as const satisfies Record<AnalyticsInterval, number>
/** More columns than this are too thin to be pointed at. */
const COLUMNS_MAX = 100

/** About how long an interval is: months and days of daylight saving differ a little. */
export const lengthOf = (interval: AnalyticsInterval): number => INTERVAL_MS[interval]

/** What was wished for where that makes columns wide enough, else the finest that does. */
export function intervalFor(
  { fromMs, toMs }: Range,
  wished: AnalyticsInterval | undefined,
): AnalyticsInterval {
  const fits = (interval: AnalyticsInterval) => (toMs - fromMs) / INTERVAL_MS[interval] <= COLUMNS_MAX
  if (wished !== undefined && fits(wished)) return wished
  return INTERVALS.find(fits) ?? 'month'
}

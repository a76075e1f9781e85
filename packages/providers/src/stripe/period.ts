import type { PlanInterval } from '@onerouter/core'

const DAY_S = 86_400
const MONTHS = { day: 0, week: 0, month: 1, year: 12 } as const satisfies Record<PlanInterval, number>
const DAYS = { day: 1, week: 7, month: 0, year: 0 } as const satisfies Record<PlanInterval, number>

/**
 * The end of the `periods`-th period after `anchor` (Unix seconds). Months are counted from the anchor, in UTC, and
 * a day that a month lacks is its last one (Stripe documentation, Billing cycle).
 */
export function endOfPeriods(
  anchor: number,
  every: { readonly interval: PlanInterval; readonly count: number },
  periods: number,
): number {
  const steps = every.count * periods
  const months = MONTHS[every.interval] * steps
  if (months === 0) return anchor + DAYS[every.interval] * steps * DAY_S
  const start = new Date(anchor * 1000)
  const month = start.getUTCMonth() + months
  const lastDay = new Date(Date.UTC(start.getUTCFullYear(), month + 1, 0)).getUTCDate()
  const day = Math.min(start.getUTCDate(), lastDay)
  const secondsOfDay = anchor - Math.floor(anchor / DAY_S) * DAY_S
  return Date.UTC(start.getUTCFullYear(), month, day) / 1000 + secondsOfDay
}

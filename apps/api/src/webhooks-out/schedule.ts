/**
 * When a delivery is tried, in seconds after the try before: Standard Webhooks' sample schedule, a little over
 * three days, so that what broke on Friday night is still there on Monday morning.
 */
export const SCHEDULE_S = [0, 5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400] as const
export const TRIES = SCHEDULE_S.length

const RETRY_AFTER_MAX_MS = 86_400_000

/**
 * Milliseconds from a failed try to the next; `null` when there is none left.
 * @param step place of the failed try, from 0
 * @param random in [0, 1): spreads the tries over [0.8, 1.2] of the time, so that receivers are not hit in waves
 * @param retryAfterMs what the receiver asked for; kept between half the schedule and a day
 */
export function nextTryMs(step: number, random: number, retryAfterMs: number | null): number | null {
  const seconds = SCHEDULE_S[step + 1]
  if (seconds === undefined) return null
  const plannedMs = seconds * 1000
  if (retryAfterMs !== null) {
    return Math.round(Math.min(RETRY_AFTER_MAX_MS, Math.max(plannedMs / 2, retryAfterMs)))
  }
  return Math.round(plannedMs * (0.8 + 0.4 * random))
}

/** Reads `Retry-After` in both of its forms (RFC 9110, section 10.2.3); `null` for neither. */
export function retryAfterMs(header: string | undefined, nowMs: number): number | null {
  if (header === undefined) return null
  const text = header.trim()
  if (/^\d{1,9}$/.test(text)) return Number.parseInt(text, 10) * 1000
  // Dates begin with a weekday; anything else Date.parse would guess about.
  const at = /^(mon|tue|wed|thu|fri|sat|sun)/i.test(text) ? Date.parse(text) : Number.NaN
  return Number.isNaN(at) ? null : Math.max(0, at - nowMs)
}

/** What is known about a try that failed. */
export interface FailedTry {
  /** 0 for the first. */
  readonly attempt: number
  /** `null` when no whole answer arrived. */
  readonly answer: { readonly status: number; readonly headers: Headers } | null
}

const BASE_MS = 500
const LONGEST_MS = 8_000
/** A longer wait is the caller's decision: the error says how long it would be. */
const LONGEST_RETRY_AFTER_S = 60

const RETRIED: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504])

/** Whether a status alone lets hope for a later try. */
export function isRetried(status: number): boolean {
  return RETRIED.has(status)
}

/**
 * Milliseconds until the next try, or `null` to give up. The server's `OneRouter-Should-Retry` wins over its
 * status, and `Retry-After` over our own schedule: exponential with full jitter (AWS Architecture Blog,
 * "Exponential Backoff And Jitter"), so that clients that failed together do not come back together.
 */
export function retryDelayMs(failed: FailedTry, nowMs: number, random: () => number): number | null {
  if (failed.answer !== null) {
    const { status, headers } = failed.answer
    const advice = headers.get('onerouter-should-retry')
    if (advice === 'false' || (advice !== 'true' && !isRetried(status))) return null
    const seconds = retryAfterSeconds(headers, nowMs)
    if (seconds !== undefined) return seconds > LONGEST_RETRY_AFTER_S ? null : seconds * 1000
  }
  return Math.floor(random() * Math.min(LONGEST_MS, BASE_MS * 2 ** failed.attempt))
}

/** `Retry-After` in seconds (RFC 9110, 10.2.3: a count or a date); undefined where it is absent or nonsense. */
export function retryAfterSeconds(headers: Headers, nowMs: number): number | undefined {
  const text = headers.get('retry-after')?.trim() ?? ''
  if (/^\d{1,9}$/.test(text)) return Number(text)
  const at = text === '' ? Number.NaN : Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.max(0, Math.ceil((at - nowMs) / 1000))
}

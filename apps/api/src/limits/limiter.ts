import type { Limits } from '../http/principal.ts'

/** How one of the two windows stands after a decision. */
export interface WindowState {
  readonly limit: number
  readonly remaining: number
  /** Seconds until quota comes back, rounded up. */
  readonly resetS: number
}

export interface Decision {
  readonly allowed: boolean
  readonly minute: WindowState
  readonly day: WindowState
  /** Seconds after which the same request is certain to be admitted, if nothing else is sent; 0 when allowed. */
  readonly retryAfterS: number
}

/**
 * Per minute and per UTC day in one atomic decision: a refused request uses up neither. Never more than
 * `perMinute` admissions in any 60 seconds, not just in aligned ones.
 */
export interface Limiter {
  take(id: string, limits: Limits): Promise<Decision>
  /** Whether the shared store answers; `off` where there is none. */
  check(): Promise<'ok' | 'failed' | 'off'>
  close(): Promise<void>
}

export const MINUTE_MS = 60_000
export const DAY_MS = 86_400_000

/** Up to this limit every admission is remembered; above it, admissions are counted in one-second buckets. */
export const EXACT_UP_TO = 1_000
export const BUCKET_MS = 1_000

export const seconds = (ms: number): number => Math.max(0, Math.ceil(ms / 1000))

/** The next UTC midnight: days are counted as a quota whose reset everybody can predict. */
export function untilMidnightMs(nowMs: number): number {
  return DAY_MS - (nowMs % DAY_MS)
}

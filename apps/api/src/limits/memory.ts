import type { Limits } from '../http/principal.ts'
import {
  BUCKET_MS,
  DAY_MS,
  type Decision,
  EXACT_UP_TO,
  type Limiter,
  MINUTE_MS,
  seconds,
  untilMidnightMs,
} from './limiter.ts'

interface Counts {
  /** Admissions of the last minute, oldest first: times below `EXACT_UP_TO`, else starts of buckets. */
  readonly minute: Entry[]
  newestMs: number
  day: number
  dayCount: number
}
interface Entry {
  readonly atMs: number
  count: number
}

/** Idle keys are forgotten in insertion order beyond this many; forgetting one can only loosen its limit. */
const KEYS_MAX = 50_000

/** The limiter of one process. Same decisions as the Redis one; a shared property suite holds both to it. */
export function createMemoryLimiter(now: () => number): Limiter {
  const keys = new Map<string, Counts>()
  return {
    async take(id, limits) {
      const counts = keys.get(id) ?? { minute: [], newestMs: 0, day: 0, dayCount: 0 }
      // Re-inserting moves the key to the end: the first ones are the idle ones.
      keys.delete(id)
      keys.set(id, counts)
      if (keys.size > KEYS_MAX) for (const oldest of keys.keys()) if (keys.delete(oldest)) break
      return decide(counts, limits, now())
    },
    check: async () => 'off',
    close: async () => undefined,
  }
}

function decide(counts: Counts, limits: Limits, clockMs: number): Decision {
  // A clock that steps back must not give quota away.
  const nowMs = Math.max(clockMs, counts.newestMs)
  counts.newestMs = nowMs
  const today = Math.floor(nowMs / DAY_MS)
  if (today !== counts.day) {
    counts.day = today
    counts.dayCount = 0
  }
  const windowMs = limits.perMinute <= EXACT_UP_TO ? MINUTE_MS : MINUTE_MS + BUCKET_MS
  forgetOld(counts.minute, nowMs - windowMs)
  const used = counts.minute.reduce((sum, entry) => sum + entry.count, 0)
  const minuteFull = used >= limits.perMinute
  const dayFull = counts.dayCount >= limits.perDay
  const allowed = !minuteFull && !dayFull
  if (allowed) {
    admit(counts.minute, nowMs, limits.perMinute)
    counts.dayCount += 1
  }
  const minuteWaitMs = waitMs(counts.minute, minuteFull ? used - limits.perMinute + 1 : 1, nowMs, windowMs)
  const dayWaitMs = untilMidnightMs(nowMs)
  const taken = allowed ? 1 : 0
  return {
    allowed,
    minute: {
      limit: limits.perMinute,
      remaining: Math.max(0, limits.perMinute - used - taken),
      resetS: seconds(minuteWaitMs),
    },
    day: {
      limit: limits.perDay,
      remaining: Math.max(0, limits.perDay - counts.dayCount),
      resetS: seconds(dayWaitMs),
    },
    retryAfterS: allowed
      ? 0
      : Math.max(1, seconds(Math.max(minuteFull ? minuteWaitMs : 0, dayFull ? dayWaitMs : 0))),
  }
}

function forgetOld(entries: Entry[], upToMs: number): void {
  const kept = entries.findIndex((entry) => entry.atMs > upToMs)
  entries.splice(0, kept < 0 ? entries.length : kept)
}

function admit(entries: Entry[], nowMs: number, perMinute: number): void {
  const atMs = perMinute <= EXACT_UP_TO ? nowMs : nowMs - (nowMs % BUCKET_MS)
  const newest = entries.at(-1)
  if (newest?.atMs === atMs) newest.count += 1
  else entries.push({ atMs, count: 1 })
}

/** Milliseconds until `needed` of the remembered admissions have left the window. */
function waitMs(entries: readonly Entry[], needed: number, nowMs: number, windowMs: number): number {
  let freed = 0
  for (const entry of entries) {
    freed += entry.count
    if (freed >= needed) return entry.atMs + windowMs - nowMs
  }
  return 0
}

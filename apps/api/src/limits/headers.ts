import type { Decision } from './limiter.ts'

/**
 * The fields of draft-ietf-httpapi-ratelimit-headers, and the X- trio that older clients read. `t` counts
 * seconds from now; X-RateLimit-Reset is a Unix time, as its users expect.
 */
export function limitHeaders(decision: Decision, nowMs: number): Record<string, string> {
  const { minute, day } = decision
  const tightest = day.remaining < minute.remaining ? day : minute
  return {
    'ratelimit-policy': `"minute";q=${minute.limit};w=60, "daily";q=${day.limit};w=86400`,
    ratelimit: `"minute";r=${minute.remaining};t=${minute.resetS}, "daily";r=${day.remaining};t=${day.resetS}`,
    'x-ratelimit-limit': String(tightest.limit),
    'x-ratelimit-remaining': String(tightest.remaining),
    'x-ratelimit-reset': String(Math.ceil(nowMs / 1000) + tightest.resetS),
  }
}

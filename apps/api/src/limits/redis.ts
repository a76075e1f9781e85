import { Redis } from 'ioredis'
import type { Limits } from '../http/principal.ts'
import { BUCKET_MS, DAY_MS, type Decision, EXACT_UP_TO, type Limiter, MINUTE_MS, seconds } from './limiter.ts'

/**
 * The decision in one call, on Redis' own clock. Admissions are a list of `time:count`, oldest first; both
 * windows are looked at before either is written.
 */
const SCRIPT = `
local per_minute, per_day = tonumber(ARGV[1]), tonumber(ARGV[2])
local exact = per_minute <= ${EXACT_UP_TO}
local window = exact and ${MINUTE_MS} or ${MINUTE_MS + BUCKET_MS}
local time = redis.call('TIME')
local now = tonumber(ARGV[3])
if now < 0 then now = time[1] * 1000 + math.floor(time[2] / 1000) end
local state = redis.call('HMGET', KEYS[2], 'newest', 'day', 'count')
now = math.max(now, tonumber(state[1]) or 0)
local today = math.floor(now / ${DAY_MS})
local day_count = tonumber(state[2]) == today and tonumber(state[3]) or 0
local entries = redis.call('LRANGE', KEYS[1], 0, -1)
local first, used, last_at, last_count = #entries + 1, 0, nil, nil
for i, entry in ipairs(entries) do
  local at, count = string.match(entry, '(%d+):(%d+)')
  at, count = tonumber(at), tonumber(count)
  if at > now - window then
    if first > i then first = i end
    used = used + count
    last_at, last_count = at, count
  end
end
if first > 1 then redis.call('LTRIM', KEYS[1], first - 1, -1) end
local minute_full, day_full = used >= per_minute, day_count >= per_day
local allowed = not minute_full and not day_full
if allowed then
  local at = exact and now or now - now % ${BUCKET_MS}
  local text = string.format('%.0f:', at)
  if last_at == at then
    redis.call('LSET', KEYS[1], -1, text .. (last_count + 1))
    if first == #entries then entries[first] = text .. (last_count + 1) end
  else
    redis.call('RPUSH', KEYS[1], text .. '1')
    entries[#entries + 1] = text .. '1'
  end
  day_count = day_count + 1
end
redis.call('PEXPIRE', KEYS[1], window)
redis.call('HSET', KEYS[2], 'newest', string.format('%.0f', now), 'day', today, 'count', day_count)
redis.call('PEXPIRE', KEYS[2], ${DAY_MS})
local needed, freed, wait = minute_full and used - per_minute + 1 or 1, 0, 0
for i = first, #entries do
  local at, count = string.match(entries[i], '(%d+):(%d+)')
  freed = freed + tonumber(count)
  if freed >= needed then
    wait = tonumber(at) + window - now
    break
  end
end
return { allowed and 1 or 0, used, day_count, minute_full and 1 or 0, day_full and 1 or 0, wait, ${DAY_MS} - now % ${DAY_MS} }
`

/** Slower than this, the answer of the memory limiter is better than a late one. */
const COMMAND_TIMEOUT_MS = 50

export interface RedisLimiterOptions {
  readonly url: string
  /** Decides while Redis cannot: limits then hold per process. */
  readonly fallback: Limiter
  readonly onFailure: (error: unknown) => void
  /** Tests move time by themselves; the product always uses Redis' clock. */
  readonly now?: () => number
  readonly prefix?: string
  readonly commandTimeoutMs?: number
}

/** The limiter that several processes share. `ready` settles once Redis answers, or after a second without. */
export function createRedisLimiter(
  options: RedisLimiterOptions,
): Limiter & { readonly ready: Promise<void> } {
  const redis = new Redis(options.url, {
    commandTimeout: options.commandTimeoutMs ?? COMMAND_TIMEOUT_MS,
    connectTimeout: 1_000,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 200, 5_000),
  })
  redis.on('error', options.onFailure)
  redis.defineCommand('onerouterTake', { numberOfKeys: 2, lua: SCRIPT })
  const prefix = options.prefix ?? 'rl'
  const ready = new Promise<void>((resolve) => {
    redis.once('ready', () => resolve())
    redis.once('error', () => resolve())
    redis.once('end', () => resolve())
  })
  return {
    ready,
    async take(id, limits) {
      // The braces keep both keys on one node of a Redis cluster.
      const keys = [`${prefix}:{${id}}:m`, `${prefix}:{${id}}:d`]
      try {
        const reply = await callScript(redis, keys, [limits.perMinute, limits.perDay, options.now?.() ?? -1])
        return toDecision(reply, limits)
      } catch (error) {
        options.onFailure(error)
        return options.fallback.take(id, limits)
      }
    },
    async check() {
      try {
        return (await redis.ping()) === 'PONG' ? 'ok' : 'failed'
      } catch {
        return 'failed'
      }
    },
    async close() {
      redis.disconnect()
      await options.fallback.close()
    },
  }
}

async function callScript(redis: Redis, keys: readonly string[], args: readonly number[]): Promise<number[]> {
  // Commands made by defineCommand exist at run time only.
  const client = redis as Redis & { onerouterTake(...args: (string | number)[]): Promise<number[]> }
  return client.onerouterTake(...keys, ...args)
}

function toDecision(reply: readonly number[], limits: Limits): Decision {
  const [allowed = 0, used = 0, dayCount = 0, minuteFull = 0, dayFull = 0, waitMs = 0, midnightMs = 0] = reply
  const retryMs = Math.max(minuteFull === 1 ? waitMs : 0, dayFull === 1 ? midnightMs : 0)
  return {
    allowed: allowed === 1,
    minute: {
      limit: limits.perMinute,
      remaining: Math.max(0, limits.perMinute - used - allowed),
      resetS: seconds(waitMs),
    },
    day: {
      limit: limits.perDay,
      remaining: Math.max(0, limits.perDay - dayCount),
      resetS: seconds(midnightMs),
    },
    retryAfterS: allowed === 1 ? 0 : Math.max(1, seconds(retryMs)),
  }
}

import { expect, test } from 'vitest'
import { redisUrl } from '../../../../test/harness/redis.ts'
import { createMemoryLimiter } from './memory.ts'
import { limiterProperties } from './properties.ts'
import { createRedisLimiter } from './redis.ts'

const url = redisUrl()
if (url === null) test.skipIf(true)('SKIPPED: the Redis limiter needs a redis-server', () => undefined)
else {
  limiterProperties(
    'Redis',
    async () => {
      let now = 0
      const limiter = createRedisLimiter({
        url,
        fallback: createMemoryLimiter(() => now),
        onFailure: (error) => {
          throw error
        },
        now: () => now,
        // The guarantee under test is the decision, not how fast a busy machine makes it.
        commandTimeoutMs: 10_000,
      })
      await limiter.ready
      return {
        limiter,
        setNow: (ms) => {
          now = ms
        },
      }
    },
    50,
  )
}

test('H36: without Redis the limit holds in the process instead of failing', async () => {
  const failures: unknown[] = []
  const limiter = createRedisLimiter({
    url: 'redis://127.0.0.1:1',
    fallback: createMemoryLimiter(() => 0),
    onFailure: (error) => failures.push(error),
  })
  const limits = { perMinute: 1, perDay: 10 }
  expect((await limiter.take('key', limits)).allowed).toBe(true)
  expect((await limiter.take('key', limits)).allowed).toBe(false)
  expect(failures.length).toBeGreaterThan(0)
  await limiter.close()
})

import { createMemoryLimiter } from './memory.ts'
import { limiterProperties } from './properties.ts'

limiterProperties(
  'memory',
  async () => {
    let now = 0
    return {
      limiter: createMemoryLimiter(() => now),
      setNow: (ms) => {
        now = ms
      },
    }
  },
  300,
)

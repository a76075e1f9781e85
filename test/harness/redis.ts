/** The Redis of this test run, for suites that need one. */
import { inject } from 'vitest'

/**
 * Its address, or `null` when the machine has none: `describe.skipIf(redisUrl() === null)`. The run says so
 * once, in its first lines.
 */
export function redisUrl(): string | null {
  return inject('redisUrl')
}

import type { TokenCache } from './spec.ts'

/** More credential versions than one process ever serves at once; the oldest entry gives way. */
const ENTRIES_MAX = 4096

/** OAuth tokens in memory. Losing it costs one token request, so it is never persisted. */
export function createTokenCache(): TokenCache {
  const entries = new Map<string, { readonly token: string; readonly expiresAtMs: number }>()
  const running = new Map<string, Promise<unknown>>()
  return {
    get: (key) => entries.get(key),
    set(key, token, expiresAtMs) {
      entries.delete(key)
      entries.set(key, { token, expiresAtMs })
      const oldest = entries.size > ENTRIES_MAX ? entries.keys().next() : undefined
      if (oldest !== undefined && !oldest.done) entries.delete(oldest.value)
    },
    drop(key) {
      entries.delete(key)
    },
    single<T>(key: string, run: () => Promise<T>): Promise<T> {
      const current = running.get(key)
      // Callers pass one T per key, because a key names one kind of token; the map cannot express that.
      if (current !== undefined) return current as Promise<T>
      const started = run().finally(() => running.delete(key))
      running.set(key, started)
      return started
    },
  }
}

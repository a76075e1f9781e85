/** What a client takes from the world it runs in; tests hand in their own. */
export interface System {
  readonly fetch: typeof fetch
  /** Milliseconds since 1970. */
  now(): number
  /** Uniform in [0, 1). */
  random(): number
  /** A key nobody has used before. */
  newIdempotencyKey(): string
  /** Calls back once after that time; the answer cancels it. */
  after(ms: number, callback: () => void): () => void
  env(name: string): string | undefined
}

/** Node, Deno, Bun, browsers and edge runtimes alike: nothing here exists in only one of them. */
export const SYSTEM: System = {
  // Looked up at each call, so that instrumentation installed later is used too.
  fetch: (input, init) => globalThis.fetch(input, init),
  now: () => Date.now(),
  random: () => Math.random(),
  newIdempotencyKey: () => crypto.randomUUID(),
  after(ms, callback) {
    const timer = setTimeout(callback, ms)
    return () => clearTimeout(timer)
  },
  env(name) {
    // Edge runtimes and browsers have no process.
    const { process } = globalThis as { readonly process?: { readonly env?: Record<string, string> } }
    return process?.env?.[name]
  },
}

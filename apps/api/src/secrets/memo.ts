const TTL_MS = 60_000
const ENTRIES_MAX = 5_000

export interface Memo<T> {
  get(key: string, load: () => Promise<T>): Promise<T>
  drop(matches: (key: string) => boolean): void
}

/**
 * A bounded memory with a time limit. Who asks for one thing at once shares one look; what was dropped while it loaded is
 * neither remembered nor given to anybody who asked afterwards.
 */
export function createMemo<T>(now: () => number): Memo<T> {
  const entries = new Map<string, { readonly value: T; readonly untilMs: number }>()
  const flights = new Map<string, Promise<T>>()
  let generation = 0
  const fetch = async (key: string, load: () => Promise<T>): Promise<T> => {
    const begun = generation
    const value = await load()
    if (begun !== generation) return value
    if (entries.size >= ENTRIES_MAX) for (const oldest of entries.keys()) if (entries.delete(oldest)) break
    entries.set(key, { value, untilMs: now() + TTL_MS })
    return value
  }
  return {
    get(key, load) {
      const known = entries.get(key)
      if (known !== undefined && known.untilMs > now()) return Promise.resolve(known.value)
      const under = flights.get(key)
      if (under !== undefined) return under
      const flight = fetch(key, load).finally(() => {
        if (flights.get(key) === flight) flights.delete(key)
      })
      flights.set(key, flight)
      return flight
    },
    drop(matches) {
      generation += 1
      flights.clear()
      for (const key of entries.keys()) if (matches(key)) entries.delete(key)
    },
  }
}

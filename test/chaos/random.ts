/** A seeded source of chance: the same seed draws the same faults, at the same moments, in the same order. */
export interface Random {
  /** A whole number from 0 to `below` - 1. */
  int(below: number): number
  chance(probability: number): boolean
  pick<const T>(from: readonly [T, ...T[]]): T
  /** A source of its own, so that what one client draws does not move what another one draws. */
  fork(name: string): Random
}

/** mulberry32: 32 bits of state are plenty for a schedule. */
export function createRandom(seed: number): Random {
  let state = seed >>> 0
  const u32 = (): number => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return (mixed ^ (mixed >>> 14)) >>> 0
  }
  const int = (below: number) => u32() % below
  return {
    int,
    chance: (probability) => u32() < probability * 2 ** 32,
    pick: (from) => from[int(from.length)] ?? from[0],
    fork(name) {
      let hash = seed >>> 0
      for (const char of name) hash = (Math.imul(hash, 31) + (char.codePointAt(0) ?? 0)) >>> 0
      return createRandom(hash)
    },
  }
}

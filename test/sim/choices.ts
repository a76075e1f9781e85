/**
 * Every choice of a history comes from here, as a sequence of 32-bit numbers: drawn from a seed, or taken from a
 * recorded list with 0 for every draw past its end. 0 always means "nothing bad happens", which is what lets a
 * failing history shrink.
 */
export interface Choices {
  u32(): number
  /** True with probability `p`; never for a draw of 0. */
  chance(p: number): boolean
  /** 0 to n - 1. */
  int(n: number): number
  /** a to b, both included; a for a draw of 0. */
  range(a: number, b: number): number
  pick<T>(items: readonly [T, ...T[]]): T
  /** What was drawn so far, when recording. */
  readonly drawn: readonly number[]
}

const LIMIT = 2 ** 32

function derive(u32: () => number, drawn: readonly number[]): Choices {
  const int = (n: number) => Math.floor((u32() / LIMIT) * n)
  return {
    u32,
    int,
    drawn,
    chance: (p) => p > 0 && u32() / LIMIT >= 1 - p,
    range: (a, b) => a + int(b - a + 1),
    pick: (items) => items[int(items.length)] ?? items[0],
  }
}

/** sfc32, seeded through a mixer: small, fast, the same on every machine. */
export function seeded(seed: number, record = false): Choices {
  let state = seed >>> 0
  const mix = () => {
    state = (state + 0x9e3779b9) >>> 0
    let z = state
    z = Math.imul(z ^ (z >>> 16), 0x21f0aaad)
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
    return (z ^ (z >>> 15)) >>> 0
  }
  let a = mix()
  let b = mix()
  let c = mix()
  let counter = 1
  const next = () => {
    const t = (((a + b) | 0) + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return t >>> 0
  }
  for (let i = 0; i < 8; i++) next()
  if (!record) return derive(next, [])
  const drawn: number[] = []
  const recorded = () => {
    const value = next()
    drawn.push(value)
    return value
  }
  return derive(recorded, drawn)
}

export function replayed(list: readonly number[]): Choices {
  let i = 0
  return derive(() => list[i++] ?? 0, list)
}

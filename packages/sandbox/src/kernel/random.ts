import type { Random } from './types.ts'

export const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
export const HEX = '0123456789abcdef'

/** A generator whose position can be saved, so that a restarted sandbox never repeats an id. */
export interface SeededRandom extends Random {
  state(): readonly number[]
}

/** sfc32: 128 bits of state and no arithmetic beyond 32 bits, so every machine draws the same numbers. */
export function createRandom(seed: number, saved?: readonly number[]): SeededRandom {
  let [a = 0x9e3779b9, b = 0x243f6a88, c = 0xb7e15162, counter = 1] = saved ?? [
    0x9e3779b9,
    seed >>> 0,
    Math.floor(seed / 0x1_0000_0000) >>> 0,
    1,
  ]
  function u32(): number {
    const out = (a + b + counter) | 0
    counter = (counter + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + out) | 0
    return out >>> 0
  }
  // The first outputs still resemble the seed; twelve rounds are the author's own warm-up.
  if (saved === undefined) for (let round = 0; round < 12; round += 1) u32()
  return {
    u32,
    text(alphabet, length) {
      let out = ''
      for (let i = 0; i < length; i += 1) {
        out += alphabet.charAt(Math.floor((u32() / 0x1_0000_0000) * alphabet.length))
      }
      return out
    },
    state: () => [a, b, c, counter],
  }
}

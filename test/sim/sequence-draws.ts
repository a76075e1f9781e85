/** What random transactions of all kinds are drawn with. */
import type { SimStore } from './memory-context.ts'
import type { Play } from './sequences.ts'

export type Step = readonly [name: keyof SimStore, args: readonly unknown[]]

export type Draw = (play: Play) => Step | null

/** Delays are compared coarsely; see `sequences.ts`. */
const DELAYS = [7_000, 47_000, 307_000] as const

export function some<T>(play: Play, rows: Iterable<T>): T | null {
  const all = [...rows]
  return all[play.choices.int(Math.max(1, all.length))] ?? null
}

export const delay = ({ choices }: Play) => choices.pick(DELAYS)
export const maybeDelay = (play: Play) => (play.choices.chance(0.4) ? null : delay(play))

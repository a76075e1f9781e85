/** Many histories from consecutive seeds. */
import type { Violation } from './check.ts'
import { replayed, seeded } from './choices.ts'
import { runHistory } from './history.ts'
import type { Mark, Marks } from './marks.ts'

export interface Found extends Violation {
  readonly seed: number
}

export interface BatchResult {
  readonly histories: number
  readonly events: number
  /** Processor time of this process, with what V8 compiles and collects beside the histories. */
  readonly cpuMs: number
  readonly marks: readonly (readonly [Mark, number])[]
  readonly found: readonly Found[]
}

/** More examples of one run help nobody. */
const FOUND_MAX = 50

/** `until`: stops after the first history with a violation. Must be called outside any microtask. */
export function runBatch(
  seeds: { readonly from: number; readonly count: number; readonly untilFound?: boolean },
  drain: () => void,
): BatchResult {
  const began = process.cpuUsage()
  const marks: Marks = new Map()
  const found: Found[] = []
  let events = 0
  let histories = 0
  for (let seed = seeds.from; seed < seeds.from + seeds.count; seed++) {
    const result = runHistory(seeded(seed), { marks, drain })
    histories += 1
    events += result.events
    for (const one of result.violations) if (found.length < FOUND_MAX) found.push({ ...one, seed })
    if (seed === seeds.from && runHistory(seeded(seed), { marks: new Map(), drain }).hash !== result.hash) {
      found.push({ kind: 'not deterministic', detail: 'two runs of one seed differ', seed })
    }
    if (seeds.untilFound === true && found.length > 0) break
  }
  const { user, system } = process.cpuUsage(began)
  return { histories, events, cpuMs: (user + system) / 1_000, marks: [...marks], found }
}

/** One history from a list of choices. Must be called outside any microtask. */
export function runKept(choices: readonly number[], drain: () => void): BatchResult {
  const began = process.cpuUsage()
  const marks: Marks = new Map()
  const { events, violations } = runHistory(replayed(choices), { marks, drain })
  const { user, system } = process.cpuUsage(began)
  const found = violations.map((one) => ({ ...one, seed: 0 }))
  return { histories: 1, events, cpuMs: (user + system) / 1_000, marks: [...marks], found }
}

/** Histories that once failed are played first. */
import { replayed } from './choices.ts'
import { runHistory } from './history.ts'
import { type Regression, readRegressions } from './regressions.ts'

export interface KeptResult {
  readonly played: number
  readonly failed: readonly (Regression & { readonly violation: string })[]
}

/** Must be called outside any microtask. */
export function playRegressions(drain: () => void): KeptResult {
  const all = readRegressions()
  const failed = all.flatMap((one) => {
    const [first] = runHistory(replayed(one.choices), { marks: new Map(), drain }).violations
    return first === undefined ? [] : [{ ...one, violation: `${first.kind}: ${first.detail}` }]
  })
  return { played: all.length, failed }
}

/** One history, shown: its violations, itself as a sequence diagram, and how to see it again. */
import { pathToFileURL } from 'node:url'
import { type Choices, replayed, seeded } from './choices.ts'
import { sequenceDiagram } from './diagram.ts'
import { type HistoryResult, runHistory } from './history.ts'
import { outsideMicrotasks } from './loop.ts'
import { keepRegression, readRegression } from './regressions.ts'
import { shrink } from './shrink.ts'

/** Must be called outside any microtask. */
function play(choices: Choices, drain: () => void, traced = false): HistoryResult {
  return runHistory(choices, { marks: new Map(), drain, traced })
}

/** Answers whether it is clean. */
export async function replay(what: string): Promise<boolean> {
  const seed = /^\d+$/.test(what) ? Number(what) : null
  const kept = seed === null ? readRegression(pathToFileURL(what)).choices : []
  return await outsideMicrotasks((drain) => {
    const result = play(seed === null ? replayed(kept) : seeded(seed), drain, true)
    console.log(sequenceDiagram(result.trace))
    for (const { kind, detail } of result.violations) console.log(`\n${kind}: ${detail}`)
    if (result.violations.length === 0) console.log('\nNo violation.')
    return result.violations.length === 0
  })
}

/** Shrinks the failing history of a seed, shows what is left, and keeps it when it is given a name. */
export async function showFailure(
  { seed, kind }: { readonly seed: number; readonly kind: string },
  keepAs: string | null,
): Promise<void> {
  await outsideMicrotasks((drain) => {
    const choices = seeded(seed, true)
    const first = play(choices, drain)
    const drawn = [...choices.drawn]
    const fails = (list: readonly number[]) =>
      play(replayed(list), drain).violations.some((one) => one.kind === kind)
    if (!first.violations.some((one) => one.kind === kind) || !fails(drawn)) {
      console.log(`Seed ${seed} does not show "${kind}" again: something here is not deterministic.`)
      return
    }
    const small = shrink(drawn, fails)
    const result = play(replayed(small.choices), drain, true)
    const alive = small.choices.filter((value) => value !== 0).length
    console.log(`\nSeed ${seed}, "${kind}", made small in ${small.runs} runs:`)
    console.log(`${drawn.length} choices → ${small.choices.length}, of which ${alive} are not 0.\n`)
    console.log(sequenceDiagram(result.trace))
    for (const one of result.violations) console.log(`\n${one.kind}: ${one.detail}`)
    console.log(`\nThe whole history again: npm run sim -- --replay ${seed}`)
    if (keepAs === null) return
    keepRegression({
      name: keepAs,
      guards: `${kind} (say what it guards)`,
      violation: kind,
      mutant: null,
      choices: small.choices,
    })
    console.log(`Kept: npm run sim -- --replay test/sim/regressions/${keepAs}.json`)
  })
}

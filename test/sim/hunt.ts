/** Every seeded bug must be found by histories from consecutive seeds; how many it takes is the measure. */
import type { Mutant } from './mutate.ts'
import { problemsOf } from './mutate.ts'
import type { Options } from './options.ts'
import { startRunner } from './pool.ts'
import { writeMutantReport } from './report.ts'

export interface Hunted {
  readonly mutant: Mutant
  /** Histories until the first violation; `null` = not found. */
  readonly histories: number | null
  readonly violation: string
}

const BATCH = 500

export async function hunt(mutant: Mutant, seed: number, most: number): Promise<Hunted> {
  const runner = await startRunner(mutant)
  try {
    for (let done = 0; done < most; ) {
      const count = Math.min(BATCH, most - done)
      const result = await runner.run({ from: seed + done, count, untilFound: true })
      const [first] = result.found
      done += result.histories
      if (first !== undefined) return { mutant, histories: done, violation: first.kind }
    }
    return { mutant, histories: null, violation: '' }
  } finally {
    await runner.end()
  }
}

export const medianOf = (hunted: readonly Hunted[]): number => {
  const all = hunted.map((one) => one.histories ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b)
  return all[Math.floor((all.length - 1) / 2)] ?? Number.NaN
}

/** Answers whether all were found. */
export async function huntMutants(all: readonly Mutant[], options: Options): Promise<boolean> {
  const problems = problemsOf(all)
  for (const problem of problems) console.log(problem)
  if (problems.length > 0) return false
  const wanted = all.filter(({ name }) => options.only.length === 0 || options.only.includes(name))
  const hunted: Hunted[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let mutant = wanted[next++]; mutant !== undefined; mutant = wanted[next++]) {
      const one = await hunt(mutant, options.seed, options.histories)
      hunted.push(one)
      const after = one.histories === null ? 'NOT FOUND' : String(one.histories)
      console.log(`${mutant.name.padEnd(34)} ${after.padStart(9)}  ${one.violation}`)
    }
  }
  await Promise.all(Array.from({ length: options.workers }, work))
  hunted.sort((a, b) => wanted.indexOf(a.mutant) - wanted.indexOf(b.mutant))
  const missing = hunted.filter((one) => one.histories === null)
  console.log(
    `\n${hunted.length} mutants, ${missing.length} not found in ${options.histories} histories each`,
  )
  console.log(
    `median ${medianOf(hunted)} histories, most ${Math.max(...hunted.map((one) => one.histories ?? 0))}`,
  )
  if (options.report && missing.length === 0) writeMutantReport(options, hunted)
  return missing.length === 0
}

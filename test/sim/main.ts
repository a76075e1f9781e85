/** `npm run sim`: kept histories, then fresh ones on all cores; one history shown; or every seeded bug hunted. */

import { huntMutants } from './hunt.ts'
import { playRegressions } from './kept.ts'
import { outsideMicrotasks } from './loop.ts'
import { MARK_NAMES, MARKS, type Marks, missed } from './marks.ts'
import { MUTANTS } from './mutants.ts'
import { type Options, readOptions, USAGE } from './options.ts'
import { type RunResult, runHistories } from './pool.ts'
import { writeRunReport } from './report.ts'
import { replay, showFailure } from './show.ts'

/** From so many histories on every situation must have been reached. */
const DEMANDING = 20_000
/** A release run must have been everywhere often, not once. */
const RELEASE = 500_000
const RELEASE_LEAST = 100

const leastOf = (histories: number): number =>
  histories >= RELEASE ? RELEASE_LEAST : histories >= DEMANDING ? 1 : 0

const perSecond = (count: number, ms: number): string => Math.round((count / ms) * 1_000).toLocaleString('en')

async function run(options: Options): Promise<boolean> {
  const kept = await outsideMicrotasks(playRegressions)
  for (const { name, guards, violation } of kept.failed) {
    console.log(`Kept history ${name} fails again (${violation}). It guards: ${guards}`)
  }
  console.log(`${kept.played} kept histories, ${kept.failed.length} failures`)
  const result = await runHistories(options, progress(options.histories))
  print(options, result)
  const least = leastOf(result.histories)
  const gaps = missed(result.marks, Math.max(1, least))
  printMarks(result.marks, gaps, least)
  const [first] = result.found
  if (first !== undefined) await showFailure(first, options.keep)
  const clean = result.found.length === 0 && kept.failed.length === 0 && (least === 0 || gaps.length === 0)
  if (options.report && clean) writeRunReport(options, result)
  return clean
}

/** A line every tenth of the way. */
function progress(all: number): (done: number) => void {
  const began = performance.now()
  let told = 0
  return (done) => {
    const tenth = Math.floor((done / all) * 10)
    if (tenth <= told) return
    told = tenth
    const seconds = Math.round((performance.now() - began) / 1_000)
    console.log(`${done.toLocaleString('en')} of ${all.toLocaleString('en')} after ${seconds} s`)
  }
}

function print({ seed, workers }: Options, result: RunResult): void {
  const { histories, events, cpuMs, wallMs, found } = result
  const first = seed.toLocaleString('en')
  const last = (seed + histories - 1).toLocaleString('en')
  console.log(`\n${histories.toLocaleString('en')} histories, seeds ${first} to ${last}, ${workers} workers`)
  console.log(`${Math.round(events / histories)} events each, ${(wallMs / 1_000).toFixed(1)} s`)
  console.log(
    `${perSecond(histories, wallMs)} histories/s; ${perSecond(histories, cpuMs)} per second of one core`,
  )
  console.log(`violations: ${found.length}`)
  const kinds = new Map<string, number>()
  for (const { kind } of found) kinds.set(kind, (kinds.get(kind) ?? 0) + 1)
  for (const [kind, times] of kinds) {
    const example = found.find((one) => one.kind === kind)
    console.log(`  ${times} × ${kind}, first with seed ${example?.seed}: ${example?.detail.slice(0, 600)}`)
  }
}

function printMarks(marks: Marks, gaps: readonly string[], least: number): void {
  console.log(`marks: ${MARK_NAMES.length - gaps.length} of ${MARK_NAMES.length} reached`)
  for (const name of MARK_NAMES) {
    if (gaps.includes(name))
      console.log(`  ${least === 0 ? 'not in so few' : 'MISSED'}: ${name} (${MARKS[name]})`)
  }
  const rarest = [...marks]
    .filter(([name]) => !gaps.includes(name))
    .sort((a, b) => a[1] - b[1])
    .slice(0, 5)
  console.log(`  rarest: ${rarest.map(([name, times]) => `${name} ${times}`).join(', ')}`)
}

async function main(): Promise<boolean> {
  const options = readOptions(process.argv.slice(2))
  if (options.replay !== null) return await replay(options.replay)
  return options.mutants ? await huntMutants(MUTANTS, options) : await run(options)
}

try {
  process.exitCode = (await main()) ? 0 : 1
} catch (error) {
  console.error(error instanceof Error ? error.message : error)
  console.error(USAGE)
  process.exitCode = 2
}

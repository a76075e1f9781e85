/**
 * The simulator in short: `npm run sim -- --seed 1 --histories 50000` is the long form. `SIM_SEED` moves the seeds.
 */
import { expect, test } from 'vitest'
import { runBatch } from './batch.ts'
import { replayed, seeded } from './choices.ts'
import { sequenceDiagram } from './diagram.ts'
import { runHistory } from './history.ts'
import { hunt } from './hunt.ts'
import { playRegressions } from './kept.ts'
import { outsideMicrotasks } from './loop.ts'
import { MUTANTS } from './mutants.ts'
import { edited, problemsOf } from './mutate.ts'
import { startRunner } from './pool.ts'
import { readRegressions } from './regressions.ts'
import { shrink } from './shrink.ts'

const SEED = Number(process.env['SIM_SEED'] ?? 1)

test('no payment is doubled, lost or misstated in 300 histories of faults', async () => {
  const result = await outsideMicrotasks((drain) => runBatch({ from: SEED, count: 300 }, drain))
  expect(result.found, `seeds from ${SEED}`).toEqual([])
  expect(result.histories).toBe(300)
})

test('histories that once failed no longer do', async () => {
  const { failed } = await outsideMicrotasks(playRegressions)
  expect(failed).toEqual([])
})

test('a kept history still shows its violation with the seeded bug it guards against', async () => {
  const guarding = readRegressions().filter((one) => one.mutant !== null)
  for (const { name, mutant, violation, choices } of guarding) {
    const bug = MUTANTS.find((one) => one.name === mutant)
    if (bug === undefined) throw new Error(`${name} names no seeded bug`)
    const runner = await startRunner(bug)
    const { found } = await runner.run({ choices }).finally(() => runner.end())
    expect(
      found.map(({ kind }) => kind),
      name,
    ).toContain(violation)
  }
})

test('a seed gives the same history every time, and so do its recorded choices', async () => {
  const hashes = await outsideMicrotasks((drain) => {
    const choices = seeded(SEED, true)
    const first = runHistory(choices, { marks: new Map(), drain }).hash
    const again = runHistory(seeded(SEED), { marks: new Map(), drain, traced: true }).hash
    const played = runHistory(replayed([...choices.drawn]), { marks: new Map(), drain }).hash
    return [first, again, played]
  })
  expect(new Set(hashes).size).toBe(1)
})

test('choices that are all 0 make a calm history', async () => {
  const result = await outsideMicrotasks((drain) =>
    runHistory(replayed([]), { marks: new Map(), drain, traced: true }),
  )
  expect(result.violations).toEqual([])
  expect(sequenceDiagram(result.trace)).toMatch(/^sequenceDiagram\n {2}participant p0 as merchant\n/)
})

test('canary: a seeded bug is found', async () => {
  const canary = MUTANTS.find(({ name }) => name === 'reservation-kept')
  if (canary === undefined) throw new Error('the canary is gone')
  const { histories } = await hunt(canary, SEED, 500)
  expect(histories).not.toBeNull()
})

test('every seeded bug changes a place that exists, once', () => {
  expect(problemsOf(MUTANTS)).toEqual([])
  expect(MUTANTS.length).toBeGreaterThanOrEqual(40)
  const nowhere = { file: 'x.ts', find: 'b', replace: 'c' }
  expect(() => edited(nowhere, 'aaa')).toThrow('no longer occurs')
  expect(() => edited(nowhere, 'abba')).toThrow('occurs 2 times')
})

test('shrinking keeps what a failure needs and zeroes or removes the rest', () => {
  const noise = Array.from({ length: 300 }, (_, i) => i + 1)
  const { choices } = shrink(noise, (list) => list.includes(70) && list.includes(200))
  expect(choices).toEqual([70, 200])
})

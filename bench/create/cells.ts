import { loadavg } from 'node:os'
import { cpuBetween, usedBy } from './cpu.ts'
import type { Fired, Load, Shot } from './load.ts'
import type { BenchWorld, Running, Subject } from './world.ts'

/** One subject under one load for a few seconds. */
export interface Cell {
  readonly subject: string
  readonly connections: number
  readonly delayMs: number
}

export interface Measured extends Cell {
  readonly round: number
  readonly answers: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** Milliseconds of processor time per 1,000 answers. */
  readonly serverMs: number
  readonly databaseMs: number
  readonly loadAverage: number
  readonly rssMb: number
  /** Why the cell does not count; empty when it does. */
  readonly problems: readonly string[]
}

/** What is fired at a subject, and how many calls at the provider each answer must have made. */
export interface Aim {
  readonly name: string
  readonly running: Running
  readonly callsPerAnswer: 0 | 1
  shot(): Shot
}

export interface RoundOptions {
  readonly rounds: number
  readonly seconds: number
  readonly connections: readonly number[]
  readonly delays: readonly number[]
  readonly warmUpSeconds: number
}

/** Rounds of delay × connections × subject, the order of the subjects rotated, so that drift meets all of them alike. */
export async function playRounds(
  world: BenchWorld,
  aims: readonly Aim[],
  fire: (shot: Shot, load: Load) => Promise<Fired>,
  options: RoundOptions,
): Promise<Measured[]> {
  const cells: Measured[] = []
  await world.setDelay(0)
  for (const aim of aims) await fire(aim.shot(), { connections: 32, seconds: options.warmUpSeconds })
  await world.analyze()
  for (let round = 0; round < options.rounds; round++) {
    for (const delayMs of options.delays) {
      await world.setDelay(delayMs)
      for (const connections of options.connections) {
        for (let i = 0; i < aims.length; i++) {
          const aim = aims[(i + round) % aims.length]
          if (aim === undefined) continue
          const cell = { subject: aim.name, connections, delayMs }
          cells.push({ ...(await measure(world, aim, fire, cell, options.seconds)), round })
        }
      }
    }
  }
  return cells
}

async function measure(
  world: BenchWorld,
  aim: Aim,
  fire: (shot: Shot, load: Load) => Promise<Fired>,
  cell: Cell,
  seconds: number,
): Promise<Omit<Measured, 'round'>> {
  const before = { ...(await world.booked(aim.running.name)), ...processes(world, aim.running) }
  const fired = await fire(aim.shot(), { connections: cell.connections, seconds })
  const used = processes(world, aim.running)
  const booked = await settledBook(world, aim.running.name)
  const calls = booked.calls - before.calls
  const per1000 = (ms: number): number => (ms * 1000) / Math.max(1, fired.requests)
  return {
    ...cell,
    answers: fired.requests - fired.refused - fired.broken,
    perSecond: fired.requests / fired.seconds,
    p50Ms: fired.p50Ms,
    p99Ms: fired.p99Ms,
    serverMs: per1000(cpuBetween(before.server, used.server)),
    databaseMs: per1000(cpuBetween(before.database, used.database)),
    rssMb: used.server.rssKb / 1024,
    loadAverage: loadavg()[0] ?? 0,
    problems: problemsIn(aim, fired, calls, cell.connections, booked.repeated - before.repeated),
  }
}

const processes = (world: BenchWorld, running: Running) => ({
  server: usedBy(running.pid),
  database: usedBy(world.databasePid),
})

function problemsIn(aim: Aim, fired: Fired, calls: number, connections: number, repeated: number): string[] {
  const extra = calls - aim.callsPerAnswer * fired.requests
  return [
    ...(fired.refused > 0 ? [`${fired.refused} answers were not 2xx`] : []),
    ...(fired.broken > 0 ? [`${fired.broken} connections broke`] : []),
    ...(repeated > 0 ? [`${repeated} provider calls came twice`] : []),
    // What was cut off at the end of the cell has called the provider without being counted.
    ...(extra < 0 || extra > connections * aim.callsPerAnswer
      ? [`${fired.requests} answers but ${calls} provider calls`]
      : []),
  ]
}

/** The book once nothing more arrives: what the end of a cell cut off still runs. */
async function settledBook(world: BenchWorld, subject: Subject) {
  let booked = await world.booked(subject)
  for (let looks = 0; looks < 100; looks++) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    const next = await world.booked(subject)
    if (next.calls === booked.calls) return next
    booked = next
  }
  return booked
}

/** After everything: the tables must say what the provider's book says. */
export async function checkTables(world: BenchWorld): Promise<string[]> {
  const problems: string[] = []
  for (const running of world.subjects) {
    const { calls } = await settledBook(world, running.name)
    const counts = await running.counts()
    if (counts === null) continue
    const { payments, finished, events } = counts
    if (payments !== calls || finished !== calls || events !== calls) {
      problems.push(
        `${running.name}: ${calls} provider calls, but ${payments} payments, ${finished} finished, ${events} events`,
      )
    }
  }
  return problems
}

/** Why cells do not count, in words. */
export function problemsOf(cells: readonly Measured[]): string[] {
  return cells.flatMap(({ subject, connections, delayMs, round, problems }) =>
    problems.map(
      (problem) =>
        `${subject} at ${connections} connections, delay ${delayMs} ms, round ${round}: ${problem}`,
    ),
  )
}

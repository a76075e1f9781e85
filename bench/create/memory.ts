/**
 * `npm run bench -- memory`: one process creates a million payments; what it holds in memory and how fast it is, tenth by
 * tenth. `--creates` makes it shorter, `--write` puts the figures into docs/benchmarks.md.
 */
import { readFileSync } from 'node:fs'
import { loadavg } from 'node:os'
import { checkTables } from './cells.ts'
import { usedBy } from './cpu.ts'
import { creating } from './create.ts'
import { createLoad, type Fired } from './load.ts'
import { machine, SOUND, table, writeSection } from './report.ts'
import { type BenchWorld, openWorld, type Running } from './world.ts'

const CREATES = 1_000_000
const PARTS = 10
const CONNECTIONS = 128
/** Memory is looked at after each of these, while the connections are there. */
const SECONDS = 5

interface Part {
  readonly payments: number
  readonly perSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly rssMb: readonly number[]
  /** The most that was ever resident, until the end of this part (proc(5), `VmHWM`). */
  readonly peakMb: number
  readonly loadAverage: number
  readonly problems: readonly string[]
}

export async function run(args: readonly string[]): Promise<void> {
  const smoke = args.includes('--smoke')
  const given = args[args.indexOf('--creates') + 1]
  const creates = smoke ? 1 : args.includes('--creates') ? Number(given) : CREATES
  const world = await openWorld({ subjects: ['onerouter'] })
  try {
    const [running] = world.subjects
    if (running === undefined) throw new Error('OneRouter did not start')
    const parts = await create(world, running, creates)
    const problems = [...parts.flatMap((part) => part.problems), ...(await checkTables(world))]
    const lines = [
      machine(parts),
      '',
      ...reportOf(parts),
      '',
      problems.length === 0 ? SOUND : problems.join('\n'),
    ]
    console.log(lines.join('\n'))
    if (args.includes('--write')) await writeSection('memory', ['## Memory', '', ...lines])
    if (problems.length > 0) process.exitCode = 1
  } finally {
    await world.close()
  }
}

async function create(world: BenchWorld, running: Running, creates: number): Promise<Part[]> {
  const fire = createLoad(world.folder)
  const aim = creating(running)
  const parts: Part[] = []
  let made = 0
  for (let n = 1; n <= PARTS; n++) {
    const fired: Fired[] = []
    const rssMb: number[] = []
    while (made < (creates * n) / PARTS) {
      const one = await fire(aim.shot(), { connections: CONNECTIONS, seconds: SECONDS })
      fired.push(one)
      made += one.requests
      rssMb.push(usedBy(running.pid).rssKb / 1024)
      // The statistics that a database has which is older than a minute.
      if (n === 1 && fired.length === 1) await world.analyze()
    }
    if (fired.length > 0) parts.push({ ...partOf(made, fired, rssMb), peakMb: peakMbOf(running.pid) })
  }
  return parts
}

const peakMbOf = (pid: number): number =>
  Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1024

function partOf(payments: number, fired: readonly Fired[], rssMb: readonly number[]): Omit<Part, 'peakMb'> {
  const sum = (of: (one: Fired) => number): number => fired.reduce((total, one) => total + of(one), 0)
  const mean = (of: (one: Fired) => number): number => sum(of) / fired.length
  const failed = sum(({ refused, broken }) => refused + broken)
  return {
    payments,
    perSecond: sum(({ requests }) => requests) / sum(({ seconds }) => seconds),
    p50Ms: mean(({ p50Ms }) => p50Ms),
    p99Ms: mean(({ p99Ms }) => p99Ms),
    rssMb,
    loadAverage: loadavg()[0] ?? 0,
    problems: failed === 0 ? [] : [`${failed} creates of ${payments} were not answered with 2xx`],
  }
}

function reportOf(parts: readonly Part[]): string[] {
  const peak = parts.at(-1)?.peakMb ?? Number.NaN
  const half = parts[(parts.length - 1) >> 1]?.peakMb ?? Number.NaN
  return [
    `${CONNECTIONS} connections, provider answers at once, workers in the same process; latency is the mean over runs of ${SECONDS} s.`,
    '',
    ...table(
      ['payments made', 'creates/s', 'p50 ms', 'p99 ms', 'resident MB, median', 'most so far'],
      parts.map((part) => [
        String(part.payments),
        part.perSecond.toFixed(0),
        part.p50Ms.toFixed(1),
        part.p99Ms.toFixed(1),
        (part.rssMb.toSorted((a, b) => a - b)[part.rssMb.length >> 1] ?? 0).toFixed(0),
        part.peakMb.toFixed(0),
      ]),
    ),
    '',
    `Most ever: ${peak.toFixed(0)} MB (goal: 250), of them ${(peak - half).toFixed(0)} MB more than in the first half (goal: none).`,
  ]
}

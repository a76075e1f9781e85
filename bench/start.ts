/**
 * `npm run bench -- start`: what `npm start` takes until it can be used, on a bare data folder and on one that exists, and
 * what it holds in memory when nobody asks anything of it. `--write` puts the figures into docs/benchmarks.md.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { loadavg, tmpdir } from 'node:os'
import { fileURLToPath } from 'node:url'
import { freePort, isPortFree } from '@onerouter/cli'
import { familyOf } from './create/cpu.ts'
import { show, spreadOf } from './create/figures.ts'
import { machine, table, writeSection } from './create/report.ts'

/** What `npm start` runs. */
const FRONT_DOOR = fileURLToPath(new URL('../tools/bootstrap.mjs', import.meta.url))
const STARTS = 5
const IDLE_MS = 30_000
const READY_WITHIN_MS = 240_000
const STOP_WITHIN_MS = 40_000
const LOOK_EVERY_MS = 10

interface Started {
  readonly child: ChildProcess
  /** Milliseconds from the command until the API says that it is ready, and until everything is. */
  readonly apiMs: number
  readonly allMs: number
}

export async function run(args: readonly string[]): Promise<void> {
  const dataDir = await mkdtemp(`${tmpdir()}/onerouter-bench-start-`)
  const loads = [{ loadAverage: loadavg()[0] ?? 0 }]
  try {
    const first = await begin(dataDir)
    await end(first.child)
    const again: Started[] = []
    for (let start = 0; start < STARTS; start++) {
      again.push(await begin(dataDir))
      const last = again.at(-1)
      if (last !== undefined && start < STARTS - 1) await end(last.child)
    }
    const running = again.at(-1)
    if (running === undefined) throw new Error('it was not started')
    await pause(IDLE_MS)
    const held = await memoryOf(running.child.pid ?? 0)
    await end(running.child)
    loads.push({ loadAverage: loadavg()[0] ?? 0 })
    const lines = [machine(loads), '', ...reportOf(first, again, held)]
    console.log(lines.join('\n'))
    if (args.includes('--write')) await writeSection('start', ['## Starting', '', ...lines])
  } finally {
    await rm(dataDir, { recursive: true, force: true })
  }
}

async function begin(dataDir: string): Promise<Started> {
  const [api, dashboard, sandbox] = [await freePort(), await freePort(), await freeRun()]
  const beganMs = performance.now()
  const child = spawn(process.execPath, [FRONT_DOOR, 'start'], {
    env: {
      PATH: process.env['PATH'],
      ONEROUTER_DATA_DIR: dataDir,
      API_PORT: String(api),
      DASHBOARD_PORT: String(dashboard),
      SANDBOX_PORT: String(sandbox),
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  // Standard output gets the summary alone, once everything is ready.
  const summary = new Promise<number>((resolve, reject) => {
    child.stdout?.once('data', () => resolve(performance.now() - beganMs))
    child.once('exit', (code) => reject(new Error(`npm start ended with ${code}`)))
  })
  const [apiMs, allMs] = await Promise.all([answering(api, beganMs), summary])
  return { child, apiMs, allMs }
}

/** The first of five ports in a row that are free. */
const PORTS_IN_A_ROW = 5
async function freeRun(): Promise<number> {
  for (let tries = 0; tries < 50; tries++) {
    const port = await freePort()
    const row = Array.from({ length: PORTS_IN_A_ROW }, (_, i) => isPortFree(port + i))
    if ((await Promise.all(row)).every(Boolean)) return port
  }
  throw new Error('there are no five free ports in a row')
}

async function answering(port: number, beganMs: number): Promise<number> {
  while (performance.now() - beganMs < READY_WITHIN_MS) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/health/ready`, {
      signal: AbortSignal.timeout(1_000),
    }).catch(() => null)
    if (answer?.status === 200) return performance.now() - beganMs
    await pause(LOOK_EVERY_MS)
  }
  throw new Error('the API was not ready in time')
}

async function end(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve))
  const forced = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
  child.kill('SIGINT')
  await gone
  clearTimeout(forced)
}

interface Held {
  readonly name: string
  readonly processes: number
  readonly pssMb: number
}

/** What a page is shared by counts for each in part (proc(5), `Pss`): PostgreSQL's buffers are there once. */
async function memoryOf(root: number): Promise<Held[]> {
  const held = new Map<string, { processes: number; pssMb: number }>()
  for (const pid of familyOf(root)) {
    const [command, rollup] = await Promise.all([
      readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => ''),
      readFile(`/proc/${pid}/smaps_rollup`, 'utf8').catch(() => ''),
    ])
    const kb = Number(/^Pss:\s+(\d+)/m.exec(rollup)?.[1] ?? 0)
    const name = programOf(command)
    const before = held.get(name) ?? { processes: 0, pssMb: 0 }
    held.set(name, { processes: before.processes + 1, pssMb: before.pssMb + kb / 1024 })
  }
  return [...held].map(([name, sums]) => ({ name, ...sums }))
}

const PROGRAMS: readonly (readonly [RegExp, string])[] = [
  [/apps\/api\//, 'API and workers'],
  [/apps\/dashboard\/|next-server/, 'dashboard'],
  [/packages\/sandbox\//, 'sandbox'],
  [/packages\/cli\//, 'supervisor'],
  [/postgres/, 'PostgreSQL'],
]
const programOf = (command: string): string =>
  PROGRAMS.find(([pattern]) => pattern.test(command))?.[1] ?? 'other'

function reportOf(first: Started, again: readonly Started[], held: readonly Held[]): string[] {
  const seconds = (of: (one: Started) => number): string =>
    show(spreadOf(again.map((one) => of(one) / 1000)), 2)
  const total = held.reduce((sum, { pssMb }) => sum + pssMb, 0)
  return [
    `Seconds from the command; ${STARTS} starts on the same data folder after the first one; medians, range in brackets.`,
    '',
    ...table(
      ['start', 'goal', 'API ready', 'everything ready'],
      [
        ['on a bare data folder', '', (first.apiMs / 1000).toFixed(2), (first.allMs / 1000).toFixed(2)],
        ['on an existing one', 'API 2.00', seconds(({ apiMs }) => apiMs), seconds(({ allMs }) => allMs)],
      ],
    ),
    '',
    `In memory ${IDLE_MS / 1000} s after the last start, nobody asking; what processes share is counted once.`,
    '',
    ...table(
      ['program', 'processes', 'MB'],
      [
        ...held.map(({ name, processes, pssMb }) => [name, String(processes), pssMb.toFixed(0)]),
        ['**all of it** (goal: 900)', '', `**${total.toFixed(0)}**`],
      ],
    ),
  ]
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

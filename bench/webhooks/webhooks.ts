/**
 * Webhooks both ways. Outgoing: time from an event's commit to its receiver at two rates, how fast a backlog drains, and what
 * it costs. With a dead endpoint beside it, which must change none of it. `in` or `out` measures one way only; `--write` puts
 * the figures into docs/benchmarks.md.
 */
import { fork } from 'node:child_process'
import { loadavg } from 'node:os'
import { machine, table, writeSection } from '../create/report.ts'
import { onOwnPostgres } from '../own-postgres.ts'
import { type Incoming, measureIncoming } from './in.ts'
import { BACKLOG, type Drain, measureBacklog, measureRate, type Rate, warmUp } from './out.ts'
import { type Arrivals, createDatabase, openWorld } from './world.ts'

const QUIET = 200
const BUSY = 1_000

interface Outgoing {
  readonly quiet: Rate
  readonly busy: Rate
  readonly drain: Drain
}

export async function run(args: readonly string[]): Promise<void> {
  const only = args.find((arg) => arg === 'in' || arg === 'out')
  const loads = [{ loadAverage: loadavg()[0] ?? 0 }]
  const outgoing = only === 'in' ? null : await measureOutgoing()
  const incoming =
    only === 'out' ? null : await onDatabase('bench_incoming', (url, pid) => measureIncoming({ pid }, url))
  if (outgoing === null || incoming === null || !args.includes('--write')) return
  loads.push({ loadAverage: loadavg()[0] ?? 0 })
  await writeSection('webhooks', sectionOf(machine(loads), outgoing, incoming))
}

/** Each measurement has a PostgreSQL of its own: one would clean up after the one before, in the time of the next. */
const onDatabase = <T>(name: string, measure: (url: string, pid: number) => Promise<T>): Promise<T> =>
  onOwnPostgres(async (server, pid) => measure(await createDatabase(server, name), pid))

async function measureOutgoing(): Promise<{ alone: Outgoing; beside: Outgoing }> {
  const receiver = fork(new URL('./receiver.ts', import.meta.url), { stdio: 'inherit' })
  try {
    const arrivals: Arrivals = { atMs: new Map(), again: 0 }
    const port = await new Promise<number>((resolve) => {
      receiver.on('message', (message: { port?: number; batch?: [string, number][] }) => {
        if (message.port !== undefined) resolve(message.port)
        for (const [id, atMs] of message.batch ?? []) {
          if (arrivals.atMs.has(id)) arrivals.again += 1
          else arrivals.atMs.set(id, atMs)
        }
      })
    })
    const hooks = `http://127.0.0.1:${port}/hooks`
    console.log('One endpoint:')
    const alone = await measureAll('bench_alone', arrivals, [hooks])
    console.log('\nWith a dead endpoint beside it:')
    // Port 1 refuses at once; a receiver that hangs is held by its own five places alone.
    const beside = await measureAll('bench_beside', arrivals, [hooks, 'http://127.0.0.1:1/hooks'])
    console.log(`\n${arrivals.atMs.size} events at the receiver, ${arrivals.again} of them more than once.`)
    return { alone, beside }
  } finally {
    receiver.disconnect()
  }
}

const measureAll = (name: string, arrivals: Arrivals, targets: readonly string[]): Promise<Outgoing> =>
  onDatabase(name, async (url, pid) => {
    const world = await openWorld(url, arrivals, targets)
    try {
      world.start()
      await warmUp(world)
      const quiet = await measureRate(world, pid, QUIET)
      sayRate(quiet)
      const busy = await measureRate(world, pid, BUSY)
      sayRate(busy)
      const drain = await measureBacklog(world, pid)
      console.log(
        `  backlog of ${BACKLOG}: ${drain.perSecond.toFixed(0)} deliveries/s, ${drain.statements.toFixed(3)} statements each, ` +
          `processor time each ${drain.processUs.toFixed(0)} µs here, ${drain.databaseUs.toFixed(0)} µs PostgreSQL`,
      )
      return { quiet, busy, drain }
    } finally {
      await world.stop()
    }
  })

function sayRate(rate: Rate): void {
  console.log(
    `  ${rate.perSecond}/s offered (${rate.madePerSecond.toFixed(0)}/s made): commit to receiver p50 ${rate.p50Ms.toFixed(1)} ms, ` +
      `p99 ${rate.p99Ms.toFixed(1)} ms, max ${rate.maxMs.toFixed(1)} ms; ${rate.waiting} waiting at the end; ` +
      `${rate.statements.toFixed(2)} statements per event, the event's own included; ` +
      `processor time each ${rate.processUs.toFixed(0)} µs here, ${rate.databaseUs.toFixed(0)} µs PostgreSQL`,
  )
}

function sectionOf(
  where: string,
  { alone, beside }: { readonly alone: Outgoing; readonly beside: Outgoing },
  incoming: Incoming,
): string[] {
  const both = (title: string, goal: string, of: (one: Outgoing) => string): string[] => [
    title,
    goal,
    of(alone),
    of(beside),
  ]
  const latency = ({ p50Ms, p99Ms }: Rate): string => `${p50Ms.toFixed(1)} / ${p99Ms.toFixed(1)} ms`
  const cost = ({ processUs, databaseUs }: Rate | Drain): string =>
    `${processUs.toFixed(0)} / ${databaseUs.toFixed(0)} µs`
  return [
    '## Webhooks',
    '',
    where,
    'Worker and load generator are one process, as `ONEROUTER_ROLE=all` runs them; every event is compared by its id at the',
    'receiver, and nothing counts that did not arrive.',
    '',
    ...table(
      ['outgoing', 'goal', 'one endpoint', 'a dead one beside it'],
      [
        both(`commit to receiver at ${QUIET}/s, p50 / p99`, '5 / 50 ms', ({ quiet }) => latency(quiet)),
        both(`commit to receiver at ${BUSY}/s, p50 / p99`, '20 / 200 ms', ({ busy }) => latency(busy)),
        both(`waiting after 10 s at ${BUSY}/s`, 'not growing', ({ busy }) => String(busy.waiting)),
        both(`backlog of ${BACKLOG}, deliveries/s`, '3,000', ({ drain }) => drain.perSecond.toFixed(0)),
        both(`statements per event at ${QUIET}/s`, '5', ({ quiet }) => quiet.statements.toFixed(2)),
        both(`statements per event at ${BUSY}/s`, '5', ({ busy }) => busy.statements.toFixed(2)),
        both(`processor time per event at ${BUSY}/s, process / PostgreSQL`, '', ({ busy }) => cost(busy)),
        both('processor time per drained delivery, process / PostgreSQL', '', ({ drain }) => cost(drain)),
      ],
    ),
    '',
    'Incoming is measured on a server that has run for some seconds, all of it in one process; a fifth of the events names a payment,',
    'four in a row the same one, and is looked up at the sandbox; 20 payments a second are created and their events delivered.',
    '',
    ...table(
      ['incoming, beside payments and deliveries', 'goal', ''],
      [
        [`acknowledged at ${incoming.perSecond}/s, p50 / p99`, 'p99 50 ms', latencyOf(incoming)],
        ['all of it applied, after the last answer', '', `${(incoming.workedOffMs / 1000).toFixed(1)} s`],
        [
          'processor time per event, process / PostgreSQL',
          '',
          `${incoming.serverUs.toFixed(0)} / ${incoming.databaseUs.toFixed(0)} µs`,
        ],
      ],
    ),
  ]
}

const latencyOf = ({ p50Ms, p99Ms }: Incoming): string => `${p50Ms.toFixed(1)} / ${p99Ms.toFixed(1)} ms`

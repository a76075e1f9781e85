/** Outgoing: time from an event's commit to its receiver at a rate, how fast a backlog drains, and what both cost. */
import { cpuBetween, usedBy } from '../create/cpu.ts'
import type { World } from './world.ts'

export const BACKLOG = 20_000
const SECONDS = 10
const RAISED_AT_ONCE = 500
/** A machine that does other things too must still come to an end. */
const TIMEOUT_MS = 180_000
const clockMs = (): number => performance.timeOrigin + performance.now()
const sleep = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Processor time per delivery, in microseconds. */
export interface Cost {
  readonly processUs: number
  readonly databaseUs: number
}

export interface Rate extends Cost {
  readonly perSecond: number
  readonly madePerSecond: number
  readonly p50Ms: number
  readonly p99Ms: number
  readonly maxMs: number
  /** Committed and not yet at the receiver when the last was offered. */
  readonly waiting: number
  /** The event's own included. */
  readonly statements: number
}

export interface Drain extends Cost {
  readonly perSecond: number
  readonly statements: number
}

/** Every event is found at the receiver by its id, or this throws. */
export async function measureRate(world: World, databasePid: number, perSecond: number): Promise<Rate> {
  world.statements.clear()
  const meter = startMeter(databasePid)
  const committedAtMs = new Map<string, number>()
  const total = perSecond * SECONDS
  const running = new Set<Promise<void>>()
  const beganMs = clockMs()
  for (let sent = 0; sent < total; ) {
    const due = Math.min(total, Math.floor(((clockMs() - beganMs) / 1000) * perSecond))
    for (; sent < due; sent++) {
      const one: Promise<void> = world.raise().then((raised) => {
        committedAtMs.set(raised.id, raised.committedAtMs)
      })
      running.add(one)
      void one.finally(() => running.delete(one))
    }
    await sleep(1)
  }
  await Promise.all(running)
  const offeredMs = clockMs() - beganMs
  const ids = [...committedAtMs.keys()]
  // What was at the receiver before now is reported within this time.
  await sleep(200)
  const endMs = beganMs + offeredMs
  const waiting = ids.filter((id) => (world.arrivals.atMs.get(id) ?? Number.POSITIVE_INFINITY) > endMs).length
  await arrived(world, ids)
  const cost = meter(total)
  const delays = [...committedAtMs]
    .map(([id, atMs]) => (world.arrivals.atMs.get(id) ?? Number.POSITIVE_INFINITY) - atMs)
    .sort((a, b) => a - b)
  const percentile = (p: number): number => delays[Math.floor(p * (delays.length - 1))] ?? Number.NaN
  return {
    ...cost,
    perSecond,
    madePerSecond: total / (offeredMs / 1000),
    p50Ms: percentile(0.5),
    p99Ms: percentile(0.99),
    maxMs: percentile(1),
    waiting,
    statements: [...world.statements.values()].reduce((sum, n) => sum + n, 0) / total,
  }
}

export async function warmUp(world: World): Promise<void> {
  for (let i = 0; i < 50; i++) {
    const raised = await Promise.all(Array.from({ length: 10 }, () => world.raise()))
    await arrived(
      world,
      raised.map(({ id }) => id),
    )
  }
}

export async function measureBacklog(world: World, databasePid: number): Promise<Drain> {
  const ids: string[] = []
  // Held back by its due time until all of it is there.
  for (let made = 0; made < BACKLOG; made += RAISED_AT_ONCE) {
    ids.push(...(await world.raiseMany(RAISED_AT_ONCE)).map(({ id }) => id))
    await world.db.query({
      text: `update delivery set due_at = now() + interval '1 hour' where state = 'pending' and owner is null
        and attempt = 0 and due_at <= now()`,
      values: [],
    })
  }
  // What holding back left behind is no part of a backlog: nobody else writes each row twice more.
  await world.db.query({ text: 'vacuum delivery', values: [] })
  const early = ids.filter((id) => world.arrivals.atMs.has(id)).length
  await world.db.query({
    text: `update delivery set due_at = now() where state = 'pending' and attempt = 0 and owner is null`,
    values: [],
  })
  world.statements.clear()
  const beganMs = clockMs()
  const meter = startMeter(databasePid)
  world.wake()
  await arrived(world, ids)
  const last = Math.max(...ids.map((id) => world.arrivals.atMs.get(id) ?? 0))
  const statements = [...world.statements.values()].reduce((sum, n) => sum + n, 0)
  return {
    ...meter(BACKLOG),
    perSecond: (BACKLOG - early) / ((last - beganMs) / 1000),
    statements: statements / BACKLOG,
  }
}

function startMeter(databasePid: number): (deliveries: number) => Cost {
  const process0 = process.cpuUsage()
  const database0 = usedBy(databasePid)
  return (deliveries) => {
    const { user, system } = process.cpuUsage(process0)
    const databaseMs = cpuBetween(database0, usedBy(databasePid))
    return {
      processUs: (user + system) / deliveries,
      databaseUs: (databaseMs * 1000) / deliveries,
    }
  }
}

async function arrived(world: World, ids: readonly string[]): Promise<void> {
  const untilMs = clockMs() + TIMEOUT_MS
  // Looked at one after the other: searching all of them again and again would be measured too.
  for (let at = 0; at < ids.length; at++) {
    while (!world.arrivals.atMs.has(ids[at] ?? '')) {
      if (clockMs() > untilMs) throw new Error(`events did not arrive: ${await whereTheyAre(world)}`)
      await sleep(20)
    }
  }
}

async function whereTheyAre(world: World): Promise<string> {
  const { rows } = await world.db.query({
    text: `select state, lane, last_error, owner is not null as held, count(*)::int as n,
        min(due_at) - now() as due from delivery group by 1, 2, 3, 4`,
    values: [],
  })
  return JSON.stringify(rows)
}

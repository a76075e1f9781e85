/**
 * One history: merchants, payers, providers and faults around the engine's real code, from the first request to
 * long after everything healed, and then the verdicts of the checker.
 */
import { syncPayment } from '../../apps/api/src/engine/sync-payment.ts'
import { checkHistory, type Violation } from './check.ts'
import type { Choices } from './choices.ts'
import { ask, call } from './client.ts'
import { askLink, readLink } from './client-links.ts'
import { SIM_SERVICES } from './credentials.ts'
import { createLoop, RunawayError } from './loop.ts'
import { count, type Marks } from './marks.ts'
import { playScript } from './script.ts'
import { clientOf } from './script-payments.ts'
import { noteSituations } from './situations.ts'
import { SLOTS } from './slots.ts'
import { heal } from './swarm.ts'
import { buildWorld, type World } from './world.ts'

export interface TraceLine {
  readonly atMs: number
  readonly from: string
  readonly to: string
  readonly text: string
}

export interface HistoryResult {
  readonly violations: readonly Violation[]
  /** Equal histories have equal hashes. */
  readonly hash: number
  readonly events: number
  readonly trace: readonly TraceLine[]
}

const START_MS = 1_800_000_000_000

export interface RunOptions {
  readonly marks: Marks
  readonly drain: () => void
  readonly traced?: boolean
}

/** Runs one history. Must be called outside any microtask. */
export function runHistory(choices: Choices, { marks, drain, traced = false }: RunOptions): HistoryResult {
  const trace: TraceLine[] = []
  const violations: Violation[] = []
  const loop = createLoop(choices, START_MS, drain)
  try {
    const world = buildWorld(loop, choices, {
      mark: (name) => count(marks, name),
      trace: traced
        ? (from, to, text) => void trace.push({ atMs: loop.now() - START_MS, from, to, text })
        : undefined,
      report: (kind, detail) => void violations.push({ kind, detail }),
    })
    playScript(world)
    loop.at(world.healMs - START_MS, () => healWorld(world))
    loop.run(world.healMs + world.shape.quietMs)
    loop.at(1, () => askAgain(world))
    loop.run(world.healMs + world.shape.quietMs + world.shape.lastMs)
    if (violations.length === 0) violations.push(...checkHistory(world))
    if (violations.length === 0) violations.push(...applyAgain(world))
    noteSituations(world)
  } catch (error) {
    const kind = error instanceof RunawayError ? 'never comes to rest' : 'the simulator threw'
    violations.push({ kind, detail: error instanceof Error ? `${error.stack}` : String(error) })
  }
  return { violations, hash: loop.hash(), events: loop.events(), trace }
}

function askAgain(world: World): void {
  for (const { wishes } of world.payments) {
    for (const wish of wishes) if (wish.asked > 0) ask(clientOf(world), wish)
  }
  for (const link of world.links) {
    for (const wish of link.wishes) if (wish.asked > 0) askLink(clientOf(world), link, wish)
  }
}

/** The same evidence once more changes nothing. */
function applyAgain(world: World): Violation[] {
  const before = factsOf(world)
  for (const row of world.memory.tables.payment.values()) {
    const inc = world.slots.router()
    if (inc === null) continue
    // As an event: what is begun outside of the loop stands still until something else happens.
    world.loop.at(1, () => {
      void call(world, inc, (engine) => syncPayment(engine, row, 'poll')).catch(() => undefined)
    })
  }
  for (const link of world.links) world.loop.at(1, () => readLink(clientOf(world), link))
  world.loop.run(world.loop.now() + 120_000)
  const after = factsOf(world)
  return before === after
    ? []
    : [{ kind: 'repeated evidence changed something', detail: firstDifference(before, after) }]
}

function factsOf({ memory }: World): string {
  let facts = ''
  for (const row of memory.tables.payment.values()) {
    const totals = `${row.captured}-${row.refunded}-${row.refund_pending}`
    facts += `${row.id} ${row.sequence} ${row.status} ${totals}\n`
  }
  for (const row of memory.tables.payment_link.values()) {
    facts += `${row.id} ${row.sequence} ${row.status} ${row.payments_count}\n`
  }
  return facts
}

function firstDifference(before: string, after: string): string {
  let i = 0
  while (i < before.length && before[i] === after[i]) i++
  const from = Math.max(0, i - 60)
  return `${before.slice(from, i + 120)}\n${after.slice(from, i + 120)}`
}

function healWorld(world: World): void {
  world.trace?.('world', 'world', 'heals')
  heal(world.swarm)
  world.state.healed = true
  for (const service of SIM_SERVICES) world.setDown(service, false)
  for (const slot of SLOTS.keys()) world.slots.start(slot)
}

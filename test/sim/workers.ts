/** The product's worker loop; its polling is skipped while nothing can be due, which changes nothing but the cost. */
import { startWorker, type Wait } from '../../apps/api/src/worker/worker.ts'
import type { Timer } from './loop.ts'
import type { MemoryStore } from './memory-context.ts'
import { earliestDue } from './memory-reads.ts'
import { type Incarnation, type ProcessWorld, resume, startProcess } from './process.ts'

interface Sleeper {
  readonly inc: Incarnation
  readonly end: () => void
}

/** All workers of a history, and the alarm that wakes them when something is due. */
export interface Workforce {
  start(name: string, skewMs: number): Incarnation
  /** Something was written: it may be due sooner than planned. */
  hurry(): void
}

/** How far apart a worker's own polls are: what is due waits up to this long. */
const POLL_MS = 1_000

export function createWorkforce(world: ProcessWorld): Workforce {
  const { loop, choices, memory } = world
  let sleepers: Sleeper[] = []
  let planned: Timer | null = null
  const plan = (notBeforeMs: number): void => {
    const due = dueMs(memory)
    if (due === null || sleepers.length === 0) return
    const atMs = Math.max(due, notBeforeMs)
    if (planned !== null && planned.at <= atMs + POLL_MS) return
    if (planned !== null) planned.run = null
    planned = loop.at(atMs + choices.int(POLL_MS) - loop.now(), ring)
  }
  const ring = (): void => {
    planned = null
    const due = dueMs(memory)
    if (due !== null && due <= loop.now()) wake()
    plan(loop.now() + POLL_MS)
  }
  /** Mostly one of them comes first; sometimes all look at the same moment. */
  const wake = (): void => {
    sleepers = sleepers.filter(({ inc }) => inc.alive)
    const ready = sleepers.filter(({ inc }) => inc.pausedUntilMs <= loop.now())
    const one = ready[choices.int(ready.length)]
    const woken = one === undefined || choices.chance(0.3) ? sleepers : [one]
    sleepers = sleepers.filter((sleeper) => !woken.includes(sleeper))
    for (const { inc, end } of woken) resume(world, inc, end)
  }
  return {
    start(name, skewMs) {
      const inc = startProcess(world, name, skewMs)
      const sleepUntilWoken = (): Wait => {
        let end = () => {}
        const done = new Promise<void>((resolve) => {
          end = resolve
        })
        sleepers.push({ inc, end })
        plan(loop.now())
        return { done, end }
      }
      startWorker(inc.engine, sleepUntilWoken)
      return inc
    },
    hurry: () => plan(loop.now()),
  }
}

function dueMs({ tables }: MemoryStore): number | null {
  const operation = earliestDue(tables.operation)
  const inbound = earliestDue(tables.inbound)
  const link = tables.payment_link.size === 0 ? null : earliestDue(tables.payment_link)
  return sooner(sooner(operation, inbound), link)
}

const sooner = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b)

/** Two routers and two workers, each of which may be dead at the moment. */
import { crash, type Incarnation, type ProcessWorld, startProcess } from './process.ts'
import type { Workforce } from './workers.ts'

export interface Slots {
  readonly kill: (slot: number) => void
  readonly start: (slot: number) => void
  readonly pause: (slot: number, ms: number) => void
  readonly crashSoon: (inc: Incarnation) => void
  /** Whichever router answers; `null` when both are dead. */
  readonly router: () => Incarnation | null
}

export const SLOTS = ['router A', 'router B', 'worker A', 'worker B'] as const
export const ROUTER_SLOTS = [0, 1] as const
export const WORKER_SLOTS = [2, 3] as const

const SKEW_MS = 600_000

export function createSlots(world: ProcessWorld, workforce: Workforce): Slots {
  const { choices } = world
  const lives: (Incarnation | null)[] = SLOTS.map(() => null)
  const skews = SLOTS.map(() => {
    if (!choices.chance(0.1)) return 0
    world.mark('clock_skewed')
    return choices.range(0, 2 * SKEW_MS) - SKEW_MS
  })
  const start = (slot: number): void => {
    if (lives[slot] !== null) return
    const name = SLOTS[slot] ?? ''
    const skewMs = skews[slot] ?? 0
    const isWorker = slot >= WORKER_SLOTS[0]
    lives[slot] = isWorker ? workforce.start(name, skewMs) : startProcess(world, name, skewMs)
  }
  const kill = (slot: number): void => {
    const life = lives[slot]
    if (life === null || life === undefined) return
    world.mark('crash')
    crash(world, life)
    lives[slot] = null
  }
  const pause = (slot: number, ms: number): void => {
    const life = lives[slot]
    if (life === null || life === undefined) return
    world.mark('zombie')
    world.trace?.(life.name, life.name, `frozen for ${Math.round(ms / 1000)} s`)
    life.pausedUntilMs = world.loop.now() + ms
  }
  const router = (): Incarnation | null => {
    const first = choices.int(ROUTER_SLOTS.length)
    return lives[first] ?? lives[1 - first] ?? null
  }
  const crashSoon = (inc: Incarnation): void => {
    // Statements take up to five milliseconds: before, within and after this one.
    world.loop.at(choices.range(0, 6), () => {
      const slot = lives.indexOf(inc)
      if (slot < 0) return
      kill(slot)
      world.loop.at(choices.range(10, 5_000), () => start(slot))
    })
  }
  for (const slot of SLOTS.keys()) start(slot)
  return { kill, start, pause, crashSoon, router }
}

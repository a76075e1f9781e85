/** How requests are sent: early or late, once, several times or all at once, and again while nobody answers. */
import type { Asked } from './client.ts'
import type { World } from './world.ts'

export const MINUTE = 60_000
export const HOUR = 60 * MINUTE

/** Things begin early or, for whoever comes late, any time before the healing. */
export function before(world: World, mostMs: number): number {
  const left = world.healMs - world.loop.now() - MINUTE
  return Math.min(left, world.choices.range(1, mostMs * world.shape.pace))
}

/** A wish, how it is sent, and whether there is something to ask about yet. */
export interface Errand {
  readonly wish: Asked
  readonly isRipe: () => boolean
  readonly ask: () => void
}

/** The same request several times: at once, soon after, or after a while. */
export function askRepeatedly(world: World, errand: Errand, startMs: number, times: number): void {
  const spread = world.choices.pick([5 * MINUTE, 2_000, 5])
  for (let i = 0; i < times; i++) {
    const atMs = startMs + (i === 0 ? 0 : world.choices.range(0, spread))
    // One of them is patient; the others are the doubles that networks and impatient people make.
    world.loop.at(atMs, () => askWhenRipe(world, errand, i === 0 ? 0 : world.shape.patience))
  }
}

const SETTLED: ReadonlySet<number> = new Set([200, 201, 402])

/** Asks wait until there is something to ask about, and are sent again while they are refused. */
function askWhenRipe(world: World, errand: Errand, tries: number): void {
  if (errand.isRipe()) errand.ask()
  const laterMs = world.choices.range(10, world.shape.retryMs) * 2 ** tries
  if (tries >= world.shape.patience || world.loop.now() + laterMs > world.healMs) return
  world.loop.at(laterMs, () => {
    if (!SETTLED.has(errand.wish.lastStatus)) askWhenRipe(world, errand, tries + 1)
  })
}

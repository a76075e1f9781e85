/** What is played in a history, and when which process, provider or key fails. */
import { before, HOUR, MINUTE } from './asking.ts'
import { SIM_SERVICES } from './credentials.ts'
import { playLink } from './script-links.ts'
import { playPayment } from './script-payments.ts'
import { SLOTS, WORKER_SLOTS } from './slots.ts'
import type { World } from './world.ts'

export function playScript(world: World): void {
  const { choices, shape } = world
  const many = choices.chance(shape.morePayments) ? choices.range(2, 3) : world.accounts.length
  const play = shape.links ? playLink : playPayment
  for (let i = 0; i < many; i++) play(world)
  playFaults(world)
}

function playFaults(world: World): void {
  const { choices, loop, slots, shape } = world
  if (choices.chance(shape.crashes)) {
    for (let i = choices.range(1, shape.crashesMost); i > 0; i--) {
      const slot = choices.int(SLOTS.length)
      const atMs = choices.chance(0.7) ? choices.range(1, shape.crashesWithinMs) : before(world, 2 * HOUR)
      const backMs = choices.chance(0.7) ? choices.range(10, 5_000) : choices.range(5_000, 10 * MINUTE)
      loop.at(atMs, () => slots.kill(slot))
      loop.at(atMs + backMs, () => slots.start(slot))
    }
  }
  if (choices.chance(0.2)) {
    const slot = choices.int(SLOTS.length)
    const ms = choices.range(20_000, 150_000)
    loop.at(before(world, 5 * MINUTE), () => slots.pause(slot, ms))
  }
  if (choices.chance(0.08)) {
    world.mark('workers_out')
    const atMs = before(world, 2 * MINUTE)
    for (const slot of WORKER_SLOTS) loop.at(atMs, () => slots.kill(slot))
    const backMs = choices.range(5 * HOUR, 30 * HOUR)
    for (const slot of WORKER_SLOTS) loop.at(atMs + backMs, () => slots.start(slot))
  }
  if (choices.chance(shape.outage)) {
    const service = choices.pick(SIM_SERVICES)
    const atMs = before(world, 2 * MINUTE)
    const forMs = choices.chance(shape.longOutage)
      ? choices.range(HOUR, 24 * HOUR)
      : choices.range(5_000, shape.shortOutageMs)
    loop.at(atMs, () => world.setDown(service, true))
    loop.at(atMs + forMs, () => world.setDown(service, false))
  }
  if (choices.chance(0.25)) {
    const index = choices.int(24)
    const atMs = choices.chance(0.4) ? choices.range(1, 5_000) : before(world, 5 * MINUTE)
    loop.at(atMs, () => world.rotate(index))
  }
}

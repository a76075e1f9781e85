/** Breaks things on a schedule drawn from the seed; every target is broken by one hand, in order. */
import { setTimeout as sleep } from 'node:timers/promises'
import { LINK_FAULTS } from './fault-proxy.ts'
import { type Installation, PROVIDERS } from './installation.ts'
import type { ChaosOptions } from './options.ts'
import type { Random } from './random.ts'
import type { Supervised } from './supervised.ts'

/** How often each thing was done. */
export type Deeds = Map<string, number>

interface Nemesis {
  readonly world: Installation
  readonly random: Random
  readonly deeds: Deeds
  readonly recoveriesMs: number[]
}

/** The provider acted, or said clearly that it did not. */
const ANSWER_FAULTS = [
  'lost_answer',
  'error_after',
  'truncated',
  'html',
  'late',
  'rate_limited',
  'duplicate',
] as const
const REQUEST_FAULTS = ['lost_request', 'error_before', ...ANSWER_FAULTS] as const
const WEBHOOK_FAULTS = [
  'webhook_lost',
  'webhook_doubled',
  'webhook_reordered',
  'webhook_late',
  'webhook_forged',
] as const

/** Runs the whole schedule and answers how long PostgreSQL took to come back each time. */
export async function unleash(
  world: Installation,
  options: ChaosOptions,
  random: Random,
  deeds: Deeds,
): Promise<readonly number[]> {
  const nemesis: Nemesis = { world, random, deeds, recoveriesMs: [] }
  const lastsMs = options.minutes * 60_000
  const breaks = options.losesRequests ? breakLink : breakOwnLink
  const spoils = options.losesRequests ? spoilProvider : spoilAnswer
  const every = (ms: number) => (options.faults ? Math.round(lastsMs / ms) : 0)
  await Promise.all([
    repeat(nemesis, 'api', options.killsApi, lastsMs, killApi),
    repeat(nemesis, 'worker', world.worker === null ? 0 : options.killsWorker, lastsMs, killWorker),
    repeat(nemesis, 'database', options.pgRestarts, lastsMs, crashDatabase),
    repeat(nemesis, 'storm', options.storms, lastsMs, storm),
    repeat(nemesis, 'link', every(4_000), lastsMs, breaks),
    repeat(nemesis, 'provider', every(700), lastsMs, spoils),
    repeat(nemesis, 'stall', every(30_000), lastsMs, stallSandbox),
    repeat(nemesis, 'redis', every(60_000), lastsMs, killRedis),
  ])
  return nemesis.recoveriesMs
}

/** Ends everything that is broken on purpose and lasts. */
export async function heal(world: Installation): Promise<void> {
  world.sandbox.signal('SIGCONT')
  await world.control.clearFaults()
  for (const proxy of Object.values(world.proxies)) proxy.heal()
  await Promise.all(
    [...world.apis, ...(world.worker === null ? [] : [world.worker])].map((one) => one.whenReady()),
  )
}

/** `times` moments, at random within the run; one that takes long moves the later ones, none is left out. */
async function repeat(
  nemesis: Nemesis,
  name: string,
  times: number,
  lastsMs: number,
  deed: (nemesis: Nemesis, random: Random) => Promise<string | null>,
): Promise<void> {
  const random = nemesis.random.fork(name)
  const began = performance.now()
  const moments = Array.from({ length: times }, () => random.int(Math.max(1, Math.floor(lastsMs)))).sort(
    (a, b) => a - b,
  )
  for (const moment of moments) {
    await sleep(Math.max(0, began + moment - performance.now()))
    const done = await deed(nemesis, random)
    if (done !== null) nemesis.deeds.set(done, (nemesis.deeds.get(done) ?? 0) + 1)
  }
}

async function killOne(victim: Supervised): Promise<void> {
  // Only a living process counts as killed.
  await victim.whenReady()
  await victim.kill()
}

async function killApi({ world }: Nemesis, random: Random): Promise<string> {
  const [first, ...others] = world.apis
  await killOne(random.pick([first, ...others]))
  return 'kill -9 of an API'
}

async function killWorker({ world }: Nemesis): Promise<string | null> {
  if (world.worker === null) return null
  await killOne(world.worker)
  return 'kill -9 of the worker'
}

async function crashDatabase({ world, recoveriesMs }: Nemesis, random: Random): Promise<string> {
  const how = random.pick(['immediate', 'kill'])
  recoveriesMs.push(await world.database.crash(how))
  return how === 'kill' ? 'PostgreSQL kill -9' : 'PostgreSQL immediate restart'
}

async function storm({ world }: Nemesis): Promise<string | null> {
  for (let tries = 0; tries < 50; tries += 1) {
    try {
      await world.database.storm()
      return 'pg_terminate_backend storm'
    } catch {
      // The server was down at that moment: a storm needs sessions to end.
      await sleep(200)
    }
  }
  return null
}

const breakLink = ({ world }: Nemesis, random: Random): Promise<string> =>
  breakOne(world, random, random.pick(['front', 'database', 'database', ...PROVIDERS]))

const breakOwnLink = ({ world }: Nemesis, random: Random): Promise<string> =>
  breakOne(world, random, random.pick(['front', 'database']))

async function breakOne(
  world: Installation,
  random: Random,
  name: keyof Installation['proxies'],
): Promise<string> {
  const fault = random.pick(LINK_FAULTS)
  const forMs = 500 + random.int(fault === 'refuse' ? 1_500 : 5_000)
  world.proxies[name].break(fault, forMs)
  return `link ${name === 'front' || name === 'database' ? name : 'provider'}: ${fault}`
}

const spoilProvider = ({ world }: Nemesis, random: Random): Promise<string | null> =>
  spoilOne(world, random, random.chance(0.6) ? random.pick(REQUEST_FAULTS) : random.pick(WEBHOOK_FAULTS))

const spoilAnswer = ({ world }: Nemesis, random: Random): Promise<string | null> =>
  spoilOne(world, random, random.chance(0.6) ? random.pick(ANSWER_FAULTS) : random.pick(WEBHOOK_FAULTS))

async function spoilOne(world: Installation, random: Random, fault: string): Promise<string | null> {
  const late = fault === 'webhook_late' || fault === 'late' ? { delay_ms: 1_000 + random.int(8_000) } : {}
  try {
    await world.control.fault({ provider: random.pick(PROVIDERS), fault, count: 1 + random.int(3), ...late })
    return fault
  } catch {
    // A stalled sandbox takes no orders; the next fault finds it awake.
    return null
  }
}

async function stallSandbox({ world }: Nemesis, random: Random): Promise<string> {
  world.sandbox.signal('SIGSTOP')
  await sleep(500 + random.int(4_000))
  world.sandbox.signal('SIGCONT')
  return 'provider frozen (SIGSTOP)'
}

async function killRedis({ world }: Nemesis): Promise<string | null> {
  return (await world.restartRedis()) ? 'Redis killed' : null
}

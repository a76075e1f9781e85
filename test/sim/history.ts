/**
 * One history: merchants, payers, providers and faults around the engine's real code, from the first request to
 * long after everything healed, and then the verdicts of the checker.
 */
import type { Environment, Service, Uuid } from '@onerouter/core'
import type { Provider } from '@onerouter/providers'
import type { Caller, Credential } from '../../apps/api/src/engine/ports.ts'
import { receiveWebhook } from '../../apps/api/src/engine/receive-webhook.ts'
import { syncPayment } from '../../apps/api/src/engine/sync-payment.ts'
import { checkHistory, type Violation } from './check.ts'
import type { Choices } from './choices.ts'
import { ask, call, type ScriptedPayment } from './client.ts'
import { createLoop, type Loop, RunawayError } from './loop.ts'
import { createMemoryStore, type MemoryStore } from './memory-store.ts'
import { exchange } from './network.ts'
import {
  type CredentialBook,
  crash,
  type Incarnation,
  type ProcessWorld,
  type SleepyWorker,
  startProcess,
  startSleepyWorker,
} from './process.ts'
import { type Book, type BookEvent, createBook, PROFILES } from './providers/book.ts'
import { eventBody, modelOf, type SimCredentials } from './providers/model.ts'
import { playScript } from './script.ts'
import { drawSwarm, heal, type Swarm } from './swarm.ts'

export interface TraceLine {
  readonly atMs: number
  readonly from: string
  readonly to: string
  readonly text: string
}

export interface HistoryResult {
  readonly violations: readonly Violation[]
  readonly hash: number
  readonly events: number
  readonly trace: readonly TraceLine[]
}

/** Counts how often a situation worth having was reached, over many histories. */
export type Marks = Map<string, number>

export type SimService = 'stripe' | 'paypal' | 'razorpay'
export const SIM_SERVICES: readonly [SimService, ...SimService[]] = ['stripe', 'paypal', 'razorpay']

/** Everything one history has. */
export interface World {
  readonly loop: Loop
  readonly choices: Choices
  readonly swarm: Swarm
  readonly memory: MemoryStore
  readonly books: Map<string, Book>
  readonly bookOfOrder: (orderRef: string) => Book | undefined
  readonly accounts: readonly Caller[]
  readonly payments: ScriptedPayment[]
  readonly exposed: Map<string, ScriptedPayment>
  readonly healMs: number
  readonly mark: (name: string) => void
  readonly trace: (from: string, to: string, text: string) => void
  readonly report: (kind: string, detail: string) => void
  readonly router: () => Incarnation | null
  readonly slots: Slots
  readonly rotate: (index: number) => void
  readonly setDown: (service: string, down: boolean) => void
  readonly state: { healed: boolean }
}

export interface Slots {
  readonly names: readonly string[]
  readonly kill: (slot: number) => void
  readonly start: (slot: number) => void
  readonly pause: (slot: number, ms: number) => void
}

const START_MS = 1_800_000_000_000
const HOUR = 3_600_000
const DAY = 24 * HOUR

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
  const world = buildWorld(loop, choices, {
    mark: (name) => void marks.set(name, (marks.get(name) ?? 0) + 1),
    trace: traced
      ? (from, to, text) => void trace.push({ atMs: loop.now() - START_MS, from, to, text })
      : () => {},
    report: (kind, detail) => void violations.push({ kind, detail }),
  })
  try {
    playScript(world)
    loop.at(world.healMs - START_MS, () => healWorld(world))
    loop.run(world.healMs + 7 * DAY)
    for (const payment of world.payments) {
      for (const wish of payment.wishes) if (wish.asked > 0) ask(clientOf(world), wish)
    }
    loop.run(world.healMs + 9 * DAY)
    if (violations.length === 0) violations.push(...checkHistory(world))
    if (violations.length === 0) violations.push(...applyAgain(world))
  } catch (error) {
    const kind = error instanceof RunawayError ? 'never comes to rest' : 'the simulator threw'
    violations.push({ kind, detail: error instanceof Error ? `${error.stack}` : String(error) })
  }
  return { violations, hash: loop.hash(), events: loop.events(), trace }
}

/** The same evidence once more changes nothing. */
function applyAgain(world: World): Violation[] {
  const facts = () =>
    [...world.memory.tables.payment.values()]
      .map(
        (row) =>
          `${row.id} ${row.sequence} ${row.status} ${row.captured}-${row.refunded}-${row.refund_pending}`,
      )
      .join('\n')
  const before = facts()
  for (const row of world.memory.tables.payment.values()) {
    const inc = world.router()
    if (inc === null) continue
    void call(world, inc, (engine) => syncPayment(engine, row, 'poll')).catch(() => undefined)
  }
  world.loop.run(world.loop.now() + 120_000)
  const after = facts()
  return before === after
    ? []
    : [{ kind: 'repeated evidence changed something', detail: firstDifference(before, after) }]
}

function firstDifference(before: string, after: string): string {
  let i = 0
  while (i < before.length && before[i] === after[i]) i++
  const from = Math.max(0, i - 60)
  return `${before.slice(from, i + 120)}\n${after.slice(from, i + 120)}`
}

interface Reports {
  readonly mark: (name: string) => void
  readonly trace: (from: string, to: string, text: string) => void
  readonly report: (kind: string, detail: string) => void
}

function buildWorld(loop: Loop, choices: Choices, reports: Reports): World {
  const { mark, trace, report } = reports
  const swarm = drawSwarm(choices)
  const accounts = drawAccounts(choices)
  const credentials = createCredentials(accounts)
  const memory = createMemoryStore({
    now: loop.now,
    credentials: credentials.all.map((one) => ({ ...one, account_id: one.accountId })),
    addresses: credentials.all
      .filter((one) => one.version === 1)
      .map(({ accountId, environment, service }) => ({
        ...{ account_id: accountId, environment, service, token: `${accountId}-${environment}-${service}` },
      })),
  })
  const down = new Set<string>()
  const books = new Map<string, Book>()
  const merchants = new Map<string, () => Book>()
  const outlets: { event: (credential: Credential, event: BookEvent) => void } = { event: () => {} }
  for (const credential of credentials.all) {
    const { merchant } = credential.credentials as SimCredentials // made below
    const onEvent = (event: BookEvent) => outlets.event(credential, event)
    const profile = PROFILES[credential.service as SimService] // only these have credentials
    merchants.set(merchant, () =>
      createBook(merchant, profile, { choices, swarm, now: loop.now, at: loop.at, mark, onEvent }),
    )
  }
  const bookOf = (merchant: string): Book => {
    const known = books.get(merchant) ?? merchants.get(merchant)?.()
    if (known === undefined) throw new Error(`no merchant ${merchant}`)
    books.set(merchant, known)
    return known
  }
  let serial = 0
  const workers: (SleepyWorker | null)[] = [null, null]
  const processes: ProcessWorld = {
    ...{ loop, choices, swarm, memory, mark, trace, credentials },
    nextSerial: () => ++serial,
    onWrite: () => {
      for (const worker of workers) worker?.hurry()
    },
    providerFor: providerFor(loop, bookOf, (request, inc, settle) =>
      exchange(
        { choices, swarm, at: loop.at, mark, trace, isDown: (name) => down.has(name) },
        request,
        (outcome) => resumeIn(loop, inc, () => settle(outcome)),
      ),
    ),
    onLog: (_level, message) => mark(`log: ${message}`),
  }
  const { slots, router } = createSlots(processes, workers)
  const world: World = {
    ...{ loop, choices, swarm, memory, books, accounts, mark, trace, report, slots, router },
    bookOfOrder: (orderRef) => [...books.values()].find((book) => book.orders.has(orderRef)),
    payments: [],
    exposed: new Map(),
    healMs: START_MS + healAfter(choices),
    rotate: credentials.rotate,
    setDown: (service, isDown) => void (isDown ? down.add(service) : down.delete(service)),
    state: { healed: false },
  }
  outlets.event = (credential, event) => deliverWebhook(world, credential, event)
  return world
}

function healAfter(choices: Choices): number {
  if (choices.chance(0.1)) return choices.range(24 * HOUR, 60 * HOUR)
  return choices.range(HOUR / 2, 8 * HOUR)
}

function drawAccounts(choices: Choices): Caller[] {
  const caller = (n: number, environment: Environment): Caller => ({
    accountId: `00000000-0000-7000-8000-00000000000${n}`,
    keyId: null,
    environment,
    services: null,
  })
  const first = caller(1, choices.chance(0.5) ? 'live' : 'test')
  return choices.chance(0.2) ? [first, caller(2, choices.chance(0.5) ? 'live' : 'test')] : [first]
}

interface SwitchableCredentials extends CredentialBook {
  /** New keys for one service, or its switch between test and live. */
  readonly rotate: (index: number) => void
}

function createCredentials(accounts: readonly Caller[]): SwitchableCredentials {
  const all: Credential[] = []
  const inForce = new Map<string, number>()
  const environments = new Map<string, Environment>()
  for (const { accountId } of accounts) {
    for (const environment of ['test', 'live'] as const) {
      for (const service of SIM_SERVICES) {
        for (const version of [1, 2]) {
          const merchant = `${accountId.at(-1)}${environment.charAt(0)}${service.charAt(0)}${version}`
          all.push({
            ...{
              accountId,
              environment,
              service,
              version,
              credentials: { merchant } satisfies SimCredentials,
            },
            ...{ baseUrl: 'https://provider.example', sandbox: true },
          })
        }
      }
    }
  }
  const slot = (accountId: Uuid, service: Service, environment = '') => `${accountId}${service}${environment}`
  return {
    all,
    services: () => SIM_SERVICES,
    activeEnvironment: (accountId, service) => environments.get(slot(accountId, service)) ?? 'live',
    current: (accountId, environment, service) =>
      all.find(
        (one) =>
          one.accountId === accountId &&
          one.environment === environment &&
          one.service === service &&
          one.version === (inForce.get(slot(accountId, service, environment)) ?? 1),
      ) ?? null,
    rotate(index) {
      const one = all[index % all.length]
      if (one === undefined) return
      inForce.set(slot(one.accountId, one.service, one.environment), one.version)
      environments.set(slot(one.accountId, one.service), one.environment)
    },
  }
}

type Exchange = <T>(
  request: import('./network.ts').Request<T>,
  inc: Incarnation,
  settle: (outcome: import('@onerouter/core').Outcome<T>) => void,
) => void

/** One set of models per incarnation: answers find their way back only into the life that asked. */
function providerFor(loop: Loop, book: (merchant: string) => Book, send: Exchange) {
  const made = new WeakMap<Incarnation, Map<Service, Provider>>()
  return (service: Service, inc: Incarnation): Provider | undefined => {
    if (service === 'twilio') return undefined
    const known = made.get(inc) ?? new Map<Service, Provider>()
    made.set(inc, known)
    const found = known.get(service)
    if (found !== undefined) return found
    const provider = modelOf(service, {
      now: loop.now,
      profile: PROFILES[service],
      book,
      send: (request) =>
        new Promise((resolve) => {
          if (inc.alive) send(request, inc, resolve)
        }),
    })
    known.set(service, provider)
    return provider
  }
}

function resumeIn(loop: Loop, inc: Incarnation, go: () => void): void {
  if (!inc.alive) return
  const waitMs = inc.pausedUntilMs - loop.now()
  if (waitMs > 0) loop.at(waitMs, () => resumeIn(loop, inc, go))
  else go()
}

/** Two routers and two workers, each of which may be dead at the moment. */
function createSlots(world: ProcessWorld, workers: (SleepyWorker | null)[]) {
  const { choices } = world
  const names = ['router A', 'router B', 'worker A', 'worker B']
  const lives: (Incarnation | null)[] = [null, null, null, null]
  const skews = names.map(() => (choices.chance(0.1) ? choices.range(0, 1_200_000) - 600_000 : 0))
  const start = (slot: number): void => {
    if (lives[slot] !== null) return
    const name = names[slot] ?? ''
    const skewMs = skews[slot] ?? 0
    if (slot < 2) {
      lives[slot] = startProcess(world, name, skewMs)
      return
    }
    const worker = startSleepyWorker(world, name, skewMs)
    workers[slot - 2] = worker
    lives[slot] = worker.inc
  }
  const kill = (slot: number): void => {
    const life = lives[slot]
    if (life === null || life === undefined) return
    world.mark('crash')
    crash(world, life)
    lives[slot] = null
    if (slot >= 2) workers[slot - 2] = null
  }
  for (const slot of names.keys()) start(slot)
  const router = (): Incarnation | null => {
    const first = choices.int(2)
    return lives[first] ?? lives[1 - first] ?? null
  }
  const pause = (slot: number, ms: number): void => {
    const life = lives[slot]
    if (life === null || life === undefined) return
    world.mark('zombie')
    world.trace(names[slot] ?? '', names[slot] ?? '', `frozen for ${Math.round(ms / 1000)} s`)
    life.pausedUntilMs = world.loop.now() + ms
  }
  return { slots: { names, kill, start, pause } satisfies Slots, router }
}

const REDELIVER_MS = [10_000, 60_000, 600_000, HOUR, 6 * HOUR, 24 * HOUR, 48 * HOUR]

function deliverWebhook(
  world: World,
  { accountId, environment, service }: Credential,
  event: BookEvent,
): void {
  const { choices, swarm, loop, mark } = world
  const body = eventBody(event)
  const token = `${accountId}-${environment}-${service}`
  let acknowledged = false
  const hand = (attempt: number, signature: string): void => {
    const again = REDELIVER_MS[attempt]
    if (signature === 'good' && again !== undefined) {
      loop.at(again, () => {
        if (!acknowledged) hand(attempt + 1, signature)
      })
    }
    const inc = choices.chance(swarm.webhookLost) ? null : world.router()
    if (inc === null) return
    world.trace(service, inc.name, `webhook about ${event.refund?.id ?? event.order.id}`)
    const raw = { headers: { signature }, body, receivedAtMs: inc.engine.now() }
    call(world, inc, (engine) => receiveWebhook(engine, service, token, raw)).then(
      (received) => {
        if (received !== null && signature !== 'good') world.report('a forged webhook was believed', token)
        if (received === 'repeated') mark('webhook_repeated')
        if (received !== null) acknowledged = true
      },
      () => undefined,
    )
  }
  const delay = choices.chance(swarm.webhookDelayed)
    ? choices.range(1_000, HOUR / 2)
    : choices.range(1, 2_000)
  // A webhook that is lost altogether: the endpoint was down longer than the provider tries.
  if (choices.chance(swarm.webhookLost)) mark('webhook_lost')
  else loop.at(delay, () => hand(0, 'good'))
  if (choices.chance(swarm.webhookDoubled)) loop.at(choices.range(1, 60_000), () => hand(99, 'good'))
  if (choices.chance(swarm.webhookForged)) loop.at(choices.range(1, 60_000), () => hand(99, 'bad'))
}

function healWorld(world: World): void {
  world.trace('world', 'world', 'heals')
  heal(world.swarm)
  world.state.healed = true
  for (const service of SIM_SERVICES) world.setDown(service, false)
  for (const slot of world.slots.names.keys()) world.slots.start(slot)
}

export function clientOf(world: World): Parameters<typeof ask>[0] {
  return {
    ...{ loop: world.loop, mark: world.mark, trace: world.trace, router: world.router },
    onViolation: world.report,
    onExposed: (payment, orderRef) => world.exposed.set(orderRef, payment),
  }
}

/**
 * Processes of OneRouter: the engine's real code over simulated ports. A crash abandons every continuation at the
 * port call it waits for; what was already sent to the database or to a provider goes on without it.
 */
import type { Environment, Service, Uuid } from '@onerouter/core'
import { ERRORS, uuidV7 } from '@onerouter/core'
import type { Provider } from '@onerouter/providers'
import type { Credential, Engine } from '../../apps/api/src/engine/ports.ts'
import type { MoneyStore } from '../../apps/api/src/store/money-store.ts'
import { startWorker, type Wait, type Worker } from '../../apps/api/src/worker/worker.ts'
import type { Choices } from './choices.ts'
import type { Loop } from './loop.ts'
import type { MemoryStore } from './memory-store.ts'
import { earliestDue } from './memory-store.ts'
import { SqlError } from './memory-tables.ts'
import type { Swarm } from './swarm.ts'

export interface Incarnation {
  readonly name: string
  alive: boolean
  /** Frozen until then: a zombie when it comes back after its leases ran out. */
  pausedUntilMs: number
  readonly skewMs: number
  readonly engine: Engine
  /** Told when this incarnation dies. */
  readonly mourners: Set<() => void>
}

export interface ProcessWorld {
  readonly loop: Loop
  readonly choices: Choices
  readonly swarm: Swarm
  readonly memory: MemoryStore
  readonly mark: (name: string) => void
  readonly trace: (from: string, to: string, text: string) => void
  readonly credentials: CredentialBook
  readonly providerFor: (service: Service, inc: Incarnation) => Provider | undefined
  readonly nextSerial: () => number
  /** Something was written: who sleeps may have work sooner. */
  readonly onWrite: () => void
  readonly onLog: (level: 'warn' | 'error', message: string, fields: object) => void
}

/** Which credentials exist, and which are in force at the moment. */
export interface CredentialBook {
  readonly all: readonly Credential[]
  current(accountId: Uuid, environment: Environment, service: Service): Credential | null
  activeEnvironment(accountId: Uuid, service: Service): Environment
  services(accountId: Uuid): readonly Service[]
}

/** Runs `go` in the process, unless it is dead; later, when it is paused. */
export function resume(world: Pick<ProcessWorld, 'loop'>, inc: Incarnation, go: () => void): void {
  if (!inc.alive) return
  const waitMs = inc.pausedUntilMs - world.loop.now()
  if (waitMs > 0) world.loop.at(waitMs, () => resume(world, inc, go))
  else go()
}

export function startProcess(world: ProcessWorld, name: string, skewMs: number): Incarnation {
  const now = () => world.loop.now() + skewMs
  const newId = (): Uuid => uuidV7(now(), idBytes(world.nextSerial()))
  const inc: Incarnation = {
    ...{ name, alive: true, pausedUntilMs: 0, skewMs, mourners: new Set() },
    engine: {
      store: storePort(world, () => inc),
      db: { query: () => Promise.reject(new Error('the engine decides on nothing it reads here')) },
      now,
      newId,
      sleep: (ms) => new Promise((resolve) => world.loop.at(ms, () => resume(world, inc, resolve))),
      provider: (service) => world.providerFor(service, inc),
      credentials: {
        connected: async (accountId) =>
          world.credentials.services(accountId).map((service) => ({
            service,
            activeEnvironment: world.credentials.activeEnvironment(accountId, service),
          })),
        current: async (...which) => world.credentials.current(...which),
        version: async (accountId, environment, service, version) =>
          world.credentials.all.find(
            (one) =>
              one.accountId === accountId &&
              one.environment === environment &&
              one.service === service &&
              one.version === version,
          ) ?? null,
      },
      http: () => () => Promise.reject(new Error('models answer without HTTP')),
      tokens: { get: () => undefined, set: () => {}, drop: () => {}, single: (_key, run) => run() },
      pages: {
        checkoutUrl: (id) => `https://or.example/checkout/${id}`,
        returnUrl: (id) => `https://or.example/checkout/${id}/return`,
        cancelUrl: (id) => `https://or.example/checkout/${id}/cancel`,
      },
      problem: (error) => ({
        status: ERRORS[error.code].status,
        body: JSON.stringify({ code: error.code, detail: error.message }),
      }),
      wake: () => {},
      log: {
        info: () => {},
        warn: (fields, message) => world.onLog('warn', message, fields),
        error: (fields, message) => world.onLog('error', message, fields),
      },
    },
  }
  return inc
}

/** Unlike a counter these do not sort by age within a millisecond, just as random ones do not. */
function idBytes(serial: number): Uint8Array {
  const bytes = new Uint8Array(10)
  let z = Math.imul(serial ^ 0x2545f491, 0x9e3779b1)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  z ^= z >>> 15
  const view = new DataView(bytes.buffer)
  view.setUint32(0, z >>> 0)
  view.setUint32(6, serial)
  return bytes
}

export function crash(world: ProcessWorld, inc: Incarnation): void {
  if (!inc.alive) return
  world.trace(inc.name, inc.name, 'crash')
  inc.alive = false
  for (const mourner of inc.mourners) mourner()
}

const INSTANT: ReadonlySet<string> = new Set([
  'nextOperationDueMs',
  'nextInboundDueMs',
  'addressByToken',
  'addressesOf',
  'signingVersions',
  'reapIdempotency',
])
const READS: ReadonlySet<string> = new Set([
  ...['getPayment', 'getPaymentById', 'getPaymentOfAccount', 'findPaymentByProviderIds', 'getOperation'],
  ...['listOperations', 'getRefund', 'getRefundOfAccount', 'findRefundByProviderId', 'getIdempotency'],
])

const MARKS: Readonly<Record<string, string>> = {
  '40001': 'lost_the_race',
  '23505': 'another_was_live',
  OR001: 'refund_not_available',
  '23514': 'check_refused',
  OR002: 'guard_refused',
}

function storePort(world: ProcessWorld, self: () => Incarnation): MoneyStore {
  const port: Record<string, unknown> = {}
  for (const [name, run] of Object.entries(world.memory.store)) {
    const act = run as (...args: readonly unknown[]) => unknown // the methods of one store, all alike here
    port[name] =
      name in QUEUE
        ? (...args: readonly unknown[]) => take(world, self(), name, () => act(...args))
        : INSTANT.has(name)
          ? async (...args: readonly unknown[]) => act(...args)
          : (...args: readonly unknown[]) => statement(world, self(), name, () => act(...args))
  }
  return port as unknown as MoneyStore // every method of the store, asynchronous
}

const QUEUE: Readonly<Record<string, 'operation' | 'inbound'>> = {
  claimDueOperations: 'operation',
  claimDueInbound: 'inbound',
}

/** Taking from an empty queue changes nothing: no event is spent on it. */
function take(world: ProcessWorld, inc: Incarnation, name: string, act: () => unknown): Promise<unknown> {
  const table = QUEUE[name]
  const due = table === undefined ? null : earliestDue(world.memory.tables[table])
  if (due === null || due > world.loop.now()) return Promise.resolve([])
  return statement(world, inc, name, act)
}

function statement(
  world: ProcessWorld,
  inc: Incarnation,
  name: string,
  act: () => unknown,
): Promise<unknown> {
  const { choices, swarm, loop, mark } = world
  return new Promise((resolve, reject) => {
    if (!inc.alive) return
    const fail = (error: unknown) => resume(world, inc, () => reject(error))
    loop.at(choices.range(1, 4), () => {
      if (choices.chance(swarm.dbLost)) {
        mark('statement_lost')
        return fail(new SqlError('08006', 'connection lost'))
      }
      try {
        const value = act()
        loop.note(name.length)
        if (!READS.has(name)) {
          world.trace(inc.name, 'database', name)
          world.onWrite()
          if (choices.chance(swarm.dbUnknown)) {
            mark('commit_unknown')
            return fail(new SqlError('08006', 'connection lost after the commit'))
          }
        }
        resume(world, inc, () => resolve(value))
      } catch (error) {
        if (error instanceof SqlError) {
          mark(MARKS[error.code] ?? 'sql_error')
          world.trace('database', inc.name, `${name}: ${error.message}`)
        }
        fail(error)
      }
    })
  })
}

/** The product's worker loop; its polling is skipped while nothing can be due. */
export interface SleepyWorker {
  readonly inc: Incarnation
  readonly worker: Worker
  /** Looks again when there may be work sooner than planned. */
  hurry(): void
}

const POLL_MS = 1_000

export function startSleepyWorker(world: ProcessWorld, name: string, skewMs: number): SleepyWorker {
  const inc = startProcess(world, name, skewMs)
  let plannedMs = Number.POSITIVE_INFINITY
  let end: () => void = () => {}
  const plan = (): void => {
    const due = dueMs(world.memory)
    if (due === null) return
    const atMs = Math.max(due, world.loop.now()) + world.choices.int(POLL_MS)
    if (atMs >= plannedMs) return
    plannedMs = atMs
    const ending = end
    world.loop.at(atMs - world.loop.now(), () => resume(world, inc, ending))
  }
  const sleepUntilWoken = (): Wait => {
    const done = new Promise<void>((resolve) => {
      end = resolve
    })
    plannedMs = Number.POSITIVE_INFINITY
    plan()
    return { done, end: () => end() }
  }
  const worker = startWorker(inc.engine, sleepUntilWoken)
  const hurry = () => {
    const due = dueMs(world.memory)
    if (inc.alive && due !== null && due + POLL_MS < plannedMs) plan()
  }
  return { inc, worker, hurry }
}

function dueMs({ tables }: MemoryStore): number | null {
  const operation = earliestDue(tables.operation)
  const inbound = earliestDue(tables.inbound)
  if (operation === null || inbound === null) return operation ?? inbound
  return Math.min(operation, inbound)
}

/**
 * Processes of OneRouter: the engine's real code over simulated ports. A crash abandons every continuation at the
 * port call it waits for; what was already sent to the database or to a provider goes on without it.
 */
import type { Environment, Service, Uuid } from '@onerouter/core'
import { ERRORS, uuidV7 } from '@onerouter/core'
import type { Http, Provider } from '@onerouter/providers'
import type { CallMeta, Credential, Engine } from '../../apps/api/src/engine/ports.ts'
import type { Links } from '../../apps/api/src/links/ports.ts'
import { linkWork } from '../../apps/api/src/links/work.ts'
import type { CredentialBook } from './credentials.ts'
import type { Loop } from './loop.ts'
import type { Mark, Trace } from './marks.ts'
import type { MemoryStore } from './memory-context.ts'
import { storePort } from './store-port.ts'
import type { Dice } from './swarm.ts'

export interface Incarnation {
  readonly name: string
  alive: boolean
  /** Frozen until then: a zombie when it comes back after its leases ran out. */
  pausedUntilMs: number
  readonly skewMs: number
  readonly engine: Engine
  readonly links: Links
  /** Told when this incarnation dies. */
  readonly mourners: Set<() => void>
}

export interface ProcessWorld extends Dice {
  readonly loop: Loop
  readonly memory: MemoryStore
  readonly mark: (name: Mark) => void
  readonly trace?: Trace | undefined
  readonly credentials: CredentialBook
  readonly providers: Providers
  readonly nextSerial: () => number
  /** Whether there are payment links in this history: workers look after what there is. */
  readonly hasLinks: boolean
  /** The names of those that have done something to a payment. */
  readonly active: Set<string>
  /** The process dies in a moment, and comes back after a while. */
  readonly crashSoon: (inc: Incarnation) => void
  /** Something was written: who sleeps may have work sooner. */
  readonly onWrite: () => void
}

/** The other side: models answer by themselves, real adapters go through `http`. */
export interface Providers {
  readonly provider: (service: Service, inc: Incarnation) => Provider | undefined
  readonly http: (credential: Credential, call: CallMeta, inc: Incarnation) => Http
}

/** Runs `go` in the process, unless it is dead; later, when it is paused. */
export function resume(world: { readonly loop: Loop }, inc: Incarnation, go: () => void): void {
  if (!inc.alive) return
  const waitMs = inc.pausedUntilMs - world.loop.now()
  if (waitMs > 0) world.loop.at(waitMs, () => resume(world, inc, go))
  else go()
}

const silent = () => {}

export function startProcess(world: ProcessWorld, name: string, skewMs: number): Incarnation {
  const { loop, credentials } = world
  const now = () => loop.now() + skewMs
  const self: { inc: Incarnation | null } = { inc: null }
  const store = storePort(world, self)
  const core: Engine = {
    store,
    db: { query: () => Promise.reject(new Error('nothing is decided here on what a page shows')) },
    now,
    newId: () => newId(now(), world.nextSerial()),
    sleep: (ms) =>
      new Promise((resolve) => {
        loop.at(ms, () => {
          if (!inc.alive) world.mark('crashed_at_sleep')
          resume(world, inc, resolve)
        })
      }),
    provider: (service) => world.providers.provider(service, inc),
    credentials: {
      connected: async (accountId) => credentials.connected(accountId),
      current: async (accountId, environment, service) =>
        credentials.current(accountId, environment, service),
      version: async (accountId, environment, service, version) =>
        served(world, accountId, environment, service, version),
    },
    http: (credential, call) => world.providers.http(credential, call, inc),
    ...SURROUNDINGS,
  }
  const shared = { engine: core, db: core.db, publicUrl: 'https://or.example', announce: silent }
  const random = (bytes: number) => bytesOf(world.nextSerial(), bytes)
  const links: Links = { ...shared, store, sms: shared, random }
  const inc: Incarnation = {
    ...{ name, alive: true, pausedUntilMs: 0, skewMs, mourners: new Set(), links },
    engine: world.hasLinks ? { ...core, links: linkWork(links) } : core,
  }
  self.inc = inc
  return inc
}

/** What is the same in every process. */
const SURROUNDINGS: Pick<Engine, 'tokens' | 'pages' | 'problem' | 'wake' | 'log'> = {
  tokens: { get: () => undefined, set: silent, drop: silent, single: (_key, run) => run() },
  pages: {
    checkoutUrl: (id) => `https://or.example/checkout/${id}`,
    returnUrl: (id) => `https://or.example/checkout/${id}/return`,
    cancelUrl: (id) => `https://or.example/checkout/${id}/cancel`,
  },
  problem: (error) => ({
    status: ERRORS[error.code].status,
    body: JSON.stringify({ code: error.code, detail: error.message }),
  }),
  wake: silent,
  log: { info: silent, warn: silent, error: silent },
}

/** A payment stays with the keys and the environment it was made with: seen when others are in force by now. */
function served(
  { credentials, mark }: Pick<ProcessWorld, 'credentials' | 'mark'>,
  accountId: Uuid,
  environment: Environment,
  service: Service,
  version: number,
): Credential | null {
  const found = credentials.version(accountId, environment, service, version)
  if (credentials.isRetired(accountId, environment, service, version)) mark('served_with_retired_keys')
  if (environment === 'live' && credentials.activeEnvironment(accountId, service) === 'test') {
    mark('served_in_left_environment')
  }
  return found
}

const ID_BYTES = new Uint8Array(10)

/** Unlike a counter these do not sort by age within a millisecond, just as random ones do not. */
function newId(nowMs: number, serial: number): Uuid {
  let z = Math.imul(serial ^ 0x2545f491, 0x9e3779b1)
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97)
  z ^= z >>> 15
  for (let i = 0; i < 4; i++) {
    ID_BYTES[i] = z >>> (24 - 8 * i)
    ID_BYTES[i + 6] = serial >>> (24 - 8 * i)
  }
  return uuidV7(nowMs, ID_BYTES)
}

/** Told apart by their number, and the same in every run. */
function bytesOf(serial: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => serial >>> (5 * i))
}

export function crash(world: ProcessWorld, inc: Incarnation): void {
  if (!inc.alive) return
  world.trace?.(inc.name, inc.name, 'crash')
  inc.alive = false
  for (const mourner of inc.mourners) mourner()
}

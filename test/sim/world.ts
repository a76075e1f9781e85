/** Everything one history has: clock, dice, providers' books, our processes and the payments that are played. */
import type { Environment, Service } from '@onerouter/core'
import type { Provider } from '@onerouter/providers'
import type { Caller, Credential } from '../../apps/api/src/engine/ports.ts'
import type { Choices } from './choices.ts'
import type { ScriptedPayment } from './client.ts'
import type { ScriptedLink } from './client-links.ts'
import {
  accountOf,
  createCredentials,
  modelCredential,
  type SimCredentials,
  type SimService,
  walletOf,
} from './credentials.ts'
import type { Loop } from './loop.ts'
import type { Mark, Trace } from './marks.ts'
import type { MemoryStore } from './memory-context.ts'
import { createMemoryStore } from './memory-store.ts'
import { exchange } from './network.ts'
import { type Incarnation, type ProcessWorld, type Providers, resume } from './process.ts'
import { type Book, type BookEvent, createBook, type Order } from './providers/book.ts'
import { modelOf } from './providers/model.ts'
import { PROFILES } from './providers/profiles.ts'
import { drawShape, type Shape } from './shapes.ts'
import { createSlots, type Slots } from './slots.ts'
import { type Dice, drawSwarm } from './swarm.ts'
import { deliverWebhook, tokenOf } from './webhooks.ts'
import { createWorkforce, type Workforce } from './workers.ts'

export interface World extends Dice {
  readonly shape: Shape
  readonly loop: Loop
  readonly memory: MemoryStore
  /** By the merchant's name. */
  readonly books: ReadonlyMap<string, Book>
  readonly bookOfOrder: (orderRef: string) => Book | undefined
  readonly accounts: readonly [Caller, ...Caller[]]
  readonly payments: ScriptedPayment[]
  readonly links: ScriptedLink[]
  /** Orders that somebody outside holds the means to pay. */
  readonly exposed: Map<string, ScriptedPayment>
  /** When everything heals. */
  readonly healMs: number
  readonly mark: (name: Mark) => void
  readonly trace?: Trace | undefined
  readonly report: (kind: string, detail: string) => void
  readonly slots: Slots
  /** The processes that have done something to a payment. */
  readonly active: ReadonlySet<string>
  readonly rotate: (index: number) => void
  readonly setDown: (service: string, down: boolean) => void
  readonly state: { healed: boolean }
}

export interface Reports {
  readonly mark: (name: Mark) => void
  readonly trace: Trace | undefined
  readonly report: (kind: string, detail: string) => void
}

/** All accounts' keys: the same in every history. */
const WALLETS = [walletOf(1, modelCredential), walletOf(2, modelCredential)] as const

export function buildWorld(loop: Loop, choices: Choices, reports: Reports): World {
  const { mark, trace, report } = reports
  const shape = drawShape(choices)
  const swarm = drawSwarm(choices, shape)
  const accounts = drawAccounts(choices, shape)
  const credentials = createCredentials(accounts.length === 1 ? WALLETS[0] : WALLETS[1])
  const memory = createMemoryStore({
    now: loop.now,
    credentials: credentials.all.map(({ accountId, environment, service, version }) => ({
      ...{ account_id: accountId, environment, service, version },
    })),
    addresses: credentials.all
      .filter((one) => one.version === 1)
      .map((one) => ({
        ...{ account_id: one.accountId, environment: one.environment, service: one.service },
        token: tokenOf(one),
      })),
  })
  const down = new Set<string>()
  const books = new Map<string, Book>()
  const dice: Dice = { choices, swarm, mark }
  const outlet: { event: (credential: Credential, event: BookEvent) => void } = { event: () => {} }
  const bookOf = (merchant: string): Book => {
    const known = books.get(merchant)
    if (known !== undefined) return known
    const credential = credentials.all.find((one) => nameOf(one) === merchant)
    if (credential === undefined) throw new Error(`no merchant ${merchant}`)
    const made = createBook(merchant, PROFILES[credential.service as SimService], {
      ...{ choices, swarm, shape, mark, now: loop.now, at: loop.at },
      onEvent: (event) => outlet.event(credential, event),
    })
    books.set(merchant, made)
    return made
  }
  const active = new Set<string>()
  let serial = 0
  const force: { work: Workforce | null; slots: Slots | null } = { work: null, slots: null }
  const network = { ...dice, mark, at: loop.at, trace, isDown: (name: string) => down.has(name) }
  const processes: ProcessWorld = {
    ...{ loop, choices, swarm, memory, mark, trace, credentials, active },
    nextSerial: () => ++serial,
    hasLinks: shape.links,
    onWrite: () => force.work?.hurry(),
    crashSoon: (inc) => force.slots?.crashSoon(inc),
    providers: modelProviders(loop, bookOf, (request, inc, settle) =>
      exchange(network, request, (outcome) => {
        if (!inc.alive) mark('crashed_at_provider_call')
        resume({ loop }, inc, () => settle(outcome))
      }),
    ),
  }
  const workforce = createWorkforce(processes)
  force.work = workforce
  const slots = createSlots(processes, workforce)
  force.slots = slots
  const exposed = new Map<string, ScriptedPayment>()
  const world: World = {
    ...{ loop, choices, shape, swarm, memory, books, accounts, mark, trace, report, slots, exposed, active },
    bookOfOrder: (orderRef) => bookWith(books, orderRef),
    payments: [],
    links: [],
    healMs: loop.now() + healAfter(choices, shape),
    rotate: credentials.rotate,
    setDown: (service, isDown) => void (isDown ? down.add(service) : down.delete(service)),
    state: { healed: false },
  }
  outlet.event = (credential, event) => deliverWebhook(world, credential, event)
  return world
}

const nameOf = (one: Credential): string => (one.credentials as SimCredentials).merchant // made by the wallet

function bookWith(books: ReadonlyMap<string, Book>, orderRef: string): Book | undefined {
  for (const book of books.values()) if (book.orders.has(orderRef)) return book
  return undefined
}

/** The order a payer was shown last for this payment. */
export function shownOrder({ exposed, bookOfOrder }: World, payment: ScriptedPayment): Order | undefined {
  let found: Order | undefined
  for (const [orderRef, shownFor] of exposed) {
    if (shownFor === payment) found = bookOfOrder(orderRef)?.orders.get(orderRef)
  }
  return found
}

function healAfter(choices: Choices, { heals, healsLate, late }: Shape): number {
  return choices.range(...(choices.chance(late) ? healsLate : heals))
}

function drawAccounts(choices: Choices, { secondAccount }: Shape): [Caller, ...Caller[]] {
  const caller = (n: number, environment: Environment): Caller => ({
    ...{ accountId: accountOf(n), keyId: null, environment, services: null },
  })
  const first = caller(1, choices.chance(0.5) ? 'live' : 'test')
  return choices.chance(secondAccount) ? [first, caller(2, choices.chance(0.5) ? 'live' : 'test')] : [first]
}

type Exchange = <T>(
  request: import('./network.ts').Request<T>,
  inc: Incarnation,
  settle: (outcome: import('@onerouter/core').Outcome<T>) => void,
) => void

/** One set of models per incarnation: answers find their way back only into the life that asked. */
function modelProviders(loop: Loop, book: (merchant: string) => Book, send: Exchange): Providers {
  const made = new WeakMap<Incarnation, Map<Service, Provider>>()
  return {
    http: () => () => Promise.reject(new Error('models answer without HTTP')),
    provider(service, inc) {
      if (service === 'twilio') return undefined
      let known = made.get(inc)
      if (known === undefined) {
        known = new Map()
        made.set(inc, known)
      }
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
    },
  }
}

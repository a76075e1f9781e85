import { currency, formatId, type Money, type Outcome, uuidV7 } from '@onerouter/core'
import { expect } from 'vitest'
import type { Exchange } from '../exchange.ts'
import type {
  CreatePayment,
  PaymentHandle,
  PaymentSnapshot,
  Payments,
  Provider,
  ProviderContext,
  RawWebhook,
  Refunds,
} from '../spec.ts'
import { createTokenCache } from '../token-cache.ts'
import { type FetchLike, httpFromFetch } from '../transport.ts'
import { proving } from './proofs.ts'

/** What the suite needs of an emulated provider; the sandbox's own object fits without being imported. */
export interface SandboxLike {
  readonly providers: readonly string[]
  readonly urls: { readonly api: Readonly<Record<string, string>> }
  readonly faults: { add(plan: FaultPlanLike): void; clear(): void }
  readonly requests: {
    recent(
      provider: EmulatedName,
      limit: number,
    ): readonly { readonly method: string; readonly path: string }[]
  }
  fetch(provider: EmulatedName): FetchLike
  account(provider: EmulatedName): {
    readonly id: string
    readonly credentials: Readonly<Record<string, string>>
  }
  simulate(
    provider: EmulatedName,
    accountId: string,
    orderRef: string,
    action: PayerAction,
  ): { readonly ok: boolean; readonly status?: string; readonly reason?: string }
  simulateSubscription(
    provider: EmulatedName,
    accountId: string,
    ref: string,
    action: SubscriberAction,
  ): { readonly ok: boolean; readonly status?: string; readonly reason?: string }
  book(provider: EmulatedName, accountId?: string): readonly BookEntryLike[]
  subscriptions(provider: EmulatedName, accountId?: string): readonly SubscriptionEntryLike[]
  subscriptionCharges(provider: EmulatedName, accountId?: string): readonly SubscriptionChargeLike[]
  advance(ms: number): Promise<void>
  runDue(): Promise<void>
  now(): number
}

export type EmulatedName = 'stripe' | 'razorpay' | 'paypal' | 'twilio'
export type PayerAction =
  | 'succeed'
  | 'fail'
  | 'authenticate'
  | 'abandon'
  | 'expire'
  | 'late_succeed'
  | 'dispute'
  | 'dispute_won'
  | 'dispute_lost'
export type SubscriberAction = 'approve' | 'renew' | 'fail_renewal' | 'cancel' | 'update_card'
export type FaultName =
  | 'lost_request'
  | 'lost_answer'
  | 'duplicate'
  | 'error_before'
  | 'error_after'
  | 'html'
  | 'truncated'
  | 'rate_limited'
  | 'stall'
  | 'webhook_doubled'
  | 'webhook_forged'

interface FaultPlanLike {
  readonly provider: EmulatedName
  readonly fault: FaultName
  readonly count: number
  readonly match?: string
}

export interface BookEntryLike {
  readonly orderRef: string
  readonly paymentRefs: readonly string[]
  readonly reference: string | null
  readonly currency: string
  readonly amount: bigint
  readonly captured: bigint
  readonly refunded: bigint
}

export interface SubscriptionEntryLike {
  readonly subscriptionRef: string
  readonly reference: string | null
  readonly status: string
}

export interface SubscriptionChargeLike {
  readonly subscriptionRef: string
  readonly amount: bigint
  readonly status: 'paid' | 'failed'
}

/** What the suite gives to the maker of a sandbox; `createSandbox` takes it as it is. */
export interface SandboxHost {
  readonly clock: { now(): number }
  readonly seed: number
  /** Receives the webhooks. */
  readonly fetch: typeof fetch
  readonly sleep: () => Promise<void>
  readonly deliveryConcurrency: number
  readonly warn: (message: string) => void
}

export type MakeWorld = (host: SandboxHost) => {
  readonly provider: Provider
  readonly sandbox: SandboxLike
  /**
   * For providers whose API cannot register a webhook: makes the sandbox deliver to `url` and answers the
   * credential fields to verify with.
   */
  readonly subscribe?: (url: string) => Promise<Readonly<Record<string, string>>>
}

/** Facts that differ between providers by documentation, not by choice of the suite. */
export interface Expectations {
  readonly currency: 'USD' | 'INR'
  /** Wire amounts in the provider's own smallest unit, worked out by hand; `null` = refused as inexact. */
  readonly wire: readonly {
    readonly minor: bigint
    readonly currency: string
    readonly wire: bigint | null
  }[]
  /** How old a delivery may be; `null` where deliveries carry no time of their own or retries span days. */
  readonly staleAfterMs: number | null
  /** Whether the provider's own key on `create` makes repeating it harmless. */
  readonly replaysCreate: boolean
}

export const WEBHOOK_URL = 'https://router.example/webhooks/token'
const START_MS = Date.UTC(2026, 10, 24, 9, 0, 0)

export type World = ReturnType<typeof openWorld>

export interface Paid {
  readonly request: CreatePayment
  readonly handle: PaymentHandle
  readonly snapshot: PaymentSnapshot
}

/** One merchant, one emulated provider, nothing shared with any other test. */
export function openWorld(makeWorld: MakeWorld, expectations: Expectations) {
  const received: RawWebhook[] = []
  const exchanges: Exchange[] = []
  let baseMs = START_MS
  let ids = 0
  const made = makeWorld({
    clock: { now: () => baseMs },
    seed: 7,
    fetch: receiver(received, () => sandbox.now()),
    sleep: () => Promise.resolve(),
    deliveryConcurrency: 1,
    warn: () => {},
  })
  const { sandbox, subscribe } = made
  const provider = proving(made.provider)
  // The suite runs payment providers only, and their names are the emulators' names.
  const name = provider.name as EmulatedName
  const account = sandbox.account(name)
  const parsed = provider.credentials.parse(account.credentials, 'test')
  if (!parsed.ok) throw new Error(`the sandbox's credentials are refused: ${JSON.stringify(parsed.errors)}`)
  let credentials: object = parsed.credentials
  const tokens = createTokenCache()
  const baseUrl = sandbox.urls.api[name] ?? ''
  let network: FetchLike = sandbox.fetch(name)
  const http = httpFromFetch((request) => network(request), baseUrl, {
    now: () => sandbox.now(),
    secrets: secretsIn(provider, account.credentials),
    observe: (exchange) => exchanges.push(exchange),
  })

  const world = {
    provider,
    sandbox,
    expectations,
    received,
    exchanges,
    secrets: secretsIn(provider, account.credentials),
    payments: needed(provider.payments, 'payments'),
    refunds: needed(provider.refunds, 'refunds'),
    disputes: needed(provider.disputes, 'disputes'),
    subscriptions: needed(provider.subscriptions, 'subscriptions'),
    webhooks: provider.webhooks,
    credentials: () => credentials,
    ctx(send: 'first' | 'later' = 'first', other: object = credentials): ProviderContext<object> {
      const fresh = other === credentials ? tokens : createTokenCache()
      const now = () => sandbox.now()
      return { credentials: other, environment: 'test', baseUrl, send, http, tokens: fresh, now }
    },
    /** Cuts the wire in front of the provider: every call fails before it is sent. */
    refuseConnections: () => {
      network = () => Promise.reject({ sent: false })
    },
    restoreConnections: () => {
      network = sandbox.fetch(name)
    },
    id(): string {
      ids += 1
      const random = new Uint8Array(10)
      new DataView(random.buffer).setUint32(4, ids)
      return formatId('operation', uuidV7(sandbox.now(), random))
    },
    money: (minor: bigint, code: string = expectations.currency): Money => ({
      minor,
      currency: currency(code),
    }),
    fault(fault: FaultName, match: string, count = 1): void {
      sandbox.faults.add({ provider: name, fault, count, match })
    },
    act(orderRef: string, action: PayerAction) {
      return sandbox.simulate(name, account.id, orderRef, action)
    },
    subscriber(ref: string, action: SubscriberAction) {
      return sandbox.simulateSubscription(name, account.id, ref, action)
    },
    subscriptionsBooked: (reference: string) =>
      sandbox.subscriptions(name, account.id).filter((entry) => entry.reference === reference),
    chargesBooked: (subscriptionRef: string) =>
      sandbox
        .subscriptionCharges(name, account.id)
        .filter((charge) => charge.subscriptionRef === subscriptionRef),
    booked: (reference: string) =>
      sandbox.book(name, account.id).filter((entry) => entry.reference === reference),
    async subscribe(): Promise<Readonly<Record<string, string>>> {
      const fields =
        subscribe !== undefined
          ? await subscribe(WEBHOOK_URL)
          : value(await needed(provider.webhooks.register?.(world.ctx(), WEBHOOK_URL), 'register'))
              .credentials
      credentials = { ...credentials, ...fields }
      return fields
    },
    async settleTime(ms = 0): Promise<void> {
      await sandbox.advance(ms)
      await sandbox.runDue()
    },
    moveBase: (ms: number) => {
      baseMs += ms
    },
  }
  return world
}

function receiver(received: RawWebhook[], now: () => number): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init)
    received.push({
      url: request.url,
      headers: Object.fromEntries(request.headers),
      body: new Uint8Array(await request.arrayBuffer()),
      receivedAtMs: now(),
    })
    return new Response(null, { status: 204 })
  }
}

function secretsIn(provider: Provider, credentials: Readonly<Record<string, string>>): readonly string[] {
  return provider.credentials.fields
    .filter((field) => field.secret)
    .flatMap((field) => credentials[field.name] ?? [])
}

function needed<T>(member: T | undefined, what: string): T {
  if (member === undefined) throw new Error(`conformance needs ${what}`)
  return member
}

export type AnyPayments = Payments<object>
export type AnyRefunds = Refunds<object>

/** The value of an outcome that must be ok; the whole outcome is shown when it is not. */
export function value<T>(outcome: Outcome<T>): T {
  if (outcome.kind !== 'ok') expect.fail(`expected ok, got ${JSON.stringify(outcome)}`)
  return outcome.value
}

import type { ApiError, Environment, Service, Uuid } from '@onerouter/core'
import type { Http, Provider, ProviderEvent, SavedToken, TokenCache } from '@onerouter/providers'
import type { Spans } from '../observe/spans.ts'
import type { RoutingSource } from '../routing/source.ts'
import type { finishInbound, WebhookAddress } from '../store/inbound.ts'
import type { MoneyStore } from '../store/money-store.ts'
import type { InboundRow, OperationRow, PaymentRow, Queryable } from '../store/rows.ts'
import type { Answer } from '../store/settle.ts'

/**
 * Everything the engine needs of the world. Time, ids, providers and the database come in here, so the same
 * code runs behind HTTP, in the worker and under the simulator.
 */
export interface Engine {
  readonly store: MoneyStore
  /** Reads that answer a page: lists, timelines. The engine itself decides on nothing it reads here. */
  readonly db: Queryable
  readonly now: () => number
  readonly newId: () => Uuid
  readonly sleep: (ms: number) => Promise<void>
  readonly provider: (service: Service) => Provider | undefined
  readonly credentials: CredentialSource
  /** A transport that records every exchange against the payment it serves. */
  readonly http: (credential: Credential, call: CallMeta) => Http
  /** The account's routing rules and the health of its providers; without it the default order. */
  readonly routing?: RoutingSource
  readonly tokens: TokenCache
  readonly pages: CheckoutPages
  readonly problem: (error: ApiError, requestId: string) => Answer
  /** Tells the worker that something became due sooner than it thinks. */
  readonly wake: (inMs?: number, kind?: DueKind) => void
  /** A provider's delivery was not taken; where too many are not, its account is warned. */
  readonly refused?: (address: WebhookAddress, reason: string) => void
  readonly log: Log
  /** Where traces are kept. */
  readonly spans?: Spans | undefined
  /** Text messages, where the installation sends any; a life of their own beside payments. */
  readonly messages?: MessageWork
  /** Disputes, which payers open elsewhere. */
  readonly disputes?: DisputeWork
  /** Subscriptions, whose charges the providers make by themselves. */
  readonly subscriptions?: SubscriptionWork
  /** Payment methods that payers let the merchant keep. */
  readonly saved?: SavedWork
  /** Payment links: what their payments and the clock make of them. */
  readonly links?: DueWork
  /** Domains whose proof is looked at again. */
  readonly domains?: DueWork
}

/** What the worker looks after, each by a time at which it is due. */
export type DueKind =
  | 'inbound'
  | 'operations'
  | 'messages'
  | 'disputes'
  | 'domains'
  | 'links'
  | 'subscriptions'
  | 'saved'

/** Rows that are due, whoever's they are: claimed under a lease, worked off one by one. */
export interface DueWork {
  claimDue(limit: number, leaseMs: number): Promise<readonly (() => Promise<void>)[]>
  nextDueMs(): Promise<number | null>
}

/** What an inbox entry comes to. */
export type InboundOutcome = Parameters<typeof finishInbound>[2]

/** What is due for messages, and what their callbacks mean. */
export interface MessageWork {
  apply(row: InboundRow, messageRef: string): Promise<InboundOutcome>
  claimDue(limit: number, leaseMs: number): Promise<readonly (() => Promise<void>)[]>
  nextDueMs(): Promise<number | null>
}

/** What is due for disputes, and what events about them mean. */
export interface DisputeWork extends DueWork {
  apply(row: InboundRow, about: AboutDispute): Promise<InboundOutcome>
  /** Asks the provider about one dispute of the payment and keeps what it says. */
  follow(
    payment: PaymentRow,
    disputeRef: string,
  ): Promise<{ readonly kind: 'applied' | 'unchanged' | 'unreachable' | 'contradiction' }>
  /** Whose payment a dispute is about, by the provider's names; `null`: nobody's we know. */
  paymentOf(
    owner: { readonly account_id: Uuid; readonly environment: Environment; readonly provider: Service },
    ids: {
      readonly reference: string | null
      readonly orderRef: string | null
      readonly paymentRef: string | null
    },
  ): Promise<PaymentRow | null>
}

export type AboutDispute = Extract<ProviderEvent['about'], { readonly kind: 'dispute' }>

/** What is due for subscriptions, and what events about them mean. */
export interface SubscriptionWork extends DueWork {
  apply(row: InboundRow, about: AboutSubscription): Promise<InboundOutcome>
  /** The payment that a charge becomes when its money moves again; `null`: the provider's payment is no charge. */
  paymentOf(
    owner: { readonly account_id: Uuid; readonly environment: Environment; readonly provider: Service },
    paymentRef: string,
  ): Promise<PaymentRow | null>
}

/** Payment methods kept for later: what is due for them, and by what a charge of one is made. */
export interface SavedWork extends DueWork {
  /** `null`: the method is not kept any more. */
  tokenOf(operation: Pick<OperationRow, 'account_id' | 'environment' | 'request'>): Promise<SavedToken | null>
}

export type AboutSubscription = Extract<ProviderEvent['about'], { readonly kind: 'subscription' }>

export interface Log {
  info(fields: object, message: string): void
  warn(fields: object, message: string): void
  error(fields: object, message: string): void
}

/** One version of an account's credentials at one provider in one environment, decrypted. */
export interface Credential {
  readonly accountId: Uuid
  readonly environment: Environment
  readonly service: Service
  readonly version: number
  readonly credentials: object
  readonly baseUrl: string
  readonly sandbox: boolean
}

export interface CredentialSource {
  connected(accountId: Uuid): Promise<readonly ConnectedService[]>
  /** The version in force; never another environment's. */
  current(accountId: Uuid, environment: Environment, service: Service): Promise<Credential | null>
  /** A past version: open payments stay with the account they were made with. */
  version(
    accountId: Uuid,
    environment: Environment,
    service: Service,
    version: number,
  ): Promise<Credential | null>
}

export interface ConnectedService {
  readonly service: Service
  readonly activeEnvironment: Environment
  /** Payment methods the account turned off, as `environment/method`. */
  readonly disabledMethods?: readonly string[]
}

export interface CallMeta {
  readonly verb: string
  readonly paymentId: Uuid | null
  readonly operationId: Uuid | null
}

export interface CheckoutPages {
  /** Our page that opens a provider's checkout. */
  checkoutUrl(paymentId: Uuid): string
  /** Where providers send payers back to. */
  returnUrl(paymentId: Uuid): string
  cancelUrl(paymentId: Uuid): string
}

/** Who asks, as far as money is concerned. */
export interface Caller {
  readonly accountId: Uuid
  readonly keyId: Uuid | null
  readonly environment: Environment
  /** Services the key is restricted to; `null` = all. */
  readonly services: ReadonlySet<Service> | null
}

/** The environments whose objects a caller may see: a live key follows its services into test, never the reverse. */
export function visibleEnvironments(caller: Caller): readonly Environment[] {
  return caller.environment === 'live' ? ['live', 'test'] : ['test']
}

/** The caller's wish to have a request done once. */
export interface Claim {
  readonly key: string
  readonly fingerprint: Buffer
  readonly requestId: string
}

/** What a use case answers; `providerMs` is time spent waiting for the provider. */
export interface Reply extends Answer {
  readonly replayed: boolean
  readonly originalRequestId: string | null
  readonly providerMs: number
}

/** How long a recorded call may stay unsettled before somebody else takes it over: longer than any call lasts. */
export const TAKEOVER_MS = 45_000

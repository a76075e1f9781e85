/**
 * The vocabulary every emulator is written in. An emulator is a pure-ish state machine over one `World`:
 * it never opens a socket, reads a clock or draws a random number of its own, so the same code runs behind
 * real ports, inside a test as an injected fetch, and inside the simulator on virtual time.
 */

export const PROVIDERS = ['stripe', 'razorpay', 'paypal', 'twilio'] as const
export type ProviderName = (typeof PROVIDERS)[number]

/** One merchant account at an emulated provider: what the credentials open. */
export interface SandboxAccount {
  readonly id: string
  readonly provider: ProviderName
  /** The names of contract section 10, e.g. Stripe `{secret_key, publishable_key}`. */
  readonly credentials: Readonly<Record<string, string>>
}

export interface Clock {
  /** Milliseconds since the epoch, as the emulated world sees them. */
  now(): number
}

/** Seeded: the same seed gives the same ids, so failures replay. */
export interface Random {
  u32(): number
  /** `length` characters drawn from `alphabet`. */
  text(alphabet: string, length: number): string
}

/** A piece of later work. JSON only, because tasks survive a restart of the sandbox. */
export interface Task {
  readonly kind: string
  readonly data: Readonly<Record<string, unknown>>
}

/** Why an attempt was not taken: no connection, no answer in time, or an answer that refused it. */
export type WebhookFailure = 'connect' | 'timeout' | '4xx' | '5xx'

/** An outgoing webhook; `sign` runs at every attempt because Stripe re-stamps and PayPal re-transmits. */
export interface WebhookDelivery {
  readonly provider: ProviderName
  readonly accountId: string
  readonly url: string
  readonly eventId: string
  readonly eventType: string
  readonly body: string
  /** Whatever the provider's `signWebhook` needs besides the body (endpoint id, secret reference…). */
  readonly signing: Readonly<Record<string, string>>
  /** Milliseconds after the previous attempt; the provider's own published schedule. */
  readonly retryDelaysMs: readonly number[]
  /** Failures worth another attempt; absent: all of them. */
  readonly retryOn?: readonly WebhookFailure[]
  readonly timeoutMs: number
}

export interface World {
  readonly clock: Clock
  readonly random: Random
  /** Where payers and API clients reach this sandbox. No trailing slash. */
  readonly urls: { readonly pages: string; readonly api: Readonly<Record<ProviderName, string>> }
  /** A named table that survives restarts. Values must be JSON-serialisable and are mutated in place. */
  collection<T extends object>(name: string): Map<string, T>
  /** Runs `task` when the clock reaches `atMs`; handlers are registered by kind with `onTask`. */
  schedule(atMs: number, task: Task): void
  onTask(kind: string, handler: (data: Readonly<Record<string, unknown>>) => void): void
  /** Queues a webhook; loss, doubling, reordering, lateness and forgery are applied by the kernel. */
  deliver(delivery: WebhookDelivery): void
  accountByCredential(provider: ProviderName, field: string, value: string): SandboxAccount | undefined
  account(id: string): SandboxAccount | undefined
}

/** What a payer (or `/v1/simulations/payments/{id}/…`) may do at the provider's side. */
export const SIMULATIONS = [
  'succeed',
  'fail',
  'authenticate',
  'abandon',
  'expire',
  'late_succeed',
  'dispute',
  // The bank or the provider decides about the open dispute.
  'dispute_won',
  'dispute_lost',
] as const
export type Simulation = (typeof SIMULATIONS)[number]

/** What a carrier may report about a message (`/v1/simulations/messages/{id}/…`). */
export const MESSAGE_SIMULATIONS = ['deliver', 'undeliver'] as const
export type MessageSimulation = (typeof MESSAGE_SIMULATIONS)[number]

/** What a subscriber, their bank or the passing of time may do (`/v1/simulations/subscriptions/{id}/…`). */
export const SUBSCRIPTION_SIMULATIONS = ['approve', 'renew', 'fail_renewal', 'cancel', 'update_card'] as const
export type SubscriptionSimulation = (typeof SUBSCRIPTION_SIMULATIONS)[number]

/** What becomes of a saved method while nobody looks (`/simulations/{provider}/methods/{ref}/…`). */
export const METHOD_SIMULATIONS = ['work', 'decline', 'expire', 'require_authentication', 'remove'] as const
export type MethodSimulation = (typeof METHOD_SIMULATIONS)[number]
/** How the next payment with a saved method ends. */
export type MethodBehaviour = 'works' | 'declines' | 'expired' | 'needs_authentication'
export const BEHAVIOUR_AFTER = {
  work: 'works',
  decline: 'declines',
  expire: 'expired',
  require_authentication: 'needs_authentication',
} as const satisfies Record<Exclude<MethodSimulation, 'remove'>, MethodBehaviour>

export type SimulationResult =
  | { readonly ok: true; readonly status: string }
  | { readonly ok: false; readonly reason: string }

/** One payment as the provider's books have it; amounts in the provider's own smallest unit. */
export interface BookEntry {
  readonly accountId: string
  /** Session, order: what the create call returned. */
  readonly orderRef: string
  readonly paymentRefs: readonly string[]
  /** The caller's correlation id: Stripe metadata `onerouter_ref`, PayPal `custom_id`, Razorpay `receipt`. */
  readonly reference: string | null
  readonly currency: string
  /** Wire amount as integer minor units of the provider (PayPal's decimal text with its own exponent). */
  readonly amount: bigint
  readonly authorized: bigint
  readonly captured: bigint
  readonly refunded: bigint
  readonly status: string
}

/** One subscription as the provider's books have it. */
export interface SubscriptionEntry {
  readonly accountId: string
  readonly subscriptionRef: string
  /** The caller's correlation id, as in `BookEntry`. */
  readonly reference: string | null
  readonly planRef: string
  readonly quantity: number
  readonly status: string
  /** When the provider acts next by itself, ISO 8601; null when it never will. */
  readonly nextAt: string | null
}

/** One collection of money for a subscription, made or refused; amounts as in `BookEntry`. */
export interface SubscriptionCharge {
  readonly accountId: string
  readonly subscriptionRef: string
  readonly reference: string | null
  /** Stripe and Razorpay: the invoice it was collected for. */
  readonly invoiceRef: string | null
  /** What a webhook calls it: payment intent, payment or sale. */
  readonly paymentRef: string
  readonly currency: string
  readonly amount: bigint
  readonly refunded: bigint
  readonly status: 'paid' | 'failed'
  /** Emulated time, ISO 8601. */
  readonly at: string
}

/** One saved payment method as the provider keeps it. */
export interface SavedMethodEntry {
  readonly accountId: string
  readonly methodRef: string
  readonly customerRef: string | null
  /** The provider's own word: `card`, `paypal`, `upi`. */
  readonly kind: string
  readonly status: 'active' | 'removed'
  readonly behaviour: MethodBehaviour
  /** Emulated time of saving, ISO 8601. */
  readonly at: string
}

/** One message as the provider's books have it. */
export interface MessageEntry {
  readonly accountId: string
  /** What the create call returned. */
  readonly messageRef: string
  readonly direction: 'inbound' | 'outbound'
  readonly from: string | null
  readonly to: string
  readonly body: string
  readonly status: string
  readonly errorCode: number | null
  readonly segments: number
  /** The provider's own decimal text, null until billed. */
  readonly price: string | null
}

export interface Emulator {
  readonly provider: ProviderName
  /** The provider's own HTTP API, provider's own paths at the root. Never throws for a caller's mistake. */
  api(request: Request): Promise<Response>
  /** Pages a payer opens, below `/{provider}/…` on the sandbox's port; plain HTML forms, no remote assets. */
  pages(request: Request): Promise<Response>
  /** Credentials for a new merchant account, random but well formed for the provider. */
  newCredentials(random: Random): Record<string, string>
  /** Headers of one delivery attempt, signed as the provider signs at `nowMs`, the receiver's own time. */
  signWebhook(delivery: WebhookDelivery, nowMs: number): Record<string, string>
  /** Drives the payer without a browser; `orderRef` is what the create call returned. */
  simulate(accountId: string, orderRef: string, action: Simulation): SimulationResult
  book(accountId: string): BookEntry[]
  /** Drives the subscriber and the calendar; `ref` is a subscription, or what led to it (a session). */
  simulateSubscription?(accountId: string, ref: string, action: SubscriptionSimulation): SimulationResult
  /** Every subscription, oldest first. */
  subscriptions?(accountId: string): SubscriptionEntry[]
  /** Every collection for a subscription, oldest first. */
  subscriptionCharges?(accountId: string): SubscriptionCharge[]
  /** Changes how a saved method behaves, or takes it away as the payer or their bank would. */
  simulateMethod?(accountId: string, methodRef: string, action: MethodSimulation): SimulationResult
  /** Every method that was ever saved, oldest first. */
  savedMethods?(accountId: string): SavedMethodEntry[]
  /** Messaging providers only: reports about a message without a carrier. */
  simulateMessage?(accountId: string, messageRef: string, action: MessageSimulation): SimulationResult
  /** Messaging providers only: every message, oldest first. */
  messages?(accountId: string): MessageEntry[]
  /** Paths of the API's origin that payers' browsers open: never logged, never spoiled by a fault. */
  readonly payerPaths?: RegExp
  /** The JSON body the provider itself would send with this status (429, 5xx faults); absent gives `{}`. */
  errorBody?(status: number): unknown
  /** Called once when the last retry of a delivery failed: Razorpay then disables the webhook. */
  deliveryExhausted?(delivery: WebhookDelivery): void
}

export type CreateEmulator = (world: World) => Emulator

/** Request faults. `lost_*`: the connection is cut before / after the effect. */
export const REQUEST_FAULTS = [
  'lost_request',
  'lost_answer',
  'late',
  'duplicate',
  'error_before',
  'error_after',
  'html',
  'truncated',
  'rate_limited',
  'stall',
] as const
export type RequestFault = (typeof REQUEST_FAULTS)[number]
export const WEBHOOK_FAULTS = [
  'webhook_lost',
  'webhook_doubled',
  'webhook_reordered',
  'webhook_late',
  'webhook_forged',
] as const
export type WebhookFault = (typeof WEBHOOK_FAULTS)[number]
export type Fault = RequestFault | WebhookFault

/** A planned fault: used up after `count` matching requests or deliveries. */
export interface FaultPlan {
  readonly provider: ProviderName
  readonly fault: Fault
  readonly count: number
  /** Part of `METHOD /path` (requests) or of the event type (webhooks); absent matches everything. */
  readonly match?: string
  /** How late `late` and `webhook_late` are, in milliseconds; the kernel's defaults otherwise. */
  readonly delayMs?: number
}

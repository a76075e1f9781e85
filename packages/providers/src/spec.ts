import type {
  Environment,
  FieldProblem,
  Money,
  Outcome,
  ProviderPaymentStatus,
  RefundStatus,
  Service,
} from '@onerouter/core'
import type { Disputes } from './disputes.ts'
import type { HostedCheckout } from './hosted-checkout.ts'
import type { ListedEvent, ListedPage, ListedPayment, ListedRefund, ListWindow } from './listing.ts'
import type { Messages } from './messages.ts'
import type { PaymentMethod } from './payment-methods.ts'
import type { RawCalls } from './raw.ts'
import type { SavedMethods, SavedToken } from './saved-methods.ts'
import type { Subscriptions } from './subscriptions.ts'
import type { WalletDomains } from './wallet-domains.ts'

/**
 * What a provider is. One object literal per provider, made by `defineProvider`; a verb that is missing is a
 * capability the provider lacks, and nobody writes capabilities down a second time.
 *
 * Rules every adapter keeps:
 * 1. Its only I/O is `ctx.http`. It never retries and never sleeps: the engine decides what happens next.
 * 2. Every verb answers an `Outcome`; it throws only for bugs.
 * 3. Mapping lives in pure files (`to-wire.ts`, `from-wire.ts`); unknown wire values map to `unrecognised`.
 * 4. Who implements `create` implements `fetch`; a verb without a replay window must be resolvable by look-up.
 * 5. It reports the amounts the provider states; the engine compares them with what was asked.
 */
export interface Provider<C extends object = object> {
  readonly name: Service
  readonly label: string
  /** Origins of the real API without trailing slash; `*_API_BASE` replaces them. */
  readonly origin: Readonly<Record<Environment, string>>
  readonly credentials: CredentialSpec<C>
  readonly payments?: Payments<C>
  readonly refunds?: Refunds<C>
  readonly disputes?: Disputes<C>
  readonly savedMethods?: SavedMethods<C>
  readonly walletDomains?: WalletDomains<C>
  readonly subscriptions?: Subscriptions<C>
  readonly messages?: Messages<C>
  readonly webhooks: Webhooks<C>
  /** What may be asked of it directly, past the unified API. */
  readonly raw?: RawCalls<C>
}

export const defineProvider = <C extends object>(provider: Provider<C>): Provider<C> => provider

// ---------------------------------------------------------------- transport

export interface HttpRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  /** Path and query below `ctx.baseUrl`, starting with `/`; or an absolute URL the adapter has vetted itself. */
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?:
    | { readonly json: unknown }
    | { readonly form: readonly (readonly [string, string])[] }
    | { readonly raw: string; readonly contentType: string }
  /** Defaults to the transport's 30 s. */
  readonly timeoutMs?: number
}

export interface HttpResponse {
  readonly status: number
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** `sent: false` is a proof that the request never left this machine. */
export type HttpResult =
  | { readonly ok: true; readonly response: HttpResponse }
  | {
      readonly ok: false
      readonly sent: boolean
      readonly reason: 'dns' | 'connect' | 'tls' | 'timeout' | 'reset' | 'aborted' | 'too_large'
    }

export type Http = (request: HttpRequest) => Promise<HttpResult>

/** Keeps OAuth tokens per credential version; `single` runs one fetch for all who ask at once. */
export interface TokenCache {
  get(key: string): { readonly token: string; readonly expiresAtMs: number } | undefined
  set(key: string, token: string, expiresAtMs: number): void
  drop(key: string): void
  single<T>(key: string, run: () => Promise<T>): Promise<T>
}

export interface ProviderContext<C> {
  readonly credentials: C
  readonly environment: Environment
  /** Origin in force, without trailing slash. */
  readonly baseUrl: string
  /** A refused connection proves nothing once an earlier send of the same operation may have got through. */
  readonly send: 'first' | 'later'
  readonly http: Http
  readonly tokens: TokenCache
  readonly now: () => number
}

// -------------------------------------------------------------- credentials

export interface CredentialField {
  readonly name: string
  readonly label: string
  readonly secret: boolean
  readonly required: boolean
  readonly help: string
}

export interface CredentialSpec<C> {
  /** Draws the dashboard's form. */
  readonly fields: readonly CredentialField[]
  /** Trims, checks shape and that the provider's own prefix agrees with the environment. */
  parse(input: Readonly<Record<string, unknown>>, environment: Environment): CredentialsParsed<C>
  /** What may be shown for ever, such as `sk_test_…4242`. */
  hint(credentials: C): string
  /** Asks the provider whether the credentials work; moves no money. */
  check(ctx: ProviderContext<C>): Promise<Outcome<{ readonly accountRef: string | null }>>
}

export type CredentialsParsed<C> =
  | { readonly ok: true; readonly credentials: C }
  | { readonly ok: false; readonly errors: readonly FieldProblem[] }

// ----------------------------------------------------------------- payments

export interface Customer {
  readonly name?: string
  readonly email?: string
  readonly phone?: string
  readonly country?: string
}

export interface CreatePayment {
  /** Our correlation id (`op_…`), unique per attempt; the provider must be able to find the payment by it. */
  readonly reference: string
  readonly amount: Money
  readonly capture: 'automatic' | 'manual'
  readonly method?: string
  readonly description?: string
  readonly customer?: Customer
  /** The payer agrees that what pays is kept; `customerRef` where the provider knows them from before. */
  readonly save?: Pick<SavedToken, 'customerRef'>
  /** Charged at once and without the payer: creating is then not inert. */
  readonly saved?: SavedToken
  /** Where the provider sends the payer back: pages of ours. */
  readonly returnUrl: string
  readonly cancelUrl: string
}

/**
 * What we know of a payment at its provider; handed back to the adapter at every later verb. A subscription's charge
 * has no order of its own: its payment is read by itself, and `orderRef` is then the same as `paymentRef`.
 */
export interface PaymentHandle {
  readonly reference: string
  readonly amount: Money
  readonly capture: 'automatic' | 'manual'
  readonly orderRef: string | null
  readonly paymentRef: string | null
  /** Minor units that went back as far as we know, for a provider that says "in part" without saying how much. */
  readonly refunded?: bigint
  /** The adapter's own further ids, such as PayPal's authorization. */
  readonly refs: Readonly<Record<string, string>>
}

export interface Failure {
  readonly reason: import('@onerouter/core').DeclineReason
  readonly providerCode: string | null
  readonly message: string
}

export interface Fee {
  /** Everything the provider keeps, taxes included, in minor units of `currency`. */
  readonly amount: bigint
  readonly tax: bigint
  readonly currency: string
}

export interface DuplicatePayment {
  readonly paymentRef: string
  /** Minor units of the order's currency. */
  readonly captured: bigint
  readonly refunded: bigint
}

export interface PaymentSnapshot {
  /** `provider_order_id`: Checkout Session, PayPal order, Razorpay order. */
  readonly orderRef: string
  /** `provider_payment_id`: PaymentIntent, PayPal capture or authorization, Razorpay payment. */
  readonly paymentRef: string | null
  readonly refs: Readonly<Record<string, string>>
  readonly status: ProviderPaymentStatus
  /** The provider's own word, for the timeline. */
  readonly providerStatus: string
  /** The amount the provider says the payment is for. */
  readonly amount: Money
  /** Minor units of `amount.currency`. */
  readonly captured: bigint
  readonly refunded: bigint
  /** Payments beside `paymentRef` that took money for the same order, where an order can be paid twice. */
  readonly duplicates?: readonly DuplicatePayment[]
  readonly reference: string | null
  readonly method: string | null
  readonly fee: Fee | null
  readonly failure: Failure | null
  /** Where to send the payer; `null` where only our hosted page can open the checkout, or none is needed. */
  readonly checkoutUrl: string | null
  /** Public values for embedding the provider's own client; never a secret. */
  readonly checkoutOptions: Readonly<Record<string, string | number | boolean>> | null
}

/** Why an amount or method cannot be asked of this provider; refused before anything is recorded. */
export interface Unacceptable {
  readonly code: 'unsupported_currency' | 'invalid_amount' | 'unsupported_method'
  readonly message: string
}

export interface Payments<C> {
  /** How long after the first send the same key is certain to replay instead of acting again; 0 = never. */
  readonly replayWindowMs: Readonly<Record<'create' | 'confirm' | 'capture' | 'cancel', number>>
  /** How long a look-up by reference may miss an object that exists. */
  readonly lookupLagMs: number
  /**
   * `true`: creating moves no money and shows nobody anything, so that an order nobody was told of may be left
   * behind for another provider even when its outcome is not known.
   */
  readonly inertCreate: boolean
  /** What `method` may ask for. */
  readonly methods: readonly PaymentMethod[]
  accepts(request: Pick<CreatePayment, 'amount' | 'capture' | 'method'>): Unacceptable | null
  create(ctx: ProviderContext<C>, request: CreatePayment, key: string): Promise<Outcome<PaymentSnapshot>>
  fetch(ctx: ProviderContext<C>, payment: PaymentHandle): Promise<Outcome<PaymentSnapshot>>
  /** Looks a payment up by our reference; `null` = the provider has none (yet). */
  find?(ctx: ProviderContext<C>, payment: PaymentHandle): Promise<Outcome<PaymentSnapshot | null>>
  /** The provider's own list, newest first, in bounded pages; missing where the provider has none. */
  listSince?(ctx: ProviderContext<C>, window: ListWindow): Promise<Outcome<ListedPage<ListedPayment>>>
  /**
   * Whether the provider holds no trace of a payment that was paid, for providers that forget unpaid orders,
   * so that a missing order alone proves nothing. Elsewhere `fetch` is refused with `not_found`.
   */
  isGone?(ctx: ProviderContext<C>, payment: PaymentHandle): Promise<Outcome<boolean>>
  /** Completes what the payer approved (PayPal: capture or authorize the order). Moves money. */
  confirm?(ctx: ProviderContext<C>, payment: PaymentHandle, key: string): Promise<Outcome<PaymentSnapshot>>
  capture?(
    ctx: ProviderContext<C>,
    payment: PaymentHandle,
    amount: Money,
    key: string,
  ): Promise<Outcome<PaymentSnapshot>>
  readonly partialCapture: boolean
  cancel?(ctx: ProviderContext<C>, payment: PaymentHandle, key: string): Promise<Outcome<PaymentSnapshot>>
  /** For providers whose checkout must be opened by a page of ours. */
  readonly hosted?: HostedCheckout<C>
}

// ------------------------------------------------------------------ refunds

export interface CreateRefund {
  /** Our refund's id (`re_…`), by which the provider must be able to find it. */
  readonly reference: string
  readonly amount: Money
  readonly reason?: string
  readonly speed: 'normal' | 'optimum'
}

export interface RefundSnapshot {
  readonly refundRef: string
  readonly status: RefundStatus | 'unrecognised'
  readonly amount: Money
  readonly reference: string | null
  readonly failure: Failure | null
}

export interface Refunds<C> {
  readonly replayWindowMs: number
  readonly lookupLagMs: number
  readonly speeds: readonly ('normal' | 'optimum')[]
  create(
    ctx: ProviderContext<C>,
    payment: PaymentHandle,
    request: CreateRefund,
    key: string,
  ): Promise<Outcome<RefundSnapshot>>
  fetch(ctx: ProviderContext<C>, payment: PaymentHandle, refundRef: string): Promise<Outcome<RefundSnapshot>>
  /** All refunds the provider holds for the payment, newest first; bounded at 100. */
  list(ctx: ProviderContext<C>, payment: PaymentHandle): Promise<Outcome<readonly RefundSnapshot[]>>
  /** Refunds of all payments, newest first; missing where the provider has no such list. */
  listSince?(ctx: ProviderContext<C>, window: ListWindow): Promise<Outcome<ListedPage<ListedRefund>>>
  /** Whose payment a refund gave back; missing where every event of a refund says so itself. */
  paymentOf?(ctx: ProviderContext<C>, refundRef: string): Promise<Outcome<Pick<ListedRefund, 'paymentRef'>>>
}

// ----------------------------------------------------------------- webhooks

export interface RawWebhook {
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly receivedAtMs: number
  /**
   * The address it was sent to, made of the configured public one and never of a Host header; for providers
   * that sign it.
   */
  readonly url?: string
}

export type Verdict =
  /** `dedupeKeys`: every one of them must be new, or the delivery is a repeat. */
  | { readonly ok: true; readonly dedupeKeys: readonly string[] }
  | {
      readonly ok: false
      readonly reason:
        | 'no_secret'
        | 'missing_header'
        | 'bad_signature'
        | 'stale'
        | 'untrusted_certificate'
        | 'unavailable'
    }

/** What an event is about. Only ids are taken from it: the object is fetched before anything changes. */
export interface ProviderEvent {
  readonly id: string
  readonly type: string
  readonly occurredAtMs: number | null
  /** Whether the provider says it is live; `null` where it does not say. */
  readonly livemode: boolean | null
  readonly about:
    | {
        readonly kind: 'payment'
        readonly reference: string | null
        readonly orderRef: string | null
        readonly paymentRef: string | null
      }
    | {
        readonly kind: 'refund'
        readonly refundRef: string
        readonly reference: string | null
        readonly orderRef: string | null
        readonly paymentRef: string | null
      }
    | {
        readonly kind: 'dispute'
        readonly disputeRef: string
        readonly reference: string | null
        readonly orderRef: string | null
        readonly paymentRef: string | null
      }
    | {
        readonly kind: 'subscription'
        readonly reference: string | null
        readonly orderRef: string | null
        readonly subscriptionRef: string | null
      }
    | { readonly kind: 'message'; readonly messageRef: string }
    | { readonly kind: 'other' }
}

/** How long deliveries may fail before the provider gives up on an event, or on us. */
export interface WebhookPatience {
  readonly ms: number
  /** `stops`: it sends nothing more until somebody turns the webhook on again. */
  readonly ending: 'drops the event' | 'stops'
}

export interface WebhookRegistration {
  /** The provider's id of our endpoint. */
  readonly ref: string
  /** Credential fields to store, such as `webhook_secret` or `webhook_id`. */
  readonly credentials: Readonly<Record<string, string>>
}

export interface Webhooks<C> {
  verify(ctx: ProviderContext<C>, webhook: RawWebhook): Promise<Verdict>
  /** Pure; `null` when the bytes are no event of this provider. */
  parse(body: Uint8Array): ProviderEvent | null
  /**
   * Makes the provider send its events to `url`, and again where it had stopped; repeating it changes nothing.
   * `earlier` is the id of a registration of ours under another address: it is moved, not left behind.
   */
  register?(
    ctx: ProviderContext<C>,
    url: string,
    earlier?: string | null,
  ): Promise<Outcome<WebhookRegistration>>
  /** Ends what `register` began under this id: nothing is sent any more. `not_found`: it is gone already. */
  unregister?(ctx: ProviderContext<C>, ref: string): Promise<Outcome<object>>
  /** What the provider does about deliveries that keep failing; missing where it documents nothing. */
  readonly patience?: WebhookPatience
  /** What happened in the window, delivered or not; missing where the provider keeps no events to ask for. */
  listEvents?(ctx: ProviderContext<C>, window: ListWindow): Promise<Outcome<ListedPage<ListedEvent>>>
  /** What to paste where, for providers (or accounts) whose API cannot do it. */
  readonly instructions: string
}

import type { CustomerDetails, NamedCustomer } from './customer.ts'
import type {
  Amount,
  CreatedRange,
  Environment,
  ListParams,
  Metadata,
  OptionalAmount,
  ProviderOwned,
  Service,
} from './shared.ts'

/**
 * `requires_action`: send the payer to `checkoutUrl`. `processing`: the provider works, or the outcome is not known
 * yet. Refunds do not change the status.
 */
export type PaymentStatus =
  | 'created'
  | 'requires_action'
  | 'processing'
  | 'authorized'
  | 'succeeded'
  | 'failed'
  | 'canceled'
  | 'expired'

export interface Failure {
  readonly code: string
  readonly declineReason: string | null
  readonly message: string
  readonly providerCode: string | null
}

/** What the provider keeps, taxes included. */
export interface Fees {
  readonly amount: string
  readonly amountMinor: number
  readonly tax: string
  readonly taxMinor: number
  readonly currency: string
}

/** Each amount twice: in major units as an exact string, and as an integer in the currency's smallest. */
export interface Payment {
  readonly id: string
  readonly object: 'payment'
  /** The same as `id`. */
  readonly transactionId: string
  readonly status: PaymentStatus
  readonly amount: string
  readonly amountMinor: number
  readonly amountCaptured: string
  readonly amountCapturedMinor: number
  readonly amountRefunded: string
  readonly amountRefundedMinor: number
  /** ISO 4217, upper case. */
  readonly currency: string
  readonly provider: Service
  readonly environment: Environment
  readonly method: string | null
  /** The same as `method`. */
  readonly paymentMethod: string | null
  readonly methodDetails: ProviderOwned | null
  readonly providerOrderId: string | null
  readonly providerPaymentId: string | null
  /** Where to send the payer, while there is something to pay. */
  readonly checkoutUrl: string | null
  /** For the provider's own script, in its spelling. */
  readonly checkoutOptions: ProviderOwned | null
  readonly capture: 'automatic' | 'manual'
  readonly receipt: string | null
  readonly description: string | null
  readonly customer: NamedCustomer | null
  readonly metadata: Metadata
  readonly failure: Failure | null
  /** `null` until the provider tells them. */
  readonly fees: Fees | null
  readonly attempts: number
  /** RFC 3339, UTC. */
  readonly createdAt: string
  readonly updatedAt: string
}

export interface PaymentDetails {
  /** ISO 4217, in either case. */
  readonly currency: string
  /** Without it the account's routing decides. */
  readonly provider?: Service
  readonly method?: string
  /** `manual` only authorizes; capture or cancel it later. */
  readonly capture?: 'automatic' | 'manual'
  readonly receipt?: string
  readonly description?: string
  /** The id of a customer, or their details. */
  readonly customer?: string | CustomerDetails
  readonly metadata?: Metadata
  /** Another name of `metadata`. */
  readonly notes?: Metadata
  /** Where the payer lands afterwards. */
  readonly returnUrl?: string
  readonly cancelUrl?: string
  /** A live key may force `test` for one payment. */
  readonly environment?: Environment
  /** The payer agreed that what they pay with is kept for the customer, who is named by id. */
  readonly savePaymentMethod?: boolean
  /** A saved payment method, `pm_…`, to be charged at once; goes with `offSession`. */
  readonly paymentMethod?: string
  /** The payer is away. */
  readonly offSession?: boolean
}
export type PaymentCreateParams = Amount & PaymentDetails

/** Without an amount: everything that is authorized. */
export type PaymentCaptureParams = OptionalAmount

export interface PaymentListParams extends ListParams {
  readonly created?: CreatedRange
  readonly status?: PaymentStatus
  readonly provider?: Service
  readonly currency?: string
  readonly receipt?: string
  /** The payer's e-mail address, or the id of a customer. */
  readonly customer?: string
  readonly environment?: Environment
}

export interface TimelineEntry {
  readonly at: string
  readonly kind: 'transition' | 'operation' | 'provider_call' | 'webhook'
  /** One line in words. */
  readonly summary: string
  readonly data: ProviderOwned
}
export interface Timeline {
  readonly data: readonly TimelineEntry[]
}

/** Why a payment went where it went. */
export interface Routing {
  readonly paymentId: string
  readonly chosen: string | null
  readonly reason: string
  /** The version of the rules; 0: none. */
  readonly version: number | null
  /** The name of the rule that decided. */
  readonly rule: string | null
  /** `null`: the default order. */
  readonly strategy: string | null
  /** Routed by the version that is being tried. */
  readonly trial: boolean
  readonly candidates: readonly {
    readonly provider: string
    readonly accepted: boolean
    readonly reason: string
    /** What it was ranked by: its draw, its observed success or its observed cost. */
    readonly score: number | null
    readonly health: 'closed' | 'open' | 'half_open' | null
  }[]
}

import type { SandboxAccount, World } from '../kernel/types.ts'
import type { Plan, Product, Sale, SaleRefund, Subscription } from './billing/rows.ts'
import type { JsonObject } from './errors.ts'
import { merchantId } from './ids.ts'
import type { Money } from './money.ts'
import type { PaymentToken, SetupToken, VaultRequest } from './vault/rows.ts'
import type { WalletDomain } from './wallet-domains.ts'

/** The emulator's tables. Rows are plain JSON: times are milliseconds, money is PayPal's own wire form. */

export interface Token {
  readonly clientId: string
  readonly scopes: readonly string[]
  readonly expiresAt: number
}

export interface PurchaseUnit {
  reference_id: string
  amount: Money & { readonly breakdown?: Readonly<Record<string, Money>> }
  payee?: JsonObject
  description?: string
  custom_id?: string
  invoice_id?: string
  soft_descriptor?: string
  items?: readonly JsonObject[]
  shipping?: JsonObject
}

export type Intent = 'CAPTURE' | 'AUTHORIZE'
export type OrderStatus = 'CREATED' | 'PAYER_ACTION_REQUIRED' | 'APPROVED' | 'COMPLETED'
/** What the payer chose to pay with; decides how the capture goes. */
export type Funding = 'balance' | 'declined' | 'slow_bank' | 'card_awaiting_authentication' | 'card'

export interface Experience {
  readonly return_url?: string
  readonly cancel_url?: string
  readonly brand_name?: string
}

export interface Order {
  readonly id: string
  readonly accountId: string
  intent: Intent
  status: OrderStatus
  /** `payment_source` orders answer 200 and `payer-action`, the others 201 and `approve`. */
  dialect: 'application_context' | 'payment_source'
  completeOnApproval: boolean
  units: PurchaseUnit[]
  /** What the caller told of the payer's wallet, without the experience context. */
  wallet: JsonObject
  experience: Experience
  funding: Funding | null
  payerId: string | null
  failedAttempts: number
  authorizationIds: string[]
  captureIds: string[]
  refundIds: string[]
  readonly createdAt: number
  updatedAt: number
  /** Moved once, when the payer is sent to the approval page; see `orderWindow`. */
  expiresAt: number
  redirected: boolean
  /** Saving the wallet was asked for; what it was saved as. */
  vault?: VaultRequest | null
  savedTokenId?: string
  /** The saved wallet that paid it by its creation. */
  paidWithToken?: string
}

export type AuthorizationStatus = 'CREATED' | 'CAPTURED' | 'DENIED' | 'PARTIALLY_CAPTURED' | 'VOIDED'

export interface Authorization {
  readonly id: string
  readonly accountId: string
  readonly orderId: string
  readonly unit: number
  /** The authorization this one renews; its captures count against the same limit. */
  readonly parentId: string | null
  reauthorized: boolean
  readonly amount: Money
  status: AuthorizationStatus
  readonly createdAt: number
  updatedAt: number
  readonly expiresAt: number
}

export type CaptureStatus = 'COMPLETED' | 'PENDING' | 'DECLINED' | 'PARTIALLY_REFUNDED' | 'REFUNDED'

export type DisputeOutcome = 'RESOLVED_BUYER_FAVOUR' | 'RESOLVED_SELLER_FAVOUR'

/** A capture has one at most. */
export interface Dispute {
  readonly id: string
  status: 'OPEN' | 'RESOLVED'
  readonly amount: Money
  outcome: DisputeOutcome | null
  readonly createdAt: number
  updatedAt: number
}

export interface Capture {
  readonly id: string
  readonly accountId: string
  readonly orderId: string
  readonly unit: number
  readonly authorizationId: string | null
  readonly amount: Money
  status: CaptureStatus
  reason: string | null
  readonly finalCapture: boolean
  readonly invoiceId: string | null
  readonly customId: string | null
  refundIds: string[]
  dispute: Dispute | null
  readonly createdAt: number
  updatedAt: number
}

export interface Refund {
  readonly id: string
  readonly accountId: string
  readonly orderId: string
  readonly captureId: string
  readonly amount: Money
  status: 'COMPLETED' | 'PENDING' | 'FAILED'
  reason: string | null
  readonly invoiceId: string | null
  readonly customId: string | null
  readonly note: string | null
  readonly createdAt: number
  updatedAt: number
}

export interface Webhook {
  readonly id: string
  readonly accountId: string
  url: string
  eventTypes: string[]
}

export interface EventRecord {
  readonly id: string
  readonly accountId: string
  readonly eventType: string
  readonly resourceId: string
  readonly createdAt: number
  /** The exact text delivered, so that a resend carries the same bytes. */
  readonly body: string
}

export interface StoredRequest {
  readonly resourceId: string
  /** Path and body, where the operation compares them. */
  readonly fingerprint?: string
  readonly expiresAt: number
}

export interface SignerRow {
  readonly privateKeyPem: string
  readonly certPem: string
  readonly certId: string
}

export interface Paypal {
  readonly world: World
  readonly tokens: Map<string, Token>
  readonly merchants: Map<string, { readonly merchantId: string }>
  readonly orders: Map<string, Order>
  readonly authorizations: Map<string, Authorization>
  readonly captures: Map<string, Capture>
  readonly refunds: Map<string, Refund>
  readonly products: Map<string, Product>
  readonly plans: Map<string, Plan>
  readonly subscriptions: Map<string, Subscription>
  readonly sales: Map<string, Sale>
  readonly saleRefunds: Map<string, SaleRefund>
  readonly paymentTokens: Map<string, PaymentToken>
  readonly setupTokens: Map<string, SetupToken>
  /** By name: a domain has one merchant. */
  readonly walletDomains: Map<string, WalletDomain>
  readonly webhooks: Map<string, Webhook>
  readonly events: Map<string, EventRecord>
  readonly requests: Map<string, StoredRequest>
  /** Invoice ids in use, by account; the order that brought it may meet it again. */
  readonly invoices: Map<string, { readonly orderId: string; captured: boolean }>
  readonly signers: Map<string, SignerRow>
  /** Requests between their first byte and their answer; never survives a restart, as at PayPal. */
  readonly inFlight: Set<string>
}

export function openTables(world: World): Paypal {
  return {
    world,
    tokens: world.collection('paypal.tokens'),
    merchants: world.collection('paypal.merchants'),
    orders: world.collection('paypal.orders'),
    authorizations: world.collection('paypal.authorizations'),
    captures: world.collection('paypal.captures'),
    refunds: world.collection('paypal.refunds'),
    products: world.collection('paypal.products'),
    plans: world.collection('paypal.plans'),
    subscriptions: world.collection('paypal.subscriptions'),
    sales: world.collection('paypal.sales'),
    saleRefunds: world.collection('paypal.sale_refunds'),
    paymentTokens: world.collection('paypal.payment_tokens'),
    setupTokens: world.collection('paypal.setup_tokens'),
    walletDomains: world.collection('paypal.wallet_domains'),
    webhooks: world.collection('paypal.webhooks'),
    events: world.collection('paypal.events'),
    requests: world.collection('paypal.requests'),
    invoices: world.collection('paypal.invoices'),
    signers: world.collection('paypal.signers'),
    inFlight: new Set(),
  }
}

/** The merchant as purchase units name it. */
export function payeeOf(paypal: Paypal, accountId: string): JsonObject {
  const known = paypal.merchants.get(accountId)
  const merchant = known ?? { merchantId: merchantId(paypal.world.random) }
  if (known === undefined) paypal.merchants.set(accountId, merchant)
  return { email_address: 'merchant@business.example.com', merchant_id: merchant.merchantId }
}

/** One call of an operation, as its handler sees it. */
export interface Call {
  readonly paypal: Paypal
  readonly account: SandboxAccount
  /** Values of the `{…}` parts of the path, in order. */
  readonly params: readonly string[]
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Headers
  /** Parsed JSON; `undefined` for an empty body. */
  readonly body: unknown
  readonly rawBody: string
  readonly representation: boolean
}

export interface Answer {
  readonly status: number
  readonly body?: unknown
  /** What a later request with the same PayPal-Request-Id is answered with. */
  readonly resourceId?: string
}

/** RFC 3339 in UTC to the second, as every PayPal object but refunds has it. */
export const utc = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`

/** Refunds carry Pacific daylight time whatever the season. */
export const pacific = (ms: number): string =>
  `${new Date(ms - 7 * 3_600_000).toISOString().slice(0, 19)}-07:00`

import type { MethodBehaviour, SandboxAccount, World } from '../kernel/types.ts'
import type { Invoice, InvoicePayment, MissingMethod, SetupIntent, Subscription } from './billing/wire.ts'
import { resourceMissing } from './errors.ts'
import type {
  BalanceTransaction,
  CaptureMethod,
  Charge,
  CheckoutSession,
  Customer,
  Dispute,
  LineItem,
  LinkIntentData,
  Metadata,
  PaymentIntent,
  PaymentLink,
  PaymentMethod,
  Price,
  Product,
  Refund,
  StripeEvent,
  WebhookEndpoint,
} from './wire.ts'

/** Test and live objects of one account never meet. */
export interface Owner {
  readonly accountId: string
  readonly livemode: boolean
}

export interface Row<T> extends Owner {
  readonly object: T
}

export interface IntentRow extends Row<PaymentIntent> {
  /** The invoice it collects for; null for a one-time payment. */
  readonly invoiceId: string | null
  /** The Checkout Session that made it; such an intent is cancelled through its session. */
  readonly sessionId: string | null
  returnUrl: string | null
  /** Which magic card is being used, between a confirmation and its outcome. */
  attempt: string | null
  /** The payer ticked Checkout's box: the method is kept for their own later purchases. */
  saves?: boolean
}

export interface MethodRow extends Row<PaymentMethod> {
  /** What later confirmations act on; never shown. */
  readonly number: string
  /** The customer let the merchant charge it without them. */
  setUp?: boolean
  /** Used without being saved, or detached: it never pays again. */
  spent?: boolean
  /** Whose it was before it was detached. */
  formerCustomer?: string
  /** What a simulation made of it. */
  behaviour?: MethodBehaviour
}

export interface ChargeRow extends Row<Charge> {
  /** Given back to the payer because it was never captured; part of `amount_refunded`, not of any refund. */
  released: number
  readonly card: string
}

export interface RefundRow extends Row<Refund> {}

export interface SessionRow extends Row<CheckoutSession> {
  readonly lineItems: LineItem[]
  readonly intentData: IntentData
  /** What `mode=subscription` will start. */
  readonly subscriptionData: SubscriptionData | null
  /** The subscription an unfinished attempt of the payer began. */
  subscriptionId: string | null
}

/** `subscription_data` of a session. */
export interface SubscriptionData {
  readonly anchor: number | null
  readonly description: string | null
  readonly metadata: Metadata
  readonly missingMethod: MissingMethod
  readonly prorate: boolean
  readonly trialEnd: number | null
  readonly trialDays: number | null
}

/** What the next invoice adds to its own lines. */
export interface PendingLine {
  readonly amount: number
  readonly description: string
  readonly period: { readonly start: number; readonly end: number }
  readonly price: Price
  readonly quantity: number
  readonly item: string | null
  readonly proration: boolean
}

export interface SubscriptionRow extends Row<Subscription> {
  readonly pending: PendingLine[]
  /** Unix seconds of the next thing that happens by itself: end of a period, of a trial, of the subscription. */
  dueAt: number | null
  /** The Checkout Session that started it. */
  readonly sessionId: string | null
  /** Waiting for this invoice before it counts as resumed. */
  resumeInvoice: string | null
}

export interface InvoiceRow extends Row<Invoice> {
  intentId: string | null
  /** Its `invoice_payment`. */
  paymentId: string | null
  /** Automatic attempts that failed so far. */
  failures: number
  /** Unix seconds of finalization or of the next automatic attempt. */
  dueAt: number | null
}

export interface BillingSettings {
  /** Once the last retry failed (dashboard: Manage failed payments). */
  finalAction: 'cancel' | 'unpaid' | 'past_due'
}

/** What a session or link was told to put on the intent it will make. */
export interface IntentData {
  capture_method: CaptureMethod
  description: string | null
  metadata: Metadata
  receipt_email: string | null
  setup_future_usage: string | null
  statement_descriptor: string | null
  statement_descriptor_suffix: string | null
  transfer_group: string | null
}

export interface LinkRow extends Row<PaymentLink> {
  readonly lineItems: LineItem[]
  readonly intentData: LinkIntentData | null
  readonly code: string
}

export interface EndpointRow extends Row<WebhookEndpoint> {
  secret: string
  /** During a roll the old secret signs too, until this moment (milliseconds). */
  previousSecret: { value: string; untilMs: number } | null
  deleted: boolean
}

export interface IdempotencyRow {
  readonly endpoint: string
  readonly fingerprint: string
  readonly status: number
  readonly body: string
  readonly createdMs: number
}

export interface Store {
  readonly intents: Map<string, IntentRow>
  readonly paymentMethods: Map<string, MethodRow>
  readonly charges: Map<string, ChargeRow>
  readonly refunds: Map<string, RefundRow>
  readonly balanceTransactions: Map<string, Row<BalanceTransaction>>
  readonly sessions: Map<string, SessionRow>
  readonly customers: Map<string, Row<Customer>>
  readonly products: Map<string, Row<Product>>
  readonly prices: Map<string, Row<Price>>
  readonly links: Map<string, LinkRow>
  readonly endpoints: Map<string, EndpointRow>
  readonly disputes: Map<string, Row<Dispute>>
  readonly events: Map<string, Row<StripeEvent>>
  readonly subscriptions: Map<string, SubscriptionRow>
  readonly invoices: Map<string, InvoiceRow>
  readonly invoicePayments: Map<string, Row<InvoicePayment>>
  readonly setupIntents: Map<string, Row<SetupIntent>>
  readonly billingSettings: Map<string, BillingSettings>
  readonly idempotency: Map<string, IdempotencyRow>
  /** The `acct_` id each sandbox account shows. */
  readonly accountIds: Map<string, { id: string }>
}

export function openStore(world: World): Store {
  return {
    intents: world.collection('stripe.payment_intents'),
    paymentMethods: world.collection('stripe.payment_methods'),
    charges: world.collection('stripe.charges'),
    refunds: world.collection('stripe.refunds'),
    balanceTransactions: world.collection('stripe.balance_transactions'),
    sessions: world.collection('stripe.checkout_sessions'),
    customers: world.collection('stripe.customers'),
    products: world.collection('stripe.products'),
    prices: world.collection('stripe.prices'),
    links: world.collection('stripe.payment_links'),
    endpoints: world.collection('stripe.webhook_endpoints'),
    disputes: world.collection('stripe.disputes'),
    events: world.collection('stripe.events'),
    subscriptions: world.collection('stripe.subscriptions'),
    invoices: world.collection('stripe.invoices'),
    invoicePayments: world.collection('stripe.invoice_payments'),
    setupIntents: world.collection('stripe.setup_intents'),
    billingSettings: world.collection('stripe.billing_settings'),
    idempotency: world.collection('stripe.idempotency'),
    accountIds: world.collection('stripe.account_ids'),
  }
}

/** Everything one piece of work needs: whose books, which clock, and the request that caused it. */
export interface Context extends Owner {
  readonly world: World
  readonly store: Store
  /** Null when the payer, the bank or the clock acts. */
  readonly cause: { readonly id: string; readonly idempotencyKey: string | null } | null
}

/** The context of work that no API request asked for. */
export function systemContext(world: World, store: Store, owner: Owner): Context {
  return { world, store, accountId: owner.accountId, livemode: owner.livemode, cause: null }
}

export function nowSeconds(world: World): number {
  return Math.floor(world.clock.now() / 1_000)
}

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

export function newId(world: World, prefix: string, length = 24): string {
  return `${prefix}_${world.random.text(ALPHANUMERIC, length)}`
}

export function randomText(world: World, length: number): string {
  return world.random.text(ALPHANUMERIC, length)
}

export function owns(context: Owner, row: Owner): boolean {
  return row.accountId === context.accountId && row.livemode === context.livemode
}

/** The caller's own object, or the documented 404 that also tells of a wrong-mode key. */
export function find<R extends Row<unknown>>(
  context: Context,
  rows: Map<string, R>,
  noun: string,
  id: string,
  param: string,
): R {
  const row = rows.get(id)
  if (row !== undefined && owns(context, row)) return row
  const otherMode = row !== undefined && row.accountId === context.accountId
  throw resourceMissing(noun, id, param, otherMode ? (row.livemode ? 'live' : 'test') : undefined)
}

/** Own objects, newest first. */
export function ownRows<R extends Row<unknown>>(context: Owner, rows: Map<string, R>): R[] {
  return [...rows.values()].filter((row) => owns(context, row)).reverse()
}

/** The public id of the merchant account, drawn on first use. */
export function publicAccountId(world: World, store: Store, account: Pick<SandboxAccount, 'id'>): string {
  const known = store.accountIds.get(account.id)
  if (known !== undefined) return known.id
  const id = newId(world, 'acct', 16)
  store.accountIds.set(account.id, { id })
  return id
}

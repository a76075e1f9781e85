import { BASE62 } from '../kernel/random.ts'
import type { World } from '../kernel/types.ts'
import type { InvoiceRow, PlanRow, SubscriptionRow } from './billing/rows.ts'

/** Amounts are whole minor units within the safe integers: exact as JSON numbers, the form the wire has. */
export type WireAmount = number
export type Notes = Record<string, string | number | boolean>

export interface CaptureRule {
  readonly capture: 'automatic' | 'manual'
  /** A payment authorised later than this after its creation is not captured automatically. */
  readonly automaticMinutes: number
  /** An uncaptured payment is refunded this long after its creation. */
  readonly manualMinutes: number
  readonly refundSpeed: 'normal' | 'optimum'
}

export interface OrderRow {
  readonly id: string
  readonly account: string
  readonly amount: WireAmount
  amountPaid: WireAmount
  readonly currency: string
  readonly receipt: string | null
  notes: Notes
  status: 'created' | 'attempted' | 'paid'
  attempts: number
  readonly createdAt: number
  readonly rule: CaptureRule
  readonly partial: boolean
  readonly firstPaymentMinimum: WireAmount | null
  readonly customerId: string | null
  readonly linkId: string | null
  /** The subscription it collects for, or whose mandate it sets up. */
  readonly subscriptionId: string | null
  invoiceId: string | null
  /** In order of creation. */
  readonly payments: string[]
}

export interface Failure {
  readonly code: 'BAD_REQUEST_ERROR' | 'GATEWAY_ERROR'
  readonly description: string
  readonly source: string
  readonly step: string
  readonly reason: string
}

export interface CardRow {
  readonly id: string
  readonly name: string
  readonly last4: string
  readonly network: string
  readonly international: boolean
}

/** What the payer chose; exactly what the payment entity shows of it. */
export interface Instrument {
  readonly method: 'upi' | 'card' | 'netbanking' | 'wallet'
  readonly vpa: string | null
  readonly bank: string | null
  readonly wallet: string | null
  readonly card: CardRow | null
}

export interface PaymentRow {
  readonly id: string
  readonly account: string
  readonly orderId: string
  readonly amount: WireAmount
  readonly currency: string
  status: 'created' | 'authorized' | 'captured' | 'refunded' | 'failed'
  /** Stays true after refunds; false for a payment that lapsed uncaptured. */
  captured: boolean
  amountRefunded: WireAmount
  fee: WireAmount | null
  tax: WireAmount | null
  failure: Failure | null
  readonly instrument: Instrument
  readonly email: string
  readonly contact: string
  readonly description: string | null
  notes: Notes
  readonly reference: string
  readonly createdAt: number
  readonly refunds: string[]
  disputeId: string | null
}

export interface RefundRow {
  readonly id: string
  readonly account: string
  readonly paymentId: string
  readonly amount: WireAmount
  readonly currency: string
  notes: Notes
  readonly receipt: string | null
  status: 'pending' | 'processed' | 'failed'
  readonly speedRequested: 'normal' | 'optimum'
  speedProcessed: 'normal' | 'instant' | null
  arn: string | null
  readonly createdAt: number
}

export interface DisputeRow {
  readonly id: string
  readonly account: string
  readonly paymentId: string
  readonly amount: WireAmount
  readonly currency: string
  amountDeducted: WireAmount
  readonly reasonCode: string
  readonly respondBy: number
  status: 'open' | 'under_review' | 'won' | 'lost' | 'closed'
  readonly phase: 'fraud' | 'retrieval' | 'chargeback' | 'pre_arbitration' | 'arbitration'
  readonly createdAt: number
}

export interface LinkRow {
  readonly id: string
  readonly account: string
  amount: WireAmount
  amountPaid: WireAmount
  readonly currency: string
  acceptPartial: boolean
  firstMinimum: WireAmount
  description: string
  reference: string
  customer: Record<string, string>
  notify: { sms: boolean; email: boolean; whatsapp: boolean }
  reminders: boolean
  notes: Notes | null
  callbackUrl: string
  callbackMethod: string
  expireBy: number
  expiredAt: number
  cancelledAt: number
  status: 'created' | 'partially_paid' | 'paid' | 'cancelled' | 'expired'
  orderId: string | null
  readonly createdAt: number
  updatedAt: number
}

export interface CustomerRow {
  readonly id: string
  readonly account: string
  name: string | null
  email: string | null
  contact: string | null
  readonly gstin: string | null
  readonly notes: Notes
  readonly createdAt: number
}

export interface WebhookRow {
  readonly id: string
  readonly account: string
  url: string
  active: boolean
  secret: string
  alertEmail: string | null
  events: Record<string, boolean>
  readonly createdAt: number
  updatedAt: number
  disabledAt: number | null
}

/** What the merchant sets in the dashboard rather than by API. */
export interface MerchantRow {
  readonly merchantId: string
  /** Old accounts still take the same receipt twice. */
  uniqueReceipts: boolean
  rule: CaptureRule
  maxAmount: WireAmount
}

/** A checkout the payer has open. */
export interface SessionRow {
  readonly id: string
  readonly account: string
  readonly orderId: string | null
  readonly linkId: string | null
  readonly subscriptionId: string | null
  readonly mode: 'modal' | 'redirect' | 'link'
  readonly name: string
  readonly description: string | null
  readonly callbackUrl: string | null
  readonly cancelUrl: string | null
  /** The page that embeds a modal checkout; results are posted to it alone. */
  readonly origin: string | null
  readonly prefill: { readonly email: string; readonly contact: string; readonly name: string }
  readonly notes: Notes
  readonly createdAt: number
}

/** Razorpay's tables over one world. */
export function openState(world: World) {
  return {
    orders: world.collection<OrderRow>('razorpay.orders'),
    payments: world.collection<PaymentRow>('razorpay.payments'),
    refunds: world.collection<RefundRow>('razorpay.refunds'),
    disputes: world.collection<DisputeRow>('razorpay.disputes'),
    links: world.collection<LinkRow>('razorpay.links'),
    customers: world.collection<CustomerRow>('razorpay.customers'),
    plans: world.collection<PlanRow>('razorpay.plans'),
    subscriptions: world.collection<SubscriptionRow>('razorpay.subscriptions'),
    invoices: world.collection<InvoiceRow>('razorpay.invoices'),
    webhooks: world.collection<WebhookRow>('razorpay.webhooks'),
    merchants: world.collection<MerchantRow>('razorpay.merchants'),
    sessions: world.collection<SessionRow>('razorpay.sessions'),
    /** `account receipt` → order: a second order with the receipt is refused without a scan. */
    receipts: world.collection<{ orderId: string }>('razorpay.receipts'),
    /** `account key` → what the refund idempotency key did. */
    refundKeys: world.collection<{ fingerprint: string; refundId: string }>('razorpay.refund_keys'),
  }
}
export type State = ReturnType<typeof openState>

/** Everything the emulator's parts share. */
export interface Razorpay {
  readonly world: World
  readonly state: State
  /** Unix seconds, the only time Razorpay speaks. */
  seconds(): number
  id(prefix: string): string
  merchant(account: string): MerchantRow
  /** Called when a payment is authorised or captured, after its own events. */
  readonly listeners: ((order: OrderRow, payment: PaymentRow) => void)[]
}

/** Razorpay's default for uncaptured payments: three days. */
export const LAPSE_MINUTES = 4_320

const DEFAULT_RULE: CaptureRule = {
  capture: 'automatic',
  automaticMinutes: LAPSE_MINUTES,
  manualMinutes: LAPSE_MINUTES,
  refundSpeed: 'normal',
}
const MAX_AMOUNT = 999_999_999_999_999

export function createContext(world: World): Razorpay {
  const state = openState(world)
  const random14 = () => world.random.text(BASE62, 14)
  return {
    world,
    state,
    listeners: [],
    seconds: () => Math.floor(world.clock.now() / 1000),
    id: (prefix) => (prefix === '' ? random14() : `${prefix}_${random14()}`),
    merchant(account) {
      const known = state.merchants.get(account)
      if (known !== undefined) return known
      const merchant: MerchantRow = {
        merchantId: `acc_${random14()}`,
        uniqueReceipts: true,
        rule: DEFAULT_RULE,
        maxAmount: MAX_AMOUNT,
      }
      state.merchants.set(account, merchant)
      return merchant
    },
  }
}

/**
 * The objects as they stand in answers and events at API version 2026-10-28.endive. Amounts are integers of
 * the currency's smallest wire unit and times are Unix seconds.
 */

export const API_VERSION = '2026-10-28.endive'

export type Metadata = Record<string, string>
export type CaptureMethod = 'automatic' | 'automatic_async' | 'manual'

export type IntentStatus =
  | 'requires_payment_method'
  | 'requires_confirmation'
  | 'requires_action'
  | 'processing'
  | 'requires_capture'
  | 'succeeded'
  | 'canceled'

export type CancellationReason =
  | 'abandoned'
  | 'automatic'
  | 'duplicate'
  | 'expired'
  | 'fraudulent'
  | 'requested_by_customer'
  | 'void_invoice'

export interface Address {
  city: string | null
  country: string | null
  line1: string | null
  line2: string | null
  postal_code: string | null
  state: string | null
}

export interface BillingDetails {
  address: Address
  email: string | null
  name: string | null
  phone: string | null
  tax_id: null
}

export interface Card {
  brand: string
  country: string
  exp_month: number
  exp_year: number
  fingerprint: string
  funding: string
  last4: string
}

export interface PaymentMethod {
  id: string
  object: 'payment_method'
  allow_redisplay: 'always' | 'limited' | 'unspecified'
  billing_details: BillingDetails
  created: number
  customer: string | null
  customer_account: null
  livemode: boolean
  metadata: Metadata
  type: 'card' | 'us_bank_account'
  card?: Card & Readonly<Record<string, unknown>>
  us_bank_account?: BankAccount & Readonly<Record<string, unknown>>
}

export interface BankAccount {
  account_holder_type: string
  account_type: string
  bank_name: string
  fingerprint: string
  last4: string
  routing_number: string
}

export interface PaymentError {
  type: 'card_error' | 'invalid_request_error'
  code: string
  message: string
  doc_url: string
  decline_code?: string
  advice_code?: string
  charge?: string
  payment_method?: PaymentMethod
}

export interface NextAction {
  type: 'redirect_to_url'
  redirect_to_url: { return_url: string | null; url: string }
}

export interface PaymentIntent {
  id: string
  object: 'payment_intent'
  amount: number
  amount_capturable: number
  amount_received: number
  automatic_payment_methods: { allow_redirects: string; enabled: boolean } | null
  canceled_at: number | null
  cancellation_reason: CancellationReason | null
  capture_method: CaptureMethod
  client_secret: string
  confirmation_method: 'automatic' | 'manual'
  created: number
  currency: string
  customer: string | null
  description: string | null
  last_payment_error: PaymentError | null
  latest_charge: string | null
  livemode: boolean
  metadata: Metadata
  next_action: NextAction | null
  payment_method: string | null
  payment_method_types: string[]
  processing: null
  receipt_email: string | null
  setup_future_usage: string | null
  shipping: object | null
  statement_descriptor: string | null
  statement_descriptor_suffix: string | null
  status: IntentStatus
  transfer_group: string | null
}

export interface Charge {
  id: string
  object: 'charge'
  amount: number
  amount_captured: number
  amount_refunded: number
  balance_transaction: string | null
  billing_details: BillingDetails
  captured: boolean
  created: number
  currency: string
  customer: string | null
  description: string | null
  disputed: boolean
  failure_code: string | null
  failure_message: string | null
  livemode: boolean
  metadata: Metadata
  outcome: Outcome | null
  paid: boolean
  payment_intent: string
  payment_method: string
  payment_method_details: object
  receipt_email: string | null
  refunded: boolean
  statement_descriptor_suffix: string | null
  status: 'succeeded' | 'pending' | 'failed'
  transfer_group: string | null
}

export interface Outcome {
  advice_code: string | null
  network_advice_code: null
  network_decline_code: string | null
  network_status: string
  reason: string | null
  risk_level: string
  seller_message: string
  type: string
}

export type RefundReason = 'duplicate' | 'fraudulent' | 'requested_by_customer'

export interface Refund {
  id: string
  object: 'refund'
  amount: number
  balance_transaction: string | null
  charge: string
  created: number
  currency: string
  metadata: Metadata
  payment_intent: string
  reason: RefundReason | null
  status: 'pending' | 'requires_action' | 'succeeded' | 'failed' | 'canceled'
  failure_reason?: string
  failure_balance_transaction?: string
}

export interface BalanceTransaction {
  id: string
  object: 'balance_transaction'
  amount: number
  available_on: number
  balance_type: 'payments'
  created: number
  currency: string
  description: string | null
  exchange_rate: null
  fee: number
  fee_details: object[]
  net: number
  reporting_category: string
  source: string
  status: 'pending' | 'available'
  type: 'charge' | 'payment' | 'refund' | 'refund_failure' | 'adjustment'
}

export interface CheckoutSession {
  id: string
  object: 'checkout.session'
  amount_subtotal: number | null
  amount_total: number | null
  cancel_url: string | null
  client_reference_id: string | null
  created: number
  currency: string | null
  customer: string | null
  customer_creation: 'always' | 'if_required' | null
  customer_details: object | null
  customer_email: string | null
  expires_at: number
  livemode: boolean
  locale: string | null
  metadata: Metadata
  mode: 'payment' | 'setup' | 'subscription'
  payment_intent: string | null
  payment_link: string | null
  payment_status: 'unpaid' | 'paid' | 'no_payment_required'
  status: 'open' | 'complete' | 'expired'
  saved_payment_method_options?: {
    allow_redisplay_filters: string[]
    payment_method_remove: 'disabled' | 'enabled'
    payment_method_save: 'disabled' | 'enabled'
  } | null
  submit_type: string | null
  success_url: string | null
  ui_mode: 'hosted_page'
  url: string | null
  /** Filled when a session of that mode is complete. */
  invoice?: string
  setup_intent?: string
  subscription?: string
}

export interface LineItem {
  id: string
  object: 'item'
  adjustable_quantity: null
  amount_discount: number
  amount_subtotal: number
  amount_tax: number
  amount_total: number
  currency: string
  description: string
  metadata: Metadata
  price: Price
  quantity: number
}

export interface Customer {
  id: string
  object: 'customer'
  address: Address | null
  /** Negative: the merchant owes, and the next invoice takes it. */
  balance: number
  created: number
  description: string | null
  email: string | null
  invoice_settings: {
    custom_fields: null
    default_payment_method: string | null
    footer: null
    rendering_options: null
  }
  livemode: boolean
  metadata: Metadata
  name: string | null
  phone: string | null
  /** Once true, retrieval answers the stub only. Never sent while false. */
  deleted?: true
}

export interface Product {
  id: string
  object: 'product'
  active: boolean
  created: number
  description: string | null
  images: string[]
  livemode: boolean
  metadata: Metadata
  name: string
  unit_label: string | null
  updated: number
  url: string | null
  deleted?: true
}

export interface Recurring {
  interval: 'day' | 'week' | 'month' | 'year'
  interval_count: number
  meter: string | null
  trial_period_days: number | null
  usage_type: 'licensed' | 'metered'
}

export interface Price {
  id: string
  object: 'price'
  active: boolean
  created: number
  currency: string
  livemode: boolean
  lookup_key: string | null
  metadata: Metadata
  nickname: string | null
  product: string
  recurring: Recurring | null
  tax_behavior: string
  type: 'one_time' | 'recurring'
  unit_amount: number
  unit_amount_decimal: string
}

export interface PaymentLink {
  id: string
  object: 'payment_link'
  active: boolean
  after_completion: AfterCompletion
  currency: string
  customer_creation: 'always' | 'if_required'
  inactive_message: string | null
  livemode: boolean
  metadata: Metadata
  payment_intent_data: LinkIntentData | null
  restrictions: { completed_sessions: { count: number; limit: number } } | null
  submit_type: string
  url: string
}

export type AfterCompletion =
  | { type: 'hosted_confirmation'; hosted_confirmation: { custom_message: string | null } }
  | { type: 'redirect'; redirect: { url: string } }

export interface LinkIntentData {
  capture_method: CaptureMethod | null
  description: string | null
  metadata: Metadata
  setup_future_usage: 'off_session' | 'on_session' | null
  statement_descriptor: string | null
  statement_descriptor_suffix: string | null
  transfer_group: string | null
}

export interface WebhookEndpoint {
  id: string
  object: 'webhook_endpoint'
  api_version: string | null
  application: null
  created: number
  description: string | null
  enabled_events: string[]
  livemode: boolean
  metadata: Metadata
  status: 'enabled' | 'disabled'
  url: string
}

export interface Dispute {
  id: string
  object: 'dispute'
  amount: number
  /** Whole objects, unlike elsewhere (Stripe API reference, The Dispute object). */
  balance_transactions: BalanceTransaction[]
  charge: string
  created: number
  currency: string
  evidence_details: object
  is_charge_refundable: boolean
  livemode: boolean
  metadata: Metadata
  payment_intent: string
  reason: string
  status: 'needs_response' | 'warning_needs_response' | 'under_review' | 'won' | 'lost'
}

export interface StripeEvent {
  id: string
  object: 'event'
  api_version: string
  created: number
  data: { object: object; previous_attributes?: object }
  livemode: boolean
  pending_webhooks: number
  request: { id: string | null; idempotency_key: string | null } | null
  type: string
}

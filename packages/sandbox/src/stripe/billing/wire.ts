import type { Metadata, NextAction, PaymentError, Price } from '../wire.ts'

/** Billing's objects at 2026-10-28.endive; since basil the period belongs to the item. */
export interface Listed<T> {
  object: 'list'
  data: T[]
  has_more: false
  url: string
}

export interface SubscriptionItem {
  id: string
  object: 'subscription_item'
  billing_thresholds: null
  created: number
  current_period_end: number
  current_period_start: number
  current_trial: null
  discounts: []
  metadata: Metadata
  plan: object
  price: Price
  quantity: number
  subscription: string
  tax_rates: []
}

export type SubscriptionStatus =
  | 'incomplete'
  | 'incomplete_expired'
  | 'trialing'
  | 'active'
  | 'past_due'
  | 'unpaid'
  | 'paused'
  | 'canceled'

export type PauseBehavior = 'keep_as_draft' | 'mark_uncollectible' | 'void'
export type MissingMethod = 'cancel' | 'create_invoice' | 'pause'

export interface Cancellation {
  comment: string | null
  feedback: string | null
  feedback_option: null
  reason: 'cancellation_requested' | 'payment_failed' | null
}

export interface Subscription {
  id: string
  object: 'subscription'
  billing_cycle_anchor: number
  cancel_at: number | null
  cancel_at_period_end: boolean
  canceled_at: number | null
  cancellation_details: Cancellation
  collection_method: 'charge_automatically'
  created: number
  currency: string
  customer: string
  default_payment_method: string | null
  description: string | null
  ended_at: number | null
  items: Listed<SubscriptionItem>
  latest_invoice: string | null
  livemode: boolean
  metadata: Metadata
  pause_collection: { behavior: PauseBehavior; resumes_at: number | null } | null
  payment_settings: {
    payment_method_options: null
    payment_method_types: null
    save_default_payment_method: 'off' | 'on_subscription'
  }
  pending_setup_intent: string | null
  start_date: number
  status: SubscriptionStatus
  status_details?: { paused: object }
  trial_end: number | null
  trial_settings: { end_behavior: { billing_cycle_anchor: null; missing_payment_method: MissingMethod } }
  trial_start: number | null
}

export interface InvoiceLine {
  id: string
  object: 'line_item'
  amount: number
  currency: string
  description: string
  discount_amounts: []
  discountable: boolean
  discounts: []
  invoice: string
  livemode: boolean
  metadata: Metadata
  parent: object | null
  period: { start: number; end: number }
  pretax_credit_amounts: []
  pricing: object
  quantity: number
  quantity_decimal: string
  subscription: string | null
  subtotal: number
  taxes: []
}

export type BillingReason = 'subscription_create' | 'subscription_cycle' | 'subscription_update'
export type InvoiceStatus = 'draft' | 'open' | 'paid' | 'uncollectible' | 'void'

export interface Invoice {
  id: string
  object: 'invoice'
  amount_due: number
  amount_overpaid: number
  amount_paid: number
  amount_remaining: number
  attempt_count: number
  attempted: boolean
  auto_advance: boolean
  automatically_finalizes_at: number | null
  billing_reason: BillingReason
  collection_method: 'charge_automatically'
  created: number
  currency: string
  customer: string
  customer_email: string | null
  customer_name: string | null
  customer_phone: string | null
  default_payment_method: string | null
  effective_at: number | null
  ending_balance: number | null
  hosted_invoice_url: string | null
  lines: Listed<InvoiceLine>
  livemode: boolean
  metadata: Metadata
  next_payment_attempt: number | null
  number: string | null
  parent: {
    quote_details: null
    subscription_details: { metadata: Metadata; subscription: string }
    type: 'subscription_details'
  }
  period_end: number
  period_start: number
  starting_balance: number
  status: InvoiceStatus
  status_transitions: {
    finalized_at: number | null
    marked_uncollectible_at: number | null
    paid_at: number | null
    voided_at: number | null
  }
  subtotal: number
  subtotal_excluding_tax: number
  total: number
  total_excluding_tax: number
}

export interface InvoicePayment {
  id: string
  object: 'invoice_payment'
  amount_paid: number | null
  amount_requested: number
  created: number
  currency: string
  invoice: string
  is_default: boolean
  livemode: boolean
  payment: { payment_intent: string; type: 'payment_intent' }
  status: 'open' | 'paid' | 'canceled'
  status_transitions: { canceled_at: number | null; paid_at: number | null }
}

export interface SetupIntent {
  id: string
  object: 'setup_intent'
  cancellation_reason: null
  client_secret: string
  created: number
  customer: string | null
  description: string | null
  last_setup_error: PaymentError | null
  livemode: boolean
  metadata: Metadata
  next_action: NextAction | null
  payment_method: string | null
  payment_method_types: string[]
  status: 'requires_payment_method' | 'requires_confirmation' | 'requires_action' | 'succeeded' | 'canceled'
  usage: 'off_session' | 'on_session'
}

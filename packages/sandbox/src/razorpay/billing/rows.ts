import type { FailureReason } from '../magic.ts'
import type { Instrument, Notes, WireAmount } from '../state.ts'

export const PERIODS = ['daily', 'weekly', 'monthly', 'quarterly', 'yearly'] as const
export type Period = (typeof PERIODS)[number]

export interface Item {
  readonly id: string
  readonly name: string
  readonly description: string | null
  readonly amount: WireAmount
  readonly currency: string
}

export interface PlanRow {
  readonly id: string
  readonly account: string
  readonly period: Period
  readonly interval: number
  readonly item: Item
  readonly notes: Notes
  readonly createdAt: number
}

export type SubscriptionStatus =
  | 'created'
  | 'authenticated'
  | 'active'
  | 'pending'
  | 'halted'
  | 'paused'
  | 'cancelled'
  | 'completed'
  | 'expired'

/** What the payer agreed to be charged by. */
export interface Mandate {
  readonly instrument: Instrument
  readonly email: string
  readonly contact: string
  /** Why the bank will refuse every renewal; null when it will not. */
  readonly fails: FailureReason | null
}

export interface Changes {
  readonly planId: string
  readonly quantity: number
  readonly totalCount: number
}

export interface SubscriptionRow {
  readonly id: string
  readonly account: string
  planId: string
  quantity: number
  totalCount: number
  /** Cycles that were paid, and cycles that have begun. */
  paidCount: number
  begun: number
  status: SubscriptionStatus
  customerId: string | null
  tokenId: string | null
  mandate: Mandate | null
  /** The grid of the cycles; null until the payer authorised an immediate start. */
  startAt: number | null
  currentStart: number | null
  currentEnd: number | null
  chargeAt: number | null
  endedAt: number | null
  expireBy: number | null
  /** Failed attempts on the running cycle. */
  attempts: number
  readonly notify: boolean
  /** Charged once, with the authorisation. */
  readonly addons: readonly Item[]
  readonly notes: Notes
  scheduled: Changes | null
  cancelAtEnd: boolean
  pausedAt: number | null
  /** The order by which the payer authorises, once they have opened the page. */
  authOrderId: string | null
  /** The invoice that waits for money. */
  openInvoiceId: string | null
  readonly createdAt: number
  /** Unix seconds of the next thing that happens by itself. */
  dueAt: number | null
}

export interface InvoiceLine {
  readonly name: string
  readonly description: string | null
  readonly amount: WireAmount
  readonly quantity: number
  readonly type: 'plan' | 'addon'
}

export interface InvoiceRow {
  readonly id: string
  readonly account: string
  readonly subscriptionId: string
  orderId: string
  readonly amount: WireAmount
  readonly currency: string
  status: 'issued' | 'paid'
  paymentId: string | null
  readonly lines: readonly InvoiceLine[]
  readonly billingStart: number
  readonly billingEnd: number
  /** A cycle of the plan, or the difference a change of plan made. */
  readonly kind: 'cycle' | 'upfront' | 'change'
  readonly createdAt: number
  paidAt: number | null
}

import type { Interval } from '../../kernel/calendar.ts'
import type { JsonObject } from '../errors.ts'
import type { Money } from '../money.ts'

/** Rows of PayPal's catalog and subscriptions; times are milliseconds. */

export interface Product {
  readonly id: string
  readonly accountId: string
  readonly name: string
  readonly type: string
  details: JsonObject
  readonly createdAt: number
  updatedAt: number
}

export const UNITS = { DAY: 'day', WEEK: 'week', MONTH: 'month', YEAR: 'year' } as const satisfies Record<
  string,
  Interval
>
export type Unit = keyof typeof UNITS

export interface Cycle {
  readonly unit: Unit
  readonly count: number
  readonly tenure: 'TRIAL' | 'REGULAR'
  readonly sequence: number
  /** 0: without end. */
  total: number
  /** Null: a free trial. */
  price: Money | null
  version: number
}

export interface Preferences {
  autoBill: boolean
  readonly setupFee: Money | null
  readonly setupFeeFailure: 'CONTINUE' | 'CANCEL'
  /** 0: failures never suspend. */
  threshold: number
}

export interface Taxes {
  /** As it was sent, e.g. `10` or `7.25`. */
  readonly percentage: string
  readonly inclusive: boolean
}

export type PlanStatus = 'CREATED' | 'ACTIVE' | 'INACTIVE'

export interface Plan {
  readonly id: string
  readonly accountId: string
  readonly productId: string
  name: string
  description: string | null
  status: PlanStatus
  readonly cycles: Cycle[]
  preferences: Preferences
  taxes: Taxes | null
  readonly quantitySupported: boolean
  version: number
  readonly createdAt: number
  updatedAt: number
}

export type SubscriptionStatus =
  | 'APPROVAL_PENDING'
  | 'APPROVED'
  | 'ACTIVE'
  | 'SUSPENDED'
  | 'CANCELLED'
  | 'EXPIRED'

/** What the subscription became when it was made: later changes of the plan reach it only by their own rules. */
export interface Terms {
  planId: string
  quantity: string
  cycles: Cycle[]
  preferences: Preferences
  taxes: Taxes | null
}

/** A revision the subscriber has not agreed to yet. */
export interface Revision {
  readonly token: string
  readonly terms: Terms
}

export interface PriceChange {
  readonly sequence: number
  readonly price: Money
  readonly version: number
  /** Cycles starting from here on have the new price. */
  readonly from: number
}

export interface Subscription {
  readonly id: string
  readonly accountId: string
  status: SubscriptionStatus
  statusNote: string | null
  statusAt: number
  terms: Terms
  readonly overridden: boolean
  revision: Revision | null
  prices: PriceChange[]
  customId: string | null
  subscriber: JsonObject
  readonly returnUrl: string | null
  readonly cancelUrl: string | null
  readonly brand: string
  readonly activates: boolean
  readonly token: string
  startTime: number
  payerId: string | null
  /** Whether the payer's funding still pays. */
  funding: 'works' | 'declines'
  /** Place of the running cycle in `terms.cycles`, how many of it have begun, and where its grid starts. */
  phase: number
  readonly begun: number[]
  anchor: number
  nextBilling: number | null
  retryAt: number | null
  retries: number
  outstanding: Money
  failures: number
  lastPayment: { readonly amount: Money; readonly at: number } | null
  lastFailure: { readonly amount: Money; readonly at: number; readonly retryAt: number | null } | null
  readonly createdAt: number
  updatedAt: number
  /** The next thing that happens by itself. */
  dueAt: number | null
}

/** One collection; PayPal's v1 calls it a sale. */
export interface Sale {
  readonly id: string
  readonly accountId: string
  readonly subscriptionId: string
  readonly amount: Money
  readonly status: 'COMPLETED' | 'DECLINED'
  readonly createdAt: number
  updatedAt: number
  refunded: Money
}

export interface SaleRefund {
  readonly id: string
  readonly accountId: string
  readonly saleId: string
  readonly amount: Money
  /** A reversal is PayPal's own: nobody at the merchant asked for it. */
  readonly kind: 'refund' | 'reversal'
  /** What of the sale was back with the payer once this had gone. */
  readonly totalRefunded: Money
  readonly reason: string | null
  /** v1 `description`, v2 `note_to_payer`. */
  readonly note: string | null
  readonly invoiceId: string | null
  /** Payments v2 alone takes one. */
  readonly customId: string | null
  readonly createdAt: number
}

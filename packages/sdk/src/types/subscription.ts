import type { CustomerDetails, NamedCustomer } from './customer.ts'
import type { Failure, Fees } from './payment.ts'
import type { CreatedRange, Environment, ListParams, Metadata, Service } from './shared.ts'

/** `pending_approval`: send the payer to `approvalUrl`. The last three are final. */
export type SubscriptionStatus =
  | 'created'
  | 'pending_approval'
  | 'trialing'
  | 'active'
  | 'past_due'
  | 'paused'
  | 'canceled'
  | 'completed'
  | 'expired'

export interface Subscription {
  readonly id: string
  readonly object: 'subscription'
  /** The same as `id`. */
  readonly subscriptionId: string
  readonly status: SubscriptionStatus
  readonly planId: string
  /** The plan it changes to once the payer, or the period, lets it. */
  readonly pendingPlanId: string | null
  readonly quantity: number
  readonly customerId: string | null
  readonly customer: NamedCustomer | null
  readonly description: string | null
  readonly metadata: Metadata
  readonly provider: Service
  readonly providerSubscriptionId: string | null
  readonly environment: Environment
  /** Where the payer agrees, to the subscription or to a change of it. */
  readonly approvalUrl: string | null
  /** The same as `approvalUrl`. */
  readonly checkoutUrl: string | null
  readonly trialDays: number
  readonly trialEnd: string | null
  readonly startDate: string | null
  /** Charges after which it is complete; `null`: it goes on. */
  readonly totalCount: number | null
  readonly paidCount: number
  /** Charges in a row that failed. */
  readonly failedCount: number
  readonly currentPeriodStart: string | null
  readonly currentPeriodEnd: string | null
  readonly nextChargeAt: string | null
  readonly cancelAtPeriodEnd: boolean
  readonly endedAt: string | null
  readonly currency: string
  /** Everything taken so far. */
  readonly amountCharged: string
  readonly amountChargedMinor: number
  readonly amountRefunded: string
  readonly amountRefundedMinor: number
  readonly latestChargeId: string | null
  readonly failure: Failure | null
  readonly createdAt: string
  readonly updatedAt: string
}

/** What was charged for one period, or besides it. */
export interface SubscriptionCharge {
  readonly id: string
  readonly object: 'subscription_charge'
  readonly subscriptionId: string
  /** `extra`: money taken besides what the period costs, such as for a change of plan. */
  readonly kind: 'period' | 'extra'
  readonly status: 'pending' | 'succeeded' | 'failed'
  /** Tries the provider has made. */
  readonly attempts: number
  readonly amount: string
  readonly amountMinor: number
  readonly amountRefunded: string
  readonly amountRefundedMinor: number
  readonly currency: string
  readonly fees: Fees | null
  readonly periodStart: string
  readonly periodEnd: string | null
  readonly chargedAt: string
  readonly provider: Service
  readonly providerChargeId: string
  readonly providerPaymentId: string | null
  readonly failure: Failure | null
  readonly createdAt: string
  readonly updatedAt: string
}

export interface SubscriptionCreateParams {
  readonly planId: string
  /** The id of a customer, or their details. */
  readonly customer?: string | CustomerDetails
  readonly quantity?: number
  /** Days before the first charge. */
  readonly trialDays?: number
  /** No charge before then; RFC 3339, in the future. */
  readonly startDate?: string
  /** Charges after which it is complete; without it, it goes on. */
  readonly totalCount?: number
  readonly description?: string
  readonly metadata?: Metadata
  /** Another name of `metadata`. */
  readonly notes?: Metadata
  /** Where the payer lands after agreeing. */
  readonly returnUrl?: string
  readonly cancelUrl?: string
  /** Without it, the plan's own, or the first connected one that can. */
  readonly provider?: Service
  /** Taken for the original's sake: nobody but you writes to the payer. */
  readonly customerNotify?: boolean
}

export interface SubscriptionCancelParams {
  /** Let the running period end first. Without it, the subscription ends at once. */
  readonly atPeriodEnd?: boolean
  /** The same as `atPeriodEnd`. */
  readonly cancelAtCycleEnd?: boolean
  readonly reason?: string
}

export interface SubscriptionPauseParams {
  readonly pauseAt?: 'now'
}

/** A plan, a quantity, or both. */
export interface SubscriptionChangePlanParams {
  readonly planId?: string
  /** The same as `planId`. */
  readonly newPlanId?: string
  readonly quantity?: number
  /** Settle the difference of the running period; without it, where the provider can. */
  readonly prorate?: boolean
}

export interface SubscriptionListParams extends ListParams {
  readonly created?: CreatedRange
  readonly status?: SubscriptionStatus
  readonly planId?: string
  /** The id of a customer. */
  readonly customer?: string
  readonly provider?: Service
  readonly environment?: Environment
}

export interface SubscriptionChargeListParams extends ListParams {
  readonly status?: SubscriptionCharge['status']
}

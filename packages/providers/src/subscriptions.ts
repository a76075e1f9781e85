import type {
  Money,
  Outcome,
  PlanInterval,
  ProviderSubscriptionStatus,
  SubscriptionChargeStatus,
} from '@onerouter/core'
import type { ListedPage, ListWindow } from './listing.ts'
import type { Customer, Failure, ProviderContext } from './spec.ts'

/** A plan as it is asked for; providers keep it for ever and never change its price. */
export interface CreatePlan {
  /** Our plan's id (`plan_…`), by which the provider must be able to find it where it can find anything. */
  readonly reference: string
  readonly name: string
  /** Price of one unit and one period. */
  readonly amount: Money
  readonly interval: PlanInterval
  readonly intervalCount: number
}

export interface PlanSnapshot {
  /** The provider's id of the plan (Stripe: of the price). */
  readonly planRef: string
  /** Further ids, such as the product the price belongs to. */
  readonly refs: Readonly<Record<string, string>>
  readonly amount: Money
  readonly interval: PlanInterval
  readonly intervalCount: number
  readonly reference: string | null
}

export interface CreateSubscription {
  /** Our correlation id, unique per attempt; the provider must be able to find the subscription by it. */
  readonly reference: string
  readonly plan: CreatePlan & Pick<PlanSnapshot, 'planRef' | 'refs'>
  readonly quantity: number
  /** Days before the first charge; 0 = none. */
  readonly trialDays: number
  /** First charge not before then; `null` = at approval. Exclusive with a trial. */
  readonly startAtMs: number | null
  /** Charges after which it is complete; `null` = open-ended (or the provider's longest). */
  readonly totalCount: number | null
  readonly description?: string
  readonly customer?: Customer
  /** Where the provider sends the payer back: pages of ours. */
  readonly returnUrl: string
  readonly cancelUrl: string
}

/** What we know of a subscription at its provider; handed back to the adapter at every later verb. */
export interface SubscriptionHandle {
  readonly reference: string
  /** What the payer approves first, where that is an object of its own (Stripe: the Checkout Session). */
  readonly orderRef: string | null
  /** `null` until the provider has made it (Stripe: after the payer approved). */
  readonly subscriptionRef: string | null
  readonly refs: Readonly<Record<string, string>>
}

export interface SubscriptionSnapshot {
  readonly orderRef: string | null
  readonly subscriptionRef: string | null
  readonly refs: Readonly<Record<string, string>>
  readonly status: ProviderSubscriptionStatus
  /** The provider's own word, for the timeline. */
  readonly providerStatus: string
  readonly reference: string | null
  readonly planRef: string
  /** The plan that the next period brings, where a change waits for it. */
  readonly pendingPlanRef?: string
  readonly quantity: number
  /** Where to send the payer to approve; `null` where nothing is left to approve. */
  readonly approvalUrl: string | null
  readonly currentPeriodStartMs: number | null
  readonly currentPeriodEndMs: number | null
  readonly trialEndMs: number | null
  readonly nextChargeAtMs: number | null
  /** Ends with the current period, because somebody asked for it. */
  readonly cancelAtPeriodEnd: boolean
  readonly endedAtMs: number | null
  /** Periods paid so far, where the provider counts them. */
  readonly paidCount: number | null
  /** Charges in a row that failed, where the provider counts them. */
  readonly failedCount: number | null
  /** The provider's name for the payer. */
  readonly customerRef: string | null
}

/** One period's charge. `chargeRef` is unique per account and provider: what the charge row is keyed by. */
export interface SubscriptionCharge {
  readonly chargeRef: string
  /** The payment behind it, by which it is refunded; `null` while nothing was paid. */
  readonly paymentRef: string | null
  /** `failed` is the last word on a try, not on the charge: providers try again, and then it succeeds. */
  readonly status: SubscriptionChargeStatus | 'unrecognised'
  readonly providerStatus: string
  readonly amount: Money
  /** Minor units of `amount.currency`; `null` = a part was refunded, and the provider does not say how much. */
  readonly refunded: bigint | null
  readonly fee: { readonly amount: bigint; readonly tax: bigint; readonly currency: string } | null
  /** `null` where the provider names no period; the engine then takes the one the charge's time lies in. */
  readonly periodStartMs: number | null
  readonly periodEndMs: number | null
  readonly chargedAtMs: number
  readonly failure: Failure | null
}

export interface ChangePlan {
  readonly plan: CreatePlan & Pick<PlanSnapshot, 'planRef' | 'refs'>
  readonly quantity: number
  /** Charge or credit the rest of the running period; `accepts` refuses what a provider cannot do. */
  readonly prorate: boolean
}

/** Why a plan or subscription cannot be asked of this provider; refused before anything is recorded. */
export interface UnacceptableSubscription {
  readonly code: 'unsupported_currency' | 'invalid_amount' | 'invalid_request'
  /** The field of our own request that cannot be had. */
  readonly field:
    | 'currency'
    | 'amount'
    | 'interval'
    | 'interval_count'
    | 'quantity'
    | 'trial_days'
    | 'start_date'
    | 'total_count'
  readonly message: string
}

export type SubscriptionVerb = 'createPlan' | 'create' | 'cancel' | 'pause' | 'resume' | 'changePlan'

/**
 * Subscriptions billed by the provider. A member that is missing is a thing the provider cannot do. Creating is inert:
 * nothing is charged before the payer approves.
 */
export interface Subscriptions<C> {
  /** How long after the first send the same key is certain to replay instead of acting again; 0 = never. */
  readonly replayWindowMs: Readonly<Record<SubscriptionVerb, number>>
  readonly lookupLagMs: number
  /** `scheduled`: the provider only ends at once, so the engine asks for it when the period is over. */
  readonly cancelAtPeriodEnd: 'native' | 'scheduled'
  /** Whether `changePlan` can settle the running period's difference. */
  readonly proration: boolean
  acceptsPlan(plan: CreatePlan): UnacceptableSubscription | null
  accepts(
    request: Pick<CreateSubscription, 'plan' | 'quantity' | 'trialDays' | 'startAtMs' | 'totalCount'>,
  ): UnacceptableSubscription | null
  createPlan(ctx: ProviderContext<C>, plan: CreatePlan, key: string): Promise<Outcome<PlanSnapshot>>
  /** Looks a plan up by our reference; missing where creating it twice does no harm. */
  findPlan?(ctx: ProviderContext<C>, plan: CreatePlan): Promise<Outcome<PlanSnapshot | null>>
  create(
    ctx: ProviderContext<C>,
    request: CreateSubscription,
    key: string,
  ): Promise<Outcome<SubscriptionSnapshot>>
  /**
   * Reads the subscription. Where a provider cannot be told the number of charges at creation, the first read after
   * the approval sets the end; repeating that changes nothing.
   */
  fetch(ctx: ProviderContext<C>, subscription: SubscriptionHandle): Promise<Outcome<SubscriptionSnapshot>>
  /** Looks a subscription up by our reference; `null` = the provider has none (yet). */
  find?(
    ctx: ProviderContext<C>,
    subscription: SubscriptionHandle,
  ): Promise<Outcome<SubscriptionSnapshot | null>>
  cancel(
    ctx: ProviderContext<C>,
    subscription: SubscriptionHandle,
    when: 'now' | 'period_end',
    key: string,
  ): Promise<Outcome<SubscriptionSnapshot>>
  pause?(
    ctx: ProviderContext<C>,
    subscription: SubscriptionHandle,
    key: string,
  ): Promise<Outcome<SubscriptionSnapshot>>
  resume?(
    ctx: ProviderContext<C>,
    subscription: SubscriptionHandle,
    key: string,
  ): Promise<Outcome<SubscriptionSnapshot>>
  /** The snapshot's `approvalUrl` is set where the payer has to agree to the change. */
  changePlan?(
    ctx: ProviderContext<C>,
    subscription: SubscriptionHandle,
    change: ChangePlan,
    key: string,
  ): Promise<Outcome<SubscriptionSnapshot>>
  /** The subscription's charges in the window, newest first, in bounded pages. */
  listCharges(
    ctx: ProviderContext<C>,
    subscription: SubscriptionHandle,
    window: ListWindow,
  ): Promise<Outcome<ListedPage<SubscriptionCharge>>>
}

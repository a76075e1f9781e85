import type { Amount, CreatedRange, Environment, ListParams, Metadata, Service } from './shared.ts'

export type PlanInterval = 'day' | 'week' | 'month' | 'year'

/** What a provider holds of a plan: made when it is first used there. */
export interface ProviderPlan {
  readonly provider: Service
  readonly status: 'pending' | 'ready' | 'refused'
  readonly providerPlanId: string | null
}

export interface Plan {
  readonly id: string
  readonly object: 'plan'
  readonly name: string
  readonly description: string | null
  /** Price of one unit and one period; it never changes. */
  readonly amount: string
  readonly amountMinor: number
  readonly currency: string
  readonly interval: PlanInterval
  readonly intervalCount: number
  /** The provider it was made for; `null`: any that can. */
  readonly provider: Service | null
  readonly providerPlans: readonly ProviderPlan[]
  readonly metadata: Metadata
  readonly environment: Environment
  readonly createdAt: string
}

export interface PlanDetails {
  readonly name: string
  readonly description?: string
  /** ISO 4217, in either case. */
  readonly currency: string
  readonly interval: PlanInterval
  /** Every three months: `interval: 'month', intervalCount: 3`. */
  readonly intervalCount?: number
  /** Makes it there at once; without it, wherever it is first used. */
  readonly provider?: Service
  readonly metadata?: Metadata
  /** Another name of `metadata`. */
  readonly notes?: Metadata
  /** A live key may force `test`. */
  readonly environment?: Environment
}
export type PlanCreateParams = Amount & PlanDetails

export interface PlanListParams extends ListParams {
  readonly created?: CreatedRange
  readonly currency?: string
  readonly environment?: Environment
}

import type { Environment, Instant, Service } from './shared.ts'

export type RoutingStrategy = 'order' | 'split' | 'least_cost' | 'success_rate'
export type RoutingDay = 'mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun'

/** Whom a payment goes to, best first. */
export interface RoutingUse {
  readonly strategy: RoutingStrategy
  /** Who takes part; without it everybody who can. For `order`: best first. */
  readonly providers?: readonly Service[]
  /** For `split`: the share of each. */
  readonly weights?: readonly { readonly provider: Service; readonly weight: number }[]
  /** Who comes after them; without it everybody else who can. `[]`: nobody. */
  readonly fallback?: readonly Service[]
  /** Fewer observations say nothing; 50 if left out. */
  readonly minSamples?: number
  /** Payments in a hundred that try a provider of which too little is known; 5 if left out. */
  readonly explorePercent?: number
}

/** All of them must hold. */
export interface RoutingConditions {
  readonly currencies?: readonly string[]
  /** `customer.country` of the payment. */
  readonly countries?: readonly string[]
  readonly methods?: readonly string[]
  /** E-mail addresses, `@` and a domain, or ids of customers. */
  readonly customers?: readonly string[]
  /** In major units, both included; needs exactly one currency beside it. */
  readonly amount?: { readonly min?: string; readonly max?: string }
  /** For each name the values that match. */
  readonly metadata?: Readonly<Record<string, readonly string[]>>
  readonly time?: {
    readonly days?: readonly RoutingDay[]
    /** `HH:MM`, included. */
    readonly from?: string
    /** `HH:MM`, not included. */
    readonly to?: string
    /** IANA name; UTC if left out. */
    readonly timeZone?: string
    readonly startsAt?: string
    readonly endsAt?: string
  }
}

export interface RoutingRule {
  readonly name: string
  readonly enabled?: boolean
  readonly when?: RoutingConditions
  readonly use: RoutingUse
}

/** The rules in force, and the version that is tried beside them. */
export interface RoutingPolicy {
  readonly object: 'routing'
  readonly environment: Environment
  /** 0: no rules, the default order. */
  readonly version: number
  /** The first that matches decides. */
  readonly rules: readonly RoutingRule[]
  readonly default: RoutingUse | null
  readonly trial: { readonly version: number; readonly percent: number } | null
  readonly updatedAt: string | null
}

export interface RoutingVersion {
  readonly id: string
  readonly object: 'routing_version'
  readonly version: number
  readonly environment: Environment
  readonly state: 'in_force' | 'on_trial' | 'kept'
  readonly rules: readonly RoutingRule[]
  readonly default: RoutingUse | null
  readonly comment: string | null
  readonly createdBy: string
  readonly createdAt: string
}

/** An average of what was observed; `null` where too little was. */
export interface RoutingEstimate {
  readonly rate: number | null
  readonly payments: number
  readonly smallestSample: number | null
}

/** What other rules would have done with the payments there were. An estimate, no promise. */
export interface RoutingSimulation {
  readonly object: 'routing_simulation'
  readonly environment: Environment
  readonly from: string
  readonly to: string
  readonly payments: number
  /** `false`: there were more, the newest were looked at. */
  readonly complete: boolean
  readonly changed: number
  readonly unroutable: number
  readonly requested: number
  readonly providers: readonly {
    readonly provider: Service
    readonly before: number
    readonly after: number
  }[]
  readonly rules: readonly { readonly name: string; readonly payments: number }[]
  readonly success: { readonly before: RoutingEstimate; readonly after: RoutingEstimate }
  readonly costs: readonly {
    readonly currency: string
    readonly payments: number
    readonly before: string
    readonly beforeMinor: number
    readonly after: string
    readonly afterMinor: number
    readonly smallestSample: number | null
  }[]
  readonly note: string
}

/** What routing goes by: what came of the account's own payments, and how its providers do at the moment. */
export interface RoutingObservations {
  readonly object: 'routing_observations'
  readonly environment: Environment
  readonly since: string
  readonly data: readonly {
    readonly provider: Service
    readonly method: string | null
    readonly currency: string
    readonly country: string | null
    readonly attempts: number
    readonly succeeded: number
    readonly priced: number
    readonly paidMinor: number
    readonly feesMinor: number
  }[]
  readonly health: readonly {
    readonly provider: Service
    readonly state: 'closed' | 'open' | 'half_open'
  }[]
}

export interface RoutingParams {
  readonly environment?: Environment
}

export interface RoutingSaveParams {
  readonly rules: readonly RoutingRule[]
  readonly default?: RoutingUse
  readonly environment?: Environment
  readonly comment?: string
  /** Only try it, on so many payments in a hundred. */
  readonly trialPercent?: number
  /** `version` as it was read: refused when somebody was faster. */
  readonly baseVersion?: number
}

export interface RoutingVersionListParams {
  readonly limit?: number
  readonly startingAfter?: string
  readonly environment?: Environment
}

export interface RoutingActivateParams {
  readonly environment?: Environment
  /** Below 100 it is only tried. */
  readonly percent?: number
}

/** Either `rules` or a stored `version`; the last month's payments if no window is given. */
export interface RoutingSimulateParams {
  readonly rules?: readonly RoutingRule[]
  readonly default?: RoutingUse
  readonly version?: number
  readonly environment?: Environment
  readonly from?: Instant
  readonly to?: Instant
}

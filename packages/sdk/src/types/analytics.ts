import type { Environment, Instant, Service } from './shared.ts'

/** An amount of one currency; nothing is ever added across currencies. */
export interface AnalyticsSum {
  readonly amount: string
  readonly amountMinor: number
}

export interface AnalyticsFees {
  readonly currency: string
  readonly amount: string
  readonly amountMinor: number
  readonly tax: string
  readonly taxMinor: number
}

export interface AnalyticsCounts {
  readonly total: number
  readonly succeeded: number
  readonly failed: number
  readonly canceled: number
  readonly expired: number
  /** Not decided yet. */
  readonly open: number
  /** Succeeded of those that succeeded or failed; `null` where there were none. */
  readonly successRate: number | null
}

export interface AnalyticsCurrency {
  readonly currency: string
  readonly payments: AnalyticsCounts
  readonly requested: AnalyticsSum
  readonly captured: AnalyticsSum
  readonly refunded: AnalyticsSum
  /** By the currency in which the provider took them. */
  readonly fees: readonly AnalyticsFees[]
}

export interface AnalyticsPeriod {
  readonly from: string
  readonly to: string
  readonly timezone: string
  /** What was committed by then is in these numbers. */
  readonly asOf: string
}

export interface AnalyticsSms {
  readonly total: number
  readonly delivered: number
  readonly failed: number
  readonly cost: readonly {
    readonly currency: string
    readonly amount: string
    readonly amountMicros: number
  }[]
}

export interface AnalyticsOverview {
  readonly object: 'analytics_overview'
  readonly environment: Environment
  readonly period: AnalyticsPeriod
  readonly payments: AnalyticsCounts
  readonly currencies: readonly AnalyticsCurrency[]
  readonly refunds: { readonly total: number; readonly succeeded: number; readonly failed: number }
  readonly sms: AnalyticsSms
  readonly subscriptions: {
    readonly active: number
    readonly trialing: number
    readonly pastDue: number
    readonly paused: number
    readonly started: number
    readonly ended: number
    readonly churnRate: number | null
    /** What active and past-due subscriptions come to in a month. */
    readonly mrr: readonly {
      readonly currency: string
      readonly amount: string
      readonly amountMinor: number
    }[]
  }
  readonly webhooks: {
    readonly delivered: number
    readonly failed: number
    readonly pending: number
    readonly successRate: number | null
    readonly endpointsEnabled: number
    readonly endpointsDisabled: number
  }
}

/** Members that were not grouped by are `null`. */
export interface AnalyticsGroup {
  readonly provider: string | null
  readonly method: string | null
  readonly currency: string | null
  readonly keyId: string | null
  /** Of the payer; `null` where it is not known. */
  readonly country: string | null
}

export type AnalyticsInterval = 'hour' | 'day' | 'week' | 'month'

export interface AnalyticsTimeseries {
  readonly object: 'analytics_timeseries'
  readonly environment: Environment
  readonly period: AnalyticsPeriod
  readonly interval: AnalyticsInterval
  /** Intervals without payments are left out. */
  readonly data: readonly {
    readonly start: string
    readonly group: AnalyticsGroup
    readonly payments: AnalyticsCounts
    readonly currencies: readonly AnalyticsCurrency[]
  }[]
}

export interface AnalyticsCosts {
  readonly object: 'analytics_costs'
  readonly environment: Environment
  readonly period: AnalyticsPeriod
  readonly data: readonly {
    readonly group: AnalyticsGroup
    /** Of the payments. */
    readonly currency: string
    /** That were paid. */
    readonly payments: number
    readonly captured: AnalyticsSum
    /** Fees can arrive days after the payment. */
    readonly withKnownFee: number
    readonly fees: readonly AnalyticsFees[]
    /** Fee by what was captured, where both are of one currency. */
    readonly effectiveRate: number | null
  }[]
  readonly sms: AnalyticsSms
}

/** Quantiles are right within a factor of two. */
export interface AnalyticsLatency {
  readonly count: number
  readonly meanMs: number | null
  readonly p50Ms: number | null
  readonly p95Ms: number | null
  readonly p99Ms: number | null
}

export interface AnalyticsPerformance {
  readonly object: 'analytics_performance'
  readonly environment: Environment
  readonly period: AnalyticsPeriod
  /** The router's own time, without what providers took. */
  readonly router: AnalyticsLatency
  readonly routes: readonly {
    readonly method: string
    readonly route: string
    readonly latency: AnalyticsLatency
  }[]
  readonly providers: readonly {
    readonly provider: string
    readonly verb: string
    readonly failed: number
    readonly latency: AnalyticsLatency
  }[]
}

export interface AnalyticsErrors {
  readonly object: 'analytics_errors'
  readonly environment: Environment
  readonly period: AnalyticsPeriod
  /** Why payments failed, most frequent first. */
  readonly declines: readonly {
    readonly provider: string
    readonly currency: string
    readonly method: string | null
    readonly code: string
    readonly declineReason: string | null
    readonly payments: number
  }[]
  /** Requests that were refused or failed. */
  readonly requests: readonly {
    readonly method: string
    readonly route: string
    readonly status: number
    readonly code: string | null
    readonly requests: number
  }[]
  /** Calls to providers without a good answer. */
  readonly providerCalls: readonly {
    readonly provider: string
    readonly verb: string
    readonly outcome: string
    readonly calls: number
  }[]
}

export interface AnalyticsRangeParams {
  /** 30 days before `to` by default. */
  readonly from?: Instant
  /** Exclusive; now by default. */
  readonly to?: Instant
  readonly environment?: Environment
}

export interface AnalyticsErrorsParams extends AnalyticsRangeParams {
  readonly provider?: Service
  readonly method?: string
  readonly currency?: string
  readonly keyId?: string
  /** Of the payer, ISO 3166-1. */
  readonly country?: string
}

export interface AnalyticsOverviewParams extends AnalyticsErrorsParams {
  /** IANA name, such as `Asia/Kolkata`; UTC by default. */
  readonly timezone?: string
}

export interface AnalyticsTimeseriesParams extends AnalyticsOverviewParams {
  /** `day` by default. */
  readonly interval?: AnalyticsInterval
  readonly groupBy?: 'provider' | 'method' | 'currency' | 'key' | 'country'
}

export interface AnalyticsCostsParams extends AnalyticsOverviewParams {
  /** `route` by default: provider, method and currency. */
  readonly groupBy?: 'provider' | 'method' | 'currency' | 'key' | 'country' | 'route'
}

export interface AnalyticsPerformanceParams extends AnalyticsRangeParams {
  readonly provider?: Service
}

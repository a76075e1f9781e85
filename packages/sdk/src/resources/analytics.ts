import type { ApiPromise } from '../answer.ts'
import type { CallOptions } from '../options.ts'
import type { Call } from '../send.ts'
import type {
  AnalyticsCosts,
  AnalyticsCostsParams,
  AnalyticsErrors,
  AnalyticsErrorsParams,
  AnalyticsOverview,
  AnalyticsOverviewParams,
  AnalyticsPerformance,
  AnalyticsPerformanceParams,
  AnalyticsTimeseries,
  AnalyticsTimeseriesParams,
} from '../types/analytics.ts'

/** Numbers over payments, costs, speed and errors. */
export interface Analytics {
  /**
   * Payments, money, refunds, messages, subscriptions and webhooks of a period.
   * @example
   * ```ts
   * const { payments, currencies } = await client.analytics.overview({ from: '2026-11-01' })
   * ```
   */
  overview(params?: AnalyticsOverviewParams, options?: CallOptions): ApiPromise<AnalyticsOverview>
  /**
   * Payments and money by hour, day, week or month of a time zone.
   * @example
   * ```ts
   * const { data } = await client.analytics.timeseries({ interval: 'day', timezone: 'Asia/Kolkata', groupBy: 'provider' })
   * ```
   */
  timeseries(params?: AnalyticsTimeseriesParams, options?: CallOptions): ApiPromise<AnalyticsTimeseries>
  /**
   * What providers really took, and the rate that comes to.
   * @example
   * ```ts
   * for (const row of (await client.analytics.costs()).data) console.log(row.group, row.effectiveRate)
   * ```
   */
  costs(params?: AnalyticsCostsParams, options?: CallOptions): ApiPromise<AnalyticsCosts>
  /**
   * How long the router and the providers took.
   * @example
   * ```ts
   * const { router, providers } = await client.analytics.performance({ provider: 'stripe' })
   * ```
   */
  performance(params?: AnalyticsPerformanceParams, options?: CallOptions): ApiPromise<AnalyticsPerformance>
  /**
   * Why payments failed, and which requests and calls did.
   * @example
   * ```ts
   * const { declines } = await client.analytics.errors({ currency: 'INR' })
   * ```
   */
  errors(params?: AnalyticsErrorsParams, options?: CallOptions): ApiPromise<AnalyticsErrors>
}

export function analytics(call: Call): Analytics {
  const get = <T>(name: string, query?: object, options?: CallOptions): ApiPromise<T> =>
    call({ method: 'GET', path: `/api/analytics/${name}`, ...(query !== undefined && { query }) }, options)
  return {
    overview: (params, options) => get('overview', params, options),
    timeseries: (params, options) => get('timeseries', params, options),
    costs: (params, options) => get('costs', params, options),
    performance: (params, options) => get('performance', params, options),
    errors: (params, options) => get('errors', params, options),
  }
}

import {
  EnvironmentSchema,
  Nullable,
  NullableString,
  OneOf,
  ServiceSchema,
  type Static,
  Strict,
  Timestamp,
  Type,
} from '../schema.ts'

const Instant = Type.String({
  maxLength: 40,
  description: 'RFC 3339 or Unix seconds; taken down to a quarter of an hour',
})
const RANGE = {
  from: Type.Optional(
    Type.String({ ...Instant, description: 'RFC 3339 or Unix seconds; 30 days before `to`' }),
  ),
  to: Type.Optional(Type.String({ ...Instant, description: 'RFC 3339 or Unix seconds, exclusive; now' })),
  environment: Type.Optional(EnvironmentSchema),
}
const FILTERS = {
  provider: Type.Optional(ServiceSchema),
  method: Type.Optional(Type.String({ maxLength: 60 })),
  currency: Type.Optional(Type.String({ pattern: '^[A-Za-z]{3}$' })),
  key_id: Type.Optional(Type.String({ maxLength: 64 })),
  country: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$', description: 'Of the payer, ISO 3166-1' })),
}
const Timezone = Type.Optional(
  Type.String({ maxLength: 64, description: 'IANA name, such as Asia/Kolkata; UTC by default' }),
)

const Ratio = Nullable(
  Type.Number({ description: 'Between 0 and 1; null where there is nothing to divide by' }),
)
const Count = Type.Integer()

/** Of one currency; nothing is ever added across currencies. */
const Sum = Strict({ amount: Type.String(), amount_minor: Type.Integer() })
const Fees = Strict({
  currency: Type.String(),
  amount: Type.String(),
  amount_minor: Type.Integer(),
  tax: Type.String(),
  tax_minor: Type.Integer(),
})

const Counts = Strict({
  total: Count,
  succeeded: Count,
  failed: Count,
  canceled: Count,
  expired: Count,
  open: Type.Integer({ description: 'Not decided yet' }),
  success_rate: Ratio,
})
const CurrencySums = Strict({
  currency: Type.String(),
  payments: Counts,
  requested: Sum,
  captured: Sum,
  refunded: Sum,
  fees: Type.Array(Fees, { description: 'By the currency in which the provider took them' }),
})

const Period = Strict({
  from: Timestamp,
  to: Timestamp,
  timezone: Type.String(),
  as_of: Type.String({ description: 'What was committed by then is in these numbers' }),
})

const SmsNumbers = Strict({
  total: Count,
  delivered: Count,
  failed: Count,
  cost: Type.Array(Strict({ currency: Type.String(), amount: Type.String(), amount_micros: Type.Integer() })),
})

export const AnalyticsOverview = Strict({
  object: OneOf(['analytics_overview']),
  environment: EnvironmentSchema,
  period: Period,
  payments: Counts,
  currencies: Type.Array(CurrencySums),
  refunds: Strict({ total: Count, succeeded: Count, failed: Count }),
  sms: SmsNumbers,
  subscriptions: Strict({
    active: Count,
    trialing: Count,
    past_due: Count,
    paused: Count,
    started: Type.Integer({ description: 'Within the period' }),
    ended: Type.Integer({ description: 'Within the period' }),
    churn_rate: Ratio,
    mrr: Type.Array(
      Strict({ currency: Type.String(), amount: Type.String(), amount_minor: Type.Integer() }),
      { description: 'What active and past-due subscriptions come to in a month' },
    ),
  }),
  webhooks: Strict({
    delivered: Count,
    failed: Count,
    pending: Count,
    success_rate: Ratio,
    endpoints_enabled: Count,
    endpoints_disabled: Count,
  }),
})
export type AnalyticsOverview = Static<typeof AnalyticsOverview>

const GroupWord = OneOf(['provider', 'method', 'currency', 'key', 'country'])
const Group = Strict({
  provider: NullableString(),
  method: NullableString(),
  currency: NullableString(),
  key_id: NullableString(),
  country: NullableString('Of the payer; null where it is not known'),
})

export const AnalyticsOverviewQuery = Strict({ ...RANGE, ...FILTERS, timezone: Timezone })

export const AnalyticsTimeseriesQuery = Strict({
  ...RANGE,
  ...FILTERS,
  timezone: Timezone,
  interval: Type.Optional(OneOf(['hour', 'day', 'week', 'month'])),
  group_by: Type.Optional(GroupWord),
})
export const AnalyticsTimeseries = Strict({
  object: OneOf(['analytics_timeseries']),
  environment: EnvironmentSchema,
  period: Period,
  interval: OneOf(['hour', 'day', 'week', 'month']),
  data: Type.Array(
    Strict({
      start: Type.String({ description: 'Of the interval, in the time zone asked for' }),
      group: Group,
      payments: Counts,
      currencies: Type.Array(CurrencySums),
    }),
    { description: 'Intervals without payments are left out' },
  ),
})
export type AnalyticsTimeseries = Static<typeof AnalyticsTimeseries>

export const AnalyticsCostsQuery = Strict({
  ...RANGE,
  ...FILTERS,
  timezone: Timezone,
  group_by: Type.Optional(OneOf(['provider', 'method', 'currency', 'key', 'country', 'route'])),
})
export const AnalyticsCosts = Strict({
  object: OneOf(['analytics_costs']),
  environment: EnvironmentSchema,
  period: Period,
  data: Type.Array(
    Strict({
      group: Group,
      currency: Type.String({ description: 'Of the payments' }),
      payments: Type.Integer({ description: 'That were paid' }),
      captured: Sum,
      with_known_fee: Type.Integer({ description: 'Fees can arrive days after the payment' }),
      fees: Type.Array(Fees),
      effective_rate: Nullable(
        Type.Number({ description: 'Fee by what was captured, where both are of one currency' }),
      ),
    }),
  ),
  sms: SmsNumbers,
})
export type AnalyticsCosts = Static<typeof AnalyticsCosts>

const Latency = Strict({
  count: Count,
  mean_ms: Nullable(Type.Number()),
  p50_ms: Nullable(Type.Number()),
  p95_ms: Nullable(Type.Number()),
  p99_ms: Nullable(Type.Number({ description: 'From buckets that double: right within a factor of two' })),
})
export const AnalyticsPerformanceQuery = Strict({ ...RANGE, provider: Type.Optional(ServiceSchema) })
export const AnalyticsPerformance = Strict({
  object: OneOf(['analytics_performance']),
  environment: EnvironmentSchema,
  period: Period,
  router: Latency,
  routes: Type.Array(Strict({ method: Type.String(), route: Type.String(), latency: Latency })),
  providers: Type.Array(
    Strict({ provider: Type.String(), verb: Type.String(), failed: Count, latency: Latency }),
  ),
})
export type AnalyticsPerformance = Static<typeof AnalyticsPerformance>

export const AnalyticsErrorsQuery = Strict({
  ...RANGE,
  ...FILTERS,
})
export const AnalyticsErrors = Strict({
  object: OneOf(['analytics_errors']),
  environment: EnvironmentSchema,
  period: Period,
  declines: Type.Array(
    Strict({
      provider: Type.String(),
      currency: Type.String(),
      method: NullableString(),
      code: Type.String(),
      decline_reason: NullableString(),
      payments: Count,
    }),
    { description: 'Why payments failed, most frequent first' },
  ),
  requests: Type.Array(
    Strict({
      method: Type.String(),
      route: Type.String(),
      status: Count,
      code: NullableString(),
      requests: Count,
    }),
    { description: 'Requests that were refused or failed, most frequent first' },
  ),
  provider_calls: Type.Array(
    Strict({ provider: Type.String(), verb: Type.String(), outcome: Type.String(), calls: Count }),
    { description: 'Calls to providers without a good answer, most frequent first' },
  ),
})
export type AnalyticsErrors = Static<typeof AnalyticsErrors>

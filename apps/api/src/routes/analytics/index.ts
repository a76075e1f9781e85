import { ApiError, parseId } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import type { Counted, Fresh } from '../../analytics/catch-up.ts'
import {
  callLatency,
  countDeclines,
  countDeliveries,
  countRefusals,
  countSubscriptions,
  type LatencyRow,
  monthlyRevenue,
  NO_KEY,
  requestLatency,
  SLOT_MS,
  sumRefunds,
  sumSms,
  type Window,
} from '../../analytics/read.ts'
import { type GroupColumn, type PaymentSums, sumPayments } from '../../analytics/sum-payments.ts'
import { parseInstant } from '../../http/list.ts'
import { type Call, mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import type { Queryable } from '../../store/rows.ts'
import { assertEnvironment } from '../services/allowed.ts'
import { byGroup, costRow, counts, currencies, groupOf, latency, ratio, smsNumbers, sum } from './present.ts'

export interface Analytics {
  readonly db: Queryable
  readonly now: () => number
  /** Brings the sums of these tables up to what is committed when it is called. */
  readonly fresh: Fresh
}

export function analyticsRoutes(app: FastifyInstance, analytics: Analytics): void {
  mount(app, 'getAnalyticsOverview', (call) => overview(analytics, call))
  mount(app, 'getAnalyticsTimeseries', (call) => timeseries(analytics, call))
  mount(app, 'getAnalyticsCosts', (call) => costs(analytics, call))
  mount(app, 'getAnalyticsPerformance', (call) => performance(analytics, call))
  mount(app, 'getAnalyticsErrors', (call) => errors(analytics, call))
}

interface Asked {
  readonly from?: string
  readonly to?: string
  readonly environment?: 'test' | 'live'
  readonly provider?: string
  readonly method?: string
  readonly currency?: string
  readonly key_id?: string
  readonly country?: string
  readonly timezone?: string
}

const DEFAULT_MS = 30 * 86_400_000
const RANGE_MS_MAX = 5 * 366 * 86_400_000

async function prepare(
  analytics: Analytics,
  { principal, query }: { readonly principal: Principal; readonly query: Asked },
  counted: readonly Counted[],
) {
  const nowMs = analytics.now()
  const environment = query.environment ?? principal.environment
  assertEnvironment(principal, environment)
  const toMs = instant('to', query.to) ?? nowMs
  const to = new Date(Math.ceil((toMs + (query.to === undefined ? 1 : 0)) / SLOT_MS) * SLOT_MS)
  const fromMs = instant('from', query.from) ?? to.getTime() - DEFAULT_MS
  const from = new Date(Math.floor(fromMs / SLOT_MS) * SLOT_MS)
  if (to <= from) throw refused('?to', 'must be later than from')
  if (to.getTime() - from.getTime() > RANGE_MS_MAX)
    throw refused('?from', 'must be at most five years before to')
  const timezone = timezoneOf(query.timezone)
  await analytics.fresh(counted)
  const window: Window = {
    accountId: principal.accountId,
    environment,
    from,
    to,
    providers: providersOf(principal, query.provider),
    method: query.method ?? null,
    currency: query.currency?.toUpperCase() ?? null,
    keyId: query.key_id === undefined ? null : (parseId('key', query.key_id) ?? NO_KEY),
    country: query.country?.toUpperCase() ?? null,
  }
  const period = {
    from: from.toISOString(),
    to: to.toISOString(),
    timezone,
    as_of: new Date(nowMs).toISOString(),
  }
  return { window, environment, period, timezone }
}

function providersOf(principal: Principal, asked: string | undefined): readonly string[] | null {
  const own = principal.services === null ? null : [...principal.services]
  if (asked === undefined) return own
  return own === null || own.some((service) => service === asked) ? [asked] : []
}

function instant(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const date = parseInstant(text)
  if (date === undefined) throw refused(`?${name}`, 'must be an RFC 3339 time or Unix seconds')
  return date.getTime()
}

/** Those that were asked for and exist: to ask `Intl` costs milliseconds. */
const TIMEZONES = new Set(['UTC'])
/** There are some six hundred names, each in upper and lower case as one likes. */
const TIMEZONES_MAX = 1_000

/** Offsets are left out: what PostgreSQL makes of their sign is the reverse of what everybody means. */
function timezoneOf(text = 'UTC'): string {
  if (TIMEZONES.has(text)) return text
  try {
    if (/^[A-Za-z]/.test(text)) new Intl.DateTimeFormat('en', { timeZone: text })
    else throw new RangeError('no name')
    if (TIMEZONES.size < TIMEZONES_MAX) TIMEZONES.add(text)
    return text
  } catch {
    throw refused('?timezone', 'must be an IANA name such as Asia/Kolkata')
  }
}

function refused(pointer: string, detail: string): ApiError {
  return new ApiError('invalid_request', `${pointer} ${detail}.`, { errors: [{ pointer, detail }] })
}

async function overview(analytics: Analytics, { query, principal }: Call<'getAnalyticsOverview'>) {
  const { window, environment, period } = await prepare(analytics, { principal, query }, [
    'payment',
    'refund',
    'sms',
    'delivery',
  ])
  const { db } = analytics
  const [payments, refunds, sms, subscriptions, mrr, deliveries] = await Promise.all([
    sumPayments(db, window, [], null),
    sumRefunds(db, window),
    sumSms(db, window),
    countSubscriptions(db, window),
    monthlyRevenue(db, window),
    countDeliveries(db, window),
  ])
  const { before, ...subscribed } = subscriptions
  return {
    object: 'analytics_overview' as const,
    environment,
    period,
    payments: counts(payments),
    currencies: currencies(payments),
    refunds,
    sms: smsNumbers(sms),
    subscriptions: {
      ...subscribed,
      churn_rate: ratio(subscribed.ended, before),
      mrr: mrr.map(({ currency, minor }) => ({ currency, ...sum(currency, minor) })),
    },
    webhooks: {
      delivered: deliveries.delivered,
      failed: deliveries.failed,
      pending: deliveries.pending,
      success_rate: ratio(deliveries.delivered, deliveries.delivered + deliveries.failed),
      endpoints_enabled: deliveries.enabled,
      endpoints_disabled: deliveries.disabled,
    },
  }
}

const COLUMN = {
  provider: ['provider'],
  method: ['method'],
  currency: ['currency'],
  key: ['key_id'],
  country: ['country'],
  route: ['provider', 'method', 'currency'],
} as const satisfies Readonly<Record<string, readonly GroupColumn[]>>

async function timeseries(analytics: Analytics, { query, principal }: Call<'getAnalyticsTimeseries'>) {
  const { window, environment, period, timezone } = await prepare(analytics, { principal, query }, [
    'payment',
  ])
  const interval = query.interval ?? 'day'
  const groups = query.group_by === undefined ? [] : COLUMN[query.group_by]
  const rows = await sumPayments(analytics.db, window, groups, { interval, timezone })
  const data = [...byGroup(rows).values()].flatMap((of) => {
    const [first] = of
    if (first === undefined || first.start === null) return []
    return {
      start: first.start.toISOString(),
      group: groupOf(first.group),
      payments: counts(of),
      currencies: currencies(of),
    }
  })
  return { object: 'analytics_timeseries' as const, environment, period, interval, data }
}

async function costs(analytics: Analytics, { query, principal }: Call<'getAnalyticsCosts'>) {
  const { window, environment, period } = await prepare(analytics, { principal, query }, ['payment', 'sms'])
  const groups = COLUMN[query.group_by ?? 'route']
  const [rows, sms] = await Promise.all([
    sumPayments(analytics.db, window, groups, null),
    sumSms(analytics.db, window),
  ])
  const data = [...byGroup(rows).values()]
    .flatMap((of) => [...Map.groupBy(of, (row) => row.currency).values()])
    .flatMap((of) => (isFilled(of) ? [costRow(of)] : []))
  return { object: 'analytics_costs' as const, environment, period, data, sms: smsNumbers(sms) }
}

const isFilled = (rows: PaymentSums[]): rows is [PaymentSums, ...PaymentSums[]] => rows.length > 0

async function performance(analytics: Analytics, { query, principal }: Call<'getAnalyticsPerformance'>) {
  const { window, environment, period } = await prepare(analytics, { principal, query }, [
    'request_log',
    'provider_call',
  ])
  const [requests, calls] = await Promise.all([
    requestLatency(analytics.db, window),
    callLatency(analytics.db, window),
  ])
  return {
    object: 'analytics_performance' as const,
    environment,
    period,
    router: latency(requests),
    routes: most(requests).map((of) => ({
      method: of[0]?.verb ?? '',
      route: of[0]?.name ?? '',
      latency: latency(of),
    })),
    providers: most(calls).map((of) => ({
      provider: of[0]?.name ?? '',
      verb: of[0]?.verb ?? '',
      failed: of.reduce((all, row) => all + (isGood(row.outcome) ? 0 : row.n), 0),
      latency: latency(of),
    })),
  }
}

/** A refusal is an answer: what a provider declines is no failure of the call. */
const isGood = (outcome: string): boolean => /^[234]xx$/.test(outcome)

const MOST = 100

/** By name and verb, most frequent first. */
function most(rows: readonly LatencyRow[]): LatencyRow[][] {
  const weight = (of: readonly LatencyRow[]): number => of.reduce((all, row) => all + row.n, 0)
  return [...Map.groupBy(rows, (row) => `${row.name} ${row.verb}`).values()]
    .sort((a, b) => weight(b) - weight(a))
    .slice(0, MOST)
}

async function errors(analytics: Analytics, { query, principal }: Call<'getAnalyticsErrors'>) {
  const { window, environment, period } = await prepare(analytics, { principal, query }, [
    'payment',
    'request_log',
    'provider_call',
  ])
  const { db } = analytics
  const [declines, refusals, calls] = await Promise.all([
    countDeclines(db, window),
    countRefusals(db, window),
    callLatency(db, window),
  ])
  const bad = calls.filter((row) => !isGood(row.outcome))
  const text = (value: unknown): string | null => (value === '' ? null : String(value))
  return {
    object: 'analytics_errors' as const,
    environment,
    period,
    declines: declines.map((row) => ({
      provider: String(row['provider']),
      currency: String(row['currency']),
      method: text(row['method']),
      code: String(row['code']),
      decline_reason: text(row['reason']),
      payments: Number(row['n']),
    })),
    requests: refusals.map((row) => ({
      method: String(row['method']),
      route: String(row['route']),
      status: Number(row['status']),
      code: text(row['code']),
      requests: Number(row['n']),
    })),
    provider_calls: [...Map.groupBy(bad, (row) => `${row.name} ${row.verb} ${row.outcome}`).values()]
      .flatMap((of) => {
        const [first] = of
        if (first === undefined) return []
        const count = of.reduce((all, row) => all + row.n, 0)
        return { provider: first.name, verb: first.verb, outcome: first.outcome, calls: count }
      })
      .sort((a, b) => b.calls - a.calls)
      .slice(0, MOST),
  }
}

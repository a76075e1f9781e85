import type { Environment, Uuid } from '@onerouter/core'
import type { Queryable } from '../store/rows.ts'

/** Whose numbers, of which time, and which of them. */
export interface Window {
  readonly accountId: Uuid
  readonly environment: Environment
  /** Inclusive and exclusive, both on a slot. */
  readonly from: Date
  readonly to: Date
  /** What the caller may see and asked for; `null` = all. */
  readonly providers: readonly string[] | null
  readonly method: string | null
  readonly currency: string | null
  readonly keyId: Uuid | null
  /** ISO 3166-1 in capitals. */
  readonly country: string | null
}

export const NO_KEY: Uuid = '00000000-0000-0000-0000-000000000000'
export const SLOT_MS = 15 * 60_000

export const valuesOf = (window: Window): unknown[] => [
  window.accountId,
  window.environment,
  window.providers,
  window.method,
  window.currency,
  window.keyId,
  window.country,
]
const MINE = `account_id = $1 and environment = $2 and ($3::text[] is null or provider = any($3))`
export const MINE_IN_FULL = `${MINE} and ($4::text is null or method = $4) and ($5::text is null or currency = $5)
  and ($6::uuid is null or key_id = $6) and ($7::text is null or country = $7)`

type Row = Record<string, unknown>

/** Without a name: a plan that is kept for any period reads all sums of an account, however short the one asked for. */
async function rows(db: Queryable, text: string, values: readonly unknown[]): Promise<Row[]> {
  return (await db.query({ text, values })).rows
}

export async function sumRefunds(db: Queryable, window: Window) {
  const [row] = await rows(
    db,
    `select coalesce(sum(refunds), 0)::int as total, coalesce(sum(succeeded), 0)::int as succeeded,
        coalesce(sum(failed), 0)::int as failed
      from rollup_refund where ${MINE} and ($4::text is null or currency = $4) and slot >= $5 and slot < $6`,
    [window.accountId, window.environment, window.providers, window.currency, window.from, window.to],
  )
  return row as { total: number; succeeded: number; failed: number } // the columns selected
}

export interface SmsSums {
  readonly cost_currency: string
  readonly total: number
  readonly delivered: number
  readonly failed: number
  readonly cost_micros: bigint
}

export async function sumSms(db: Queryable, window: Window): Promise<SmsSums[]> {
  const found = await rows(
    db,
    `select cost_currency, sum(messages)::int as total, sum(delivered)::int as delivered,
        sum(failed)::int as failed, sum(cost_micros)::bigint as cost_micros
      from rollup_sms where ${MINE} and ($4::uuid is null or key_id = $4) and slot >= $5 and slot < $6
      group by cost_currency order by cost_currency`,
    [window.accountId, window.environment, window.providers, window.keyId, window.from, window.to],
  )
  return found as unknown as SmsSums[] // the columns selected
}

export interface LatencyRow {
  readonly name: string
  readonly verb: string
  readonly outcome: string
  readonly bucket: number
  readonly n: number
  readonly ms: bigint
}

/** Calls to providers by verb, outcome and bucket of duration. */
export async function callLatency(db: Queryable, window: Window): Promise<LatencyRow[]> {
  const found = await rows(
    db,
    `select provider as name, verb, outcome, bucket, sum(calls)::int as n, sum(duration_ms)::bigint as ms
      from rollup_call where ${MINE} and slot >= $4 and slot < $5 group by 1, 2, 3, 4`,
    [window.accountId, window.environment, window.providers, window.from, window.to],
  )
  return found as unknown as LatencyRow[] // the columns selected
}

/** Requests by method, route and bucket of the router's own time. */
export async function requestLatency(db: Queryable, window: Window): Promise<LatencyRow[]> {
  const found = await rows(
    db,
    `select route as name, method as verb, '' as outcome, bucket, sum(requests)::int as n,
        sum(duration_ms)::bigint as ms
      from rollup_request where account_id = $1 and environment = $2 and slot >= $3 and slot < $4
      group by 1, 2, 4`,
    [window.accountId, window.environment, window.from, window.to],
  )
  return found as unknown as LatencyRow[] // the columns selected
}

const MOST = 100

export async function countDeclines(db: Queryable, window: Window) {
  return rows(
    db,
    `select provider, currency, method, code, reason, sum(payments)::int as n from rollup_failure
      where ${MINE_IN_FULL} and slot >= $8 and slot < $9
      group by 1, 2, 3, 4, 5 order by 6 desc, 1, 2, 3, 4, 5 limit ${MOST}`,
    [...valuesOf(window), window.from, window.to],
  )
}

export async function countRefusals(db: Queryable, window: Window) {
  return rows(
    db,
    `select method, route, status, code, sum(requests)::int as n from rollup_request
      where account_id = $1 and environment = $2 and ($3::uuid is null or key_id = $3)
        and slot >= $4 and slot < $5 and status >= 400
      group by 1, 2, 3, 4 order by 5 desc, 1, 2, 3, 4 limit ${MOST}`,
    [window.accountId, window.environment, window.keyId, window.from, window.to],
  )
}

export interface SubscriptionSums {
  readonly active: number
  readonly trialing: number
  readonly past_due: number
  readonly paused: number
  readonly started: number
  readonly ended: number
  /** Alive when the period began. */
  readonly before: number
}

const BEGUN = `status not in ('created', 'pending_approval') and (status <> 'expired' or paid_count > 0)`

export async function countSubscriptions(db: Queryable, window: Window): Promise<SubscriptionSums> {
  const [row] = await rows(
    db,
    `select ${['active', 'trialing', 'past_due', 'paused']
      .map((status) => `count(*) filter (where status = '${status}')::int as ${status}`)
      .join(', ')},
        count(*) filter (where ${BEGUN} and created_at >= $4 and created_at < $5)::int as started,
        count(*) filter (where ${BEGUN} and ended_at >= $4 and ended_at < $5)::int as ended,
        count(*) filter (where ${BEGUN} and created_at < $4 and (ended_at is null or ended_at >= $4))::int as before
      from subscription where ${MINE}`,
    [window.accountId, window.environment, window.providers, window.from, window.to],
  )
  return row as unknown as SubscriptionSums // the columns selected
}

/** What running subscriptions come to in a month of a twelfth of 365 days, to the nearest minor unit. */
export async function monthlyRevenue(db: Queryable, window: Window) {
  const found = await rows(
    db,
    `select p.currency, round(sum(p.amount::numeric * s.quantity / p.interval_count * case p.interval
        when 'day' then 365::numeric / 12 when 'week' then 365::numeric / 84 when 'month' then 1
        else 1::numeric / 12 end))::bigint as minor
      from subscription s join plan p on p.account_id = s.account_id and p.environment = s.environment
        and p.id = s.plan_id
      where s.account_id = $1 and s.environment = $2 and ($3::text[] is null or s.provider = any($3))
        and s.status in ('active', 'past_due')
      group by 1 order by 1`,
    [window.accountId, window.environment, window.providers],
  )
  return found as unknown as { currency: string; minor: bigint }[] // the columns selected
}

export async function countDeliveries(db: Queryable, window: Window) {
  const [deliveries, endpoints] = await Promise.all([
    rows(
      db,
      `select state, sum(deliveries)::int as n from rollup_delivery where account_id = $1 and environment = $2
        and slot >= $3 and slot < $4 group by state`,
      [window.accountId, window.environment, window.from, window.to],
    ),
    rows(
      db,
      `select state, count(*)::int as n from webhook_endpoint where account_id = $1 and environment = $2
        group by state`,
      [window.accountId, window.environment],
    ),
  ])
  const of = (found: Row[], state: string): number => Number(found.find((row) => row.state === state)?.n ?? 0)
  return {
    delivered: of(deliveries, 'delivered'),
    failed: of(deliveries, 'failed'),
    pending: of(deliveries, 'pending') + of(deliveries, 'held'),
    enabled: of(endpoints, 'enabled'),
    disabled: of(endpoints, 'disabled'),
  }
}

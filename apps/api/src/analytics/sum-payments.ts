import type { Queryable } from '../store/rows.ts'
import { MINE_IN_FULL, valuesOf, type Window } from './read.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS

export const GROUPS = ['provider', 'method', 'currency', 'key_id', 'country'] as const
export type GroupColumn = (typeof GROUPS)[number]

export interface PaymentSums {
  readonly start: Date | null
  readonly group: Readonly<Partial<Record<GroupColumn, string>>>
  readonly currency: string
  readonly fee_currency: string
  readonly payments: bigint
  readonly succeeded: bigint
  readonly failed: bigint
  readonly canceled: bigint
  readonly expired: bigint
  readonly amount: bigint
  readonly captured: bigint
  readonly refunded: bigint
  readonly with_fee: bigint
  readonly fee_amount: bigint
  readonly fee_tax: bigint
  readonly fee_base: bigint
}

const SUMMED = [
  'payments',
  'succeeded',
  'failed',
  'canceled',
  'expired',
  'amount',
  'captured',
  'refunded',
  'with_fee',
  'fee_amount',
  'fee_tax',
  'fee_base',
] as const

const ADDED = SUMMED.map((name) => `sum(${name})::bigint as ${name}`).join(', ')

export interface Buckets {
  readonly interval: 'hour' | 'day' | 'week' | 'month'
  readonly timezone: string
}

/** Sums of payments by currency, and by what else is asked for: nothing is added across currencies. */
export async function sumPayments(
  db: Queryable,
  window: Window,
  groups: readonly GroupColumn[],
  buckets: Buckets | null,
): Promise<PaymentSums[]> {
  const columns = [...new Set([...groups, 'currency', 'fee_currency'])].join(', ')
  const { days, hours } = alignedIn(window)
  const side = sideOf(window, groups)
  const { rows } = await db.query({
    text: `${piecesOf(buckets, side)}
      select start, ${columns}, ${ADDED}
      from (
        ${side === null ? everyDay(columns) : `${runsOf('day', side, columns)} union all ${runsOf('hour', side, columns)}`}
        union all
        select ${startOf('r.slot', buckets)}, ${columns}, ${SUMMED.join(', ')} from rest piece cross join lateral (
          select * from rollup_payment
          where ${MINE_IN_FULL} and slot >= piece.begins and slot < piece.ends offset 0) r
      ) r group by start, ${columns} order by start, sum(payments) desc limit ${ROWS_MAX}`,
    values: [
      ...valuesOf(window),
      ...[window.from, window.to, days.from, days.to, hours.from, hours.to],
      ...(buckets === null ? [] : [buckets.timezone]),
    ],
  })
  return rows.map((row) => ({
    ...(row as unknown as PaymentSums), // the columns selected
    group: Object.fromEntries(groups.map((name) => [name, String(row[name])])),
  }))
}

const ROWS_MAX = 10_000

const startOf = (at: string, buckets: Buckets | null): string =>
  buckets === null ? 'null::timestamptz' : `date_trunc('${buckets.interval}', ${at}, $14::text)`

/**
 * The window in the largest pieces of which there are sums: days of UTC that lie within one interval, hours that do in what is
 * left, and slots in what is left of that. So a week of Kolkata is six days, 23 hours and a few quarters.
 */
function piecesOf(buckets: Buckets | null, side: Side | null): string {
  const within = (last: string) =>
    buckets === null ? 'true' : `${startOf('at', buckets)} = ${startOf(`at + interval '${last}'`, buckets)}`
  const start = startOf('at', buckets)
  return `with day as materialized (
    select at, ${start} as start, ${within('23:45')} as whole
    from generate_series($10::timestamptz, $11::timestamptz - interval '24 hours', interval '24 hours') at
  ), hour as materialized (
    select at, start, ${side === null ? 'false' : wholeHour(buckets, within('00:45'))} as whole from (
      select at, start, lead(at) over by_time as next, lead(start) over by_time as next_start from (
        select at, ${start} as start from (
          select day.at + n * interval '1 hour' as at from day, generate_series(0, 23) n where not day.whole
          union all select generate_series($12::timestamptz, $10 - interval '1 hour', interval '1 hour')
          union all select generate_series($11, $13::timestamptz - interval '1 hour', interval '1 hour')) one) started
      window by_time as (order by at)) one
  ), ${runs('day', '24 hours')}, ${runs('hour', '1 hour')}, rest as materialized (
    select at as begins, at + interval '1 hour' as ends from hour where not whole
    union all select $8::timestamptz, $12 where $8 < $12
    union all select $13, $9::timestamptz where $13 < $9
  )`
}

/**
 * Told by the hour after it where there is one: to look at each twice in its time zone is most of what a year of days costs. Not by
 * the hour, of which one may begin twice: the clocks of Lord Howe go back by half of one.
 */
const wholeHour = (buckets: Buckets | null, byItself: string): string =>
  buckets === null || buckets.interval === 'hour'
    ? byItself
    : `case when next = at + interval '1 hour' then next_start in (start, next) else ${byItself} end`

const runs = (unit: 'day' | 'hour', length: string): string => `${unit}s as materialized (
    select start, min(at) as begins, max(at) + interval '${length}' as ends from (
      select at, start, at - row_number() over (order by at) * interval '${length}' as run from ${unit} where whole) one
    group by start, run
  )`

/** Sums by hour and by day are kept by one column at a time, with the currencies: over all together they would be no fewer rows. */
const SIDES = {
  all: 'true',
  provider: '($3::text[] is null or value = any($3))',
  method: '($4::text is null or value = $4)',
  key_id: '($6::uuid is null or value = $6::text)',
  country: '($7::text is null or value = $7)',
} as const
type Side = keyof typeof SIDES

/** The side that has all that is grouped or filtered by; `null` where two are needed. */
function sideOf(window: Window, groups: readonly GroupColumn[]): Side | null {
  const { providers, method, keyId, country } = window
  const asked: Readonly<Record<Exclude<Side, 'all'>, boolean>> = {
    provider: providers !== null || groups.includes('provider'),
    method: method !== null || groups.includes('method'),
    key_id: keyId !== null || groups.includes('key_id'),
    country: country !== null || groups.includes('country'),
  }
  const sides = (['provider', 'method', 'key_id', 'country'] as const).filter((one) => asked[one])
  return sides.length > 1 ? null : (sides[0] ?? 'all')
}

/** By two columns or more there are only the sums over all of them together. */
const everyDay = (columns: string): string => `select piece.start, r.* from day piece cross join lateral (
    select ${columns}, ${SUMMED.join(', ')} from rollup_payment_day
    where ${MINE_IN_FULL} and slot = piece.at offset 0) r where piece.whole`

/**
 * Days, or hours, that follow each other within one interval are read and added up in one go: a year is one range of days, a
 * day of New York one of hours.
 */
function runsOf(unit: 'day' | 'hour', side: Side, columns: string): string {
  const table = unit === 'day' ? 'rollup_payment_day_by' : 'rollup_payment_hour'
  return `select piece.start, r.* from ${unit}s piece cross join lateral (
      select ${columns}, ${ADDED} from (
        select *${side === 'all' ? '' : `, value${side === 'key_id' ? '::uuid' : ''} as ${side}`} from ${table}
        where account_id = $1 and environment = $2 and side = '${side}' and slot >= piece.begins and slot < piece.ends
          and ($5::text is null or currency = $5) and ${SIDES[side]}) r
      group by ${columns} offset 0) r`
}

interface Aligned {
  readonly from: Date
  readonly to: Date
}

/** The whole hours and the whole days of UTC in a window; empty ones lie within it. */
function alignedIn({ from, to }: Window): { readonly hours: Aligned; readonly days: Aligned } {
  const hours = aligned({ from, to }, HOUR_MS)
  return { hours, days: aligned(hours, DAY_MS) }
}

function aligned({ from, to }: Aligned, unitMs: number): Aligned {
  const first = Math.ceil(from.getTime() / unitMs) * unitMs
  const last = Math.floor(to.getTime() / unitMs) * unitMs
  return first < last ? { from: new Date(first), to: new Date(last) } : { from, to: from }
}

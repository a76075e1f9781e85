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
      select start, ${columns}, ${SUMMED.map((name) => `sum(${name})::bigint as ${name}`).join(', ')}
      from (
        select piece.start, r.* from day piece cross join lateral (
          select ${columns}, ${SUMMED.join(', ')} from rollup_payment_day
          where ${MINE_IN_FULL} and slot = piece.at offset 0) r where piece.whole
        ${side === null ? '' : `union all ${hourRows(side, columns, buckets)}`}
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
    select at, ${start} as start, ${side === null ? 'false' : within('00:45')} as whole from (
      select day.at + n * interval '1 hour' as at from day, generate_series(0, 23) n where not day.whole
      union all select generate_series($12::timestamptz, $10 - interval '1 hour', interval '1 hour')
      union all select generate_series($11, $13::timestamptz - interval '1 hour', interval '1 hour')) one
  ), rest as materialized (
    select at as begins, at + interval '1 hour' as ends from hour where not whole
    union all select $8::timestamptz, $12 where $8 < $12
    union all select $13, $9::timestamptz where $13 < $9
  )`
}

/** Sums by hour are kept by one column at a time, with the currencies: over all of them together they would be no fewer rows. */
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

/** By the day nearly every hour is wanted: all are read at once; by the week or month only those around its ends, one by one. */
function hourRows(side: Side, columns: string, buckets: Buckets | null): string {
  const most = buckets?.interval === 'hour' || buckets?.interval === 'day'
  return `select piece.start, ${columns}, ${SUMMED.join(', ')} from hour piece
    ${most ? 'join' : 'cross join lateral'} (
      select *${side === 'all' ? '' : `, value${side === 'key_id' ? '::uuid' : ''} as ${side}`} from rollup_payment_hour
      where account_id = $1 and environment = $2 and side = '${side}'
        and ${most ? 'slot >= $12 and slot < $13' : 'slot = piece.at'}
        and ($5::text is null or currency = $5) and ${SIDES[side]} offset 0) r ${most ? 'on r.slot = piece.at' : ''}
    where piece.whole`
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

import type { Queryable } from '../store/rows.ts'
import { alignedIn, type Buckets, piecesOf } from './pieces.ts'
import { MINE_IN_FULL, valuesOf, type Window } from './read.ts'

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
    text: `${piecesOf(buckets, { hourly: side !== null })}
      select start, ${columns}, ${SUMMED.map((name) => `total(${name}) as ${name}`).join(', ')}
      from (
        ${side === null ? sumsOf('day', 'rollup_payment_day', columns) : `${sumsBy(side, 'day', columns)} union all ${sumsBy(side, 'hour', columns)}`}
        union all ${sumsOf('slot', 'rollup_payment', columns)}
      ) r group by start, ${columns} having total(payments) > 0 order by start, total(payments) desc limit ${ROWS_MAX}`,
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

/** Each piece is one range of an index, added up where it is read, and taken from the interval that had it too. */
function added(unit: 'day' | 'hour' | 'slot', rows: string, columns: string): string {
  const sums = SUMMED.map((name) => `total(${name}) as ${name}`).join(', ')
  const signed = SUMMED.map((name) => `sign * ${name} as ${name}`).join(', ')
  return `select owner.start, ${columns}, ${signed} from ${unit}s piece cross join lateral (
      select ${columns}, ${sums} from (${rows} and slot >= piece.begins and slot < piece.ends) r group by ${columns} offset 0) s
    cross join lateral (
      select piece.start, 1 as sign union all select taken_from, -1 where taken_from is not null) owner`
}

const sumsOf = (unit: 'day' | 'slot', table: string, columns: string): string =>
  added(unit, `select * from ${table} where ${MINE_IN_FULL}`, columns)

function sumsBy(side: Side, unit: 'day' | 'hour', columns: string): string {
  const value = side === 'all' ? '' : `, value${side === 'key_id' ? '::uuid' : ''} as ${side}`
  const rows = `select *${value} from ${unit === 'day' ? 'rollup_payment_day_by' : 'rollup_payment_hour'}
    where account_id = $1 and environment = $2 and side = '${side}'
      and ($5::text is null or currency = $5) and ${SIDES[side]}`
  return added(unit, rows, columns)
}

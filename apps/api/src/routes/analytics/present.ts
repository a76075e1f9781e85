import { currency as currencyOf, formatDecimal, formatId, formatMajor } from '@onerouter/core'
import { type LatencyRow, NO_KEY, type SmsSums } from '../../analytics/read.ts'
import type { PaymentSums } from '../../analytics/sum-payments.ts'

/** A quotient of counts or of money of one currency, to six digits; `null` where there is nothing to divide by. */
export function ratio(part: bigint | number, whole: bigint | number): number | null {
  const [a, b] = [BigInt(part), BigInt(whole)]
  return b === 0n ? null : Number((a * 2_000_000n + b) / (2n * b)) / 1_000_000
}

/** JSON has no bigger integers; a sum of this size is still told exactly as text. */
const minorOf = (minor: bigint): number => Number(minor)

export const sum = (code: string, minor: bigint) => ({
  amount: formatMajor(minor, currencyOf(code)),
  amount_minor: minorOf(minor),
})

/** What can be added up. */
type Summed = Exclude<keyof PaymentSums, 'start' | 'group' | 'currency' | 'fee_currency'>

const totalOf = (rows: readonly PaymentSums[], name: Summed): bigint =>
  rows.reduce((all, row) => all + row[name], 0n)

export function counts(rows: readonly PaymentSums[]) {
  const [succeeded, failed] = [totalOf(rows, 'succeeded'), totalOf(rows, 'failed')]
  const [canceled, expired] = [totalOf(rows, 'canceled'), totalOf(rows, 'expired')]
  const payments = totalOf(rows, 'payments')
  return {
    total: Number(payments),
    succeeded: Number(succeeded),
    failed: Number(failed),
    canceled: Number(canceled),
    expired: Number(expired),
    open: Number(payments - succeeded - failed - canceled - expired),
    success_rate: ratio(succeeded, succeeded + failed),
  }
}

export function currencies(rows: readonly PaymentSums[]) {
  return [...Map.groupBy(rows, (row) => row.currency)].map(([code, of]) => ({
    currency: code,
    payments: counts(of),
    requested: sum(code, totalOf(of, 'amount')),
    captured: sum(code, totalOf(of, 'captured')),
    refunded: sum(code, totalOf(of, 'refunded')),
    fees: fees(of),
  }))
}

function fees(rows: readonly PaymentSums[]) {
  const known = rows.filter((row) => row.fee_currency !== '')
  return [...Map.groupBy(known, (row) => row.fee_currency)].map(([code, of]) => {
    const tax = sum(code, totalOf(of, 'fee_tax'))
    return {
      currency: code,
      ...sum(code, totalOf(of, 'fee_amount')),
      tax: tax.amount,
      tax_minor: tax.amount_minor,
    }
  })
}

export function groupOf(group: PaymentSums['group']) {
  const { provider, method, currency, key_id, country } = group
  return {
    provider: provider ?? null,
    method: method === undefined || method === '' ? null : method,
    currency: currency ?? null,
    key_id: key_id === undefined || key_id === NO_KEY ? null : formatId('key', key_id),
    country: country === undefined || country === '' ? null : country,
  }
}

export const byGroup = (rows: readonly PaymentSums[]) =>
  Map.groupBy(rows, (row) => JSON.stringify([row.start?.getTime(), Object.values(row.group)]))

/** A row per group and currency. */
export function costRow(of: readonly [PaymentSums, ...PaymentSums[]]) {
  const [first] = of
  const inOwnCurrency = of.filter((row) => row.fee_currency === row.currency)
  return {
    group: groupOf(first.group),
    currency: first.currency,
    payments: Number(totalOf(of, 'succeeded')),
    captured: sum(first.currency, totalOf(of, 'captured')),
    with_known_fee: Number(totalOf(of, 'with_fee')),
    fees: fees(of),
    effective_rate: ratio(totalOf(inOwnCurrency, 'fee_amount'), totalOf(inOwnCurrency, 'fee_base')),
  }
}

const MICRO_DIGITS = 6

export function smsNumbers(rows: readonly SmsSums[]) {
  const total = (name: 'total' | 'delivered' | 'failed'): number =>
    rows.reduce((all, row) => all + row[name], 0)
  return {
    total: total('total'),
    delivered: total('delivered'),
    failed: total('failed'),
    cost: rows
      .filter((row) => row.cost_currency !== '')
      .map((row) => ({
        currency: row.cost_currency,
        amount: formatDecimal(row.cost_micros, MICRO_DIGITS),
        amount_micros: minorOf(row.cost_micros),
      })),
  }
}

/** From buckets that double: a quantile is its bucket's upper end. */
export function latency(rows: readonly LatencyRow[]) {
  const count = rows.reduce((all, row) => all + row.n, 0)
  const spent = rows.reduce((all, row) => all + row.ms, 0n)
  const sorted = [...rows].sort((a, b) => a.bucket - b.bucket)
  const quantile = (q: number): number | null => {
    let seen = 0
    for (const row of sorted) {
      seen += row.n
      if (seen >= q * count) return 2 ** row.bucket
    }
    return null
  }
  return {
    count,
    mean_ms: count === 0 ? null : Math.round((Number(spent) / count) * 10) / 10,
    p50_ms: quantile(0.5),
    p95_ms: quantile(0.95),
    p99_ms: quantile(0.99),
  }
}

import type { AnalyticsGroup, AnalyticsTimeseries } from 'onerouter'
import { PROVIDER_NAMES } from '../payments/provider-names.ts'
import type { Column, Series } from '../ui/chart.tsx'

type Row = AnalyticsTimeseries['data'][number]

/** Colours end here; what is less than the others shares the last one. */
const SERIES_MAX = 6
const REST = 'Others'
const NONE = 'Not said'

/** What a group is called: the one member that it was grouped by. */
export function groupName({ provider, method, currency, keyId }: AnalyticsGroup, keys: KeyNames): string {
  if (provider !== null)
    return Object.entries(PROVIDER_NAMES).find(([name]) => name === provider)?.[1] ?? provider
  if (keyId !== null) return keys.get(keyId) ?? keyId
  return method ?? currency ?? NONE
}
export type KeyNames = ReadonlyMap<string, string>

export interface Picture {
  readonly series: readonly Series[]
  readonly columns: readonly Column[]
}

type SizeOf = (row: Row) => number
type NameOf = (row: Row) => string

/** The groups that there are, the largest first. */
export function ranked(rows: readonly Row[], sizeOf: SizeOf, nameOf: NameOf): readonly string[] {
  const totals = new Map<string, number>()
  for (const row of rows) totals.set(nameOf(row), (totals.get(nameOf(row)) ?? 0) + sizeOf(row))
  return [...totals].sort(([, a], [, b]) => b - a).map(([name]) => name)
}

/**
 * Rows of the API as columns of a chart: one for each interval, one part for each group. `order` gives a group the same
 * colour in every picture.
 */
export function picture(
  rows: readonly Row[],
  sizeOf: SizeOf,
  nameOf: NameOf,
  order: readonly string[] = ranked(rows, sizeOf, nameOf),
): Picture {
  const byStart = new Map<string, Map<string, number>>()
  for (const row of rows) {
    const parts = byStart.get(row.start) ?? new Map<string, number>()
    byStart.set(row.start, parts.set(nameOf(row), (parts.get(nameOf(row)) ?? 0) + sizeOf(row)))
  }
  const own = order.length <= SERIES_MAX ? order : order.slice(0, SERIES_MAX - 1)
  const names = order.length <= SERIES_MAX ? own : [...own, REST]
  const rest = order.slice(own.length)
  const sumOf = (parts: ReadonlyMap<string, number>, all: readonly string[]) =>
    all.reduce((sum, name) => sum + (parts.get(name) ?? 0), 0)
  return {
    series: names.map((name) => ({ name })),
    columns: [...byStart]
      .map(([start, parts]) => ({
        at: Date.parse(start),
        values: names.map((name, place) => sumOf(parts, place < own.length ? [name] : rest)),
      }))
      .sort((a, b) => a.at - b.at),
  }
}

/** The currencies of the rows, the most used one first. Each has a picture of its own: they are never added. */
export function currenciesOf(rows: readonly Row[]): readonly string[] {
  const counts = new Map<string, number>()
  for (const { currencies } of rows)
    for (const { currency, payments } of currencies)
      counts.set(currency, (counts.get(currency) ?? 0) + payments.total)
  return [...counts].sort(([, a], [, b]) => b - a).map(([currency]) => currency)
}

/** What was captured in this currency, in its smallest unit: for heights, not for sums. */
export const capturedIn =
  (currency: string) =>
  ({ currencies }: Row): number =>
    currencies.find((one) => one.currency === currency)?.captured.amountMinor ?? 0

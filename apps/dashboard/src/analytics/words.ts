import type { AnalyticsInterval } from 'onerouter'

export const count = (value: number): string => new Intl.NumberFormat().format(value)
export const short = (value: number): string =>
  new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 }).format(value)
export const percent = (rate: number | null, digits = 1): string =>
  rate === null
    ? '–'
    : new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: digits }).format(rate)
export const milliseconds = (ms: number | null): string =>
  ms === null ? '–' : `${new Intl.NumberFormat(undefined, { maximumSignificantDigits: 3 }).format(ms)} ms`

/** How much more or less than before, in percent; `null` when there was nothing before. */
export const change = (now: number, before: number): number | null =>
  before === 0 ? null : (now - before) / before

const SHAPES = {
  hour: { month: 'short', day: 'numeric', hour: 'numeric' },
  day: { month: 'short', day: 'numeric' },
  week: { month: 'short', day: 'numeric' },
  month: { year: 'numeric', month: 'short' },
} as const satisfies Record<AnalyticsInterval, Intl.DateTimeFormatOptions>

/** The beginning of an interval as the reader's language writes it, in the zone that was asked for. */
export function timeNamer(interval: AnalyticsInterval, timeZone: string): (atMs: number) => string {
  const format = new Intl.DateTimeFormat(undefined, { ...SHAPES[interval], timeZone })
  return (atMs) => format.format(atMs)
}

/** Minor units as a short number of major ones, for the scale of a chart; `sample` is an exact amount of the currency. */
export function moneyNamer(sample: string): (minor: number) => string {
  const digits = sample.split('.')[1]?.length ?? 0
  return (minor) => short(minor / 10 ** digits)
}

/** Counters and histograms of one process, and the text in which scrapers read them (Prometheus text format 0.0.4). */
export type Labels = Readonly<Record<string, string>>

export interface Sample {
  /** Behind the family's name: `_bucket`, `_sum`, `_count`; empty for counters and gauges. */
  readonly suffix?: string
  readonly labels: Labels
  readonly value: number
}

export interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly samples: readonly Sample[]
}

export interface Counter {
  add(labels: Labels, value?: number): void
}
export interface Histogram {
  record(labels: Labels, value: number): void
}

export interface Registry {
  counter(name: string, help: string): Counter
  histogram(name: string, help: string, bounds: readonly number[]): Histogram
  families(): readonly Family[]
}

/** A label that grew without end would take the server's memory and the scraper's: beyond this, series are one. */
const SERIES_MAX = 2_000
const OVERFLOW: Labels = { overflow: 'true' }

interface Series<T> {
  readonly labels: Labels
  readonly state: T
}

function createSeries<T>(fresh: () => T) {
  const all = new Map<string, Series<T>>()
  return {
    values: () => [...all.values()],
    at(labels: Labels): T {
      const key = Object.values(labels).join('\u0000')
      const known = all.get(key)
      if (known !== undefined) return known.state
      if (all.size >= SERIES_MAX && labels !== OVERFLOW) return this.at(OVERFLOW)
      const state = fresh()
      all.set(key, { labels, state })
      return state
    },
  }
}

export function createRegistry(): Registry {
  const families: (() => Family)[] = []
  return {
    counter(name, help) {
      const series = createSeries(() => ({ value: 0 }))
      const samples = () => series.values().map(({ labels, state }) => ({ labels, value: state.value }))
      families.push(() => ({ name, help, type: 'counter', samples: samples() }))
      return {
        add(labels, value = 1) {
          series.at(labels).value += value
        },
      }
    },
    histogram(name, help, bounds) {
      const series = createSeries(() => ({ counts: bounds.map(() => 0), sum: 0, count: 0 }))
      families.push(() => ({
        name,
        help,
        type: 'histogram',
        samples: series.values().flatMap(({ labels, state }) => [
          ...bounds.map((bound, i) => ({
            suffix: '_bucket',
            labels: { ...labels, le: String(bound) },
            value: state.counts[i] ?? 0,
          })),
          { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: state.count },
          { suffix: '_sum', labels, value: state.sum },
          { suffix: '_count', labels, value: state.count },
        ]),
      }))
      return {
        record(labels, value) {
          const state = series.at(labels)
          state.sum += value
          state.count += 1
          for (let i = bounds.length - 1; i >= 0 && value <= (bounds[i] ?? 0); i--) {
            state.counts[i] = (state.counts[i] ?? 0) + 1
          }
        },
      }
    },
    families: () => families.map((family) => family()),
  }
}

export function renderText(families: readonly Family[]): string {
  const lines = families.flatMap(({ name, help, type, samples }) => [
    `# HELP ${name} ${escaped(help, /[\\\n]/g)}`,
    `# TYPE ${name} ${type}`,
    ...samples.map(({ suffix = '', labels, value }) => `${name}${suffix}${renderLabels(labels)} ${value}`),
  ])
  return `${lines.join('\n')}\n`
}

function renderLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value, /[\\\n"]/g)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

const escaped = (text: string, what: RegExp): string =>
  text.replace(what, (found) => (found === '\n' ? '\\n' : `\\${found}`))

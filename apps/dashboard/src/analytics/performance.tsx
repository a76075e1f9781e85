'use client'

import type { AnalyticsLatency, AnalyticsPerformance } from 'onerouter'
import { useCallback } from 'react'
import { PROVIDER_NAMES } from '../payments/provider-names.ts'
import { useSigned } from '../session/signed-in.tsx'
import { words } from '../ui/badge.tsx'
import { Figures } from '../ui/figures.tsx'
import { given } from '../ui/given.ts'
import { Failed, Loading } from '../ui/states.tsx'
import { usePolled } from '../ui/use-polled.ts'
import type { TextColumn } from './csv.ts'
import type { QuestionProps } from './question.ts'
import { asked, rangeBefore, rangeOf } from './range.ts'
import { TableCard } from './table-card.tsx'
import { count, milliseconds } from './words.ts'

const EVERY_MS = 30_000

/** How long the router and the providers took, beside the period before. */
export function Performance({ question }: QuestionProps) {
  const { client } = useSigned()
  const { range } = question
  const { environment, provider } = question.asked
  const load = useCallback(async () => {
    const now = rangeOf(range, Date.now())
    const filter = given({ environment, provider })
    const [performance, before] = await Promise.all([
      client.analytics.performance({ ...filter, ...asked(now) }),
      client.analytics.performance({ ...filter, ...asked(rangeBefore(now)) }),
    ])
    return { performance, before }
  }, [client, range, environment, provider])
  const { value, problem, refresh } = usePolled(load, { everyMs: EVERY_MS })
  if (value === null) return problem === null ? <Loading /> : <Failed problem={problem} onRetry={refresh} />
  const { performance, before } = value
  return (
    <div className="grid gap-6">
      {problem !== null && <Failed problem={problem} onRetry={refresh} />}
      <Figures label="The router’s own time" figures={figuresOf(performance.router, before.router)} />
      <TableCard
        title="Providers"
        columns={PROVIDERS}
        rows={performance.providers}
        empty="No provider was called."
      />
      <TableCard
        title="The router, by route"
        columns={ROUTES}
        rows={performance.routes}
        empty="No request was made."
      />
      <p className="text-sm text-muted">
        The router’s time is without what providers took. Quantiles come from buckets that double: they are
        right within a factor of two.
      </p>
    </div>
  )
}

const figuresOf = (now: AnalyticsLatency, before: AnalyticsLatency) => [
  { label: 'Requests', value: count(now.count), note: `${count(before.count)} before` },
  {
    label: 'Router, half within',
    value: milliseconds(now.p50Ms),
    note: `${milliseconds(before.p50Ms)} before`,
  },
  {
    label: 'Router, 95 % within',
    value: milliseconds(now.p95Ms),
    note: `${milliseconds(before.p95Ms)} before`,
  },
  {
    label: 'Router, 99 % within',
    value: milliseconds(now.p99Ms),
    note: `${milliseconds(before.p99Ms)} before`,
  },
]

const latency = <T extends { readonly latency: AnalyticsLatency }>(): readonly TextColumn<T>[] => [
  { heading: 'Count', right: true, wide: true, text: (row) => row.latency.count },
  { heading: 'Mean', right: true, wide: true, text: (row) => milliseconds(row.latency.meanMs) },
  { heading: 'Half within', right: true, text: (row) => milliseconds(row.latency.p50Ms) },
  { heading: '95 %', right: true, text: (row) => milliseconds(row.latency.p95Ms) },
  { heading: '99 %', right: true, wide: true, text: (row) => milliseconds(row.latency.p99Ms) },
]
const nameOf = (provider: string) =>
  Object.entries(PROVIDER_NAMES).find(([name]) => name === provider)?.[1] ?? provider
const PROVIDERS: readonly TextColumn<AnalyticsPerformance['providers'][number]>[] = [
  { heading: 'Provider', text: ({ provider }) => nameOf(provider) },
  { heading: 'Call', text: ({ verb }) => words(verb) },
  { heading: 'Failed', right: true, wide: true, text: ({ failed }) => failed },
  ...latency(),
]
const ROUTES: readonly TextColumn<AnalyticsPerformance['routes'][number]>[] = [
  { heading: 'Route', text: ({ method, route }) => `${method} ${route}` },
  ...latency(),
]

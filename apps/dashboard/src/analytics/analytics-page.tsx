'use client'

import Link from 'next/link'
import { useSearchParams } from 'next/navigation'
import { useCallback } from 'react'
import { PAYMENT_PROVIDERS, providerOptions } from '../payments/provider-names.ts'
import { useSigned } from '../session/signed-in.tsx'
import { optionsOf } from '../ui/choices.ts'
import { type Filter, FilterBar } from '../ui/filter-bar.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { usePolled } from '../ui/use-polled.ts'
import { Costs } from './costs.tsx'
import { Failures } from './failures.tsx'
import { Performance } from './performance.tsx'
import { type Question, questionOf } from './question.ts'
import { INTERVALS, RANGE_OPTIONS } from './range.ts'
import { Usage } from './usage.tsx'

const VIEWS = {
  usage: { label: 'Usage', page: Usage },
  costs: { label: 'Costs', page: Costs },
  performance: { label: 'Performance', page: Performance },
  failures: { label: 'Failures', page: Failures },
} as const
type View = keyof typeof VIEWS
const VIEW_NAMES = Object.keys(VIEWS) as View[] // the keys of the record above

const RANGE: Filter = { name: 'range', label: 'Time', options: RANGE_OPTIONS, none: 'Last 30 days' }
const PROVIDER: Filter = {
  name: 'provider',
  label: 'Provider',
  options: providerOptions(PAYMENT_PROVIDERS),
}
const ZONE: Filter = { name: 'zone', label: 'Time zone', suggestions: Intl.supportedValuesOf('timeZone') }
const INTERVAL: Filter = {
  name: 'interval',
  label: 'Interval',
  options: optionsOf(INTERVALS),
  none: 'Fitting',
}
const GROUPS = ['provider', 'method', 'currency', 'key'] as const
const GROUP: Filter = { name: 'group', label: 'Grouped by', options: optionsOf(GROUPS), none: 'Nothing' }
const METHOD: Filter = { name: 'method', label: 'Method' }
const CURRENCY: Filter = { name: 'currency', label: 'Currency' }
const filtersOf = (view: View, key: Filter): readonly Filter[] =>
  ({
    usage: [RANGE, ZONE, INTERVAL, GROUP, PROVIDER, METHOD, CURRENCY, key],
    costs: [RANGE, ZONE, GROUP, PROVIDER, METHOD, CURRENCY, key],
    performance: [RANGE, PROVIDER],
    failures: [RANGE, PROVIDER, METHOD, CURRENCY, key],
  })[view]

const RARELY_MS = 300_000

/** Usage, costs, speed and failures. What is asked is part of the address. */
export function AnalyticsPage() {
  const { client, environment } = useSigned()
  const search = useSearchParams()
  const keyList = useCallback(() => client.keys.list({ environment, limit: 100 }), [client, environment])
  // Whoever may not see keys filters by no key; the page is the same without them.
  const keys = usePolled(keyList, { everyMs: RARELY_MS }).value?.data ?? []
  const view = VIEW_NAMES.find((name) => name === search.get('view')) ?? 'usage'
  const filters = filtersOf(view, {
    name: 'key',
    label: 'API key',
    options: keys.map(({ id, name }) => [id, name]),
  })
  const chosen = Object.fromEntries(
    ['view', ...filters.map(({ name }) => name)].map((name) => [name, search.get(name) ?? undefined]),
  )
  const question: Question = questionOf(chosen, environment, new Map(keys.map(({ id, name }) => [id, name])))
  const { page: Page } = VIEWS[view]
  return (
    <>
      <PageHeader
        title="Analytics"
        text="Exact sums over your payments. Currencies are never added to each other."
      />
      <nav aria-label="Numbers" className="mb-4 flex flex-wrap gap-1 sm:gap-2">
        {VIEW_NAMES.map((name) => (
          <Link
            key={name}
            href={`/analytics?view=${name}`}
            prefetch={false}
            aria-current={name === view ? 'page' : undefined}
            className={`rounded-lg px-3.5 py-2 text-sm font-medium ${
              name === view ? 'bg-raised text-ink' : 'text-muted hover:bg-raised'
            }`}
          >
            {VIEWS[name].label}
          </Link>
        ))}
      </nav>
      <div className="mb-6 overflow-hidden rounded-xl border border-line bg-surface">
        <FilterBar filters={filters} chosen={chosen} />
      </div>
      {/* Another question begins with nothing of the answer before. */}
      <Page key={JSON.stringify([question.asked, question.range, environment])} question={question} />
    </>
  )
}

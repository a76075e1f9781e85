'use client'

import type { AnalyticsErrors } from 'onerouter'
import { useCallback } from 'react'
import { useSigned } from '../session/signed-in.tsx'
import { words } from '../ui/badge.tsx'
import { given } from '../ui/given.ts'
import { Failed, Loading } from '../ui/states.tsx'
import { usePolled } from '../ui/use-polled.ts'
import type { TextColumn } from './csv.ts'
import type { QuestionProps } from './question.ts'
import { asked, rangeOf } from './range.ts'
import { TableCard } from './table-card.tsx'

const EVERY_MS = 30_000

/** Why payments, requests and calls to providers failed, the most frequent first. */
export function Failures({ question }: QuestionProps) {
  const { client } = useSigned()
  const { range } = question
  const { environment, provider, currency, method, keyId } = question.asked
  const load = useCallback(() => {
    const filter = given({ environment, provider, currency, method, keyId })
    return client.analytics.errors({ ...filter, ...asked(rangeOf(range, Date.now())) })
  }, [client, range, environment, provider, currency, method, keyId])
  const { value, problem, refresh } = usePolled(load, { everyMs: EVERY_MS })
  if (value === null) return problem === null ? <Loading /> : <Failed problem={problem} onRetry={refresh} />
  return (
    <div className="grid gap-6">
      {problem !== null && <Failed problem={problem} onRetry={refresh} />}
      <TableCard
        title="Declined payments"
        columns={DECLINES}
        rows={value.declines}
        empty="No payment failed."
      />
      <TableCard
        title="Refused requests"
        columns={REQUESTS}
        rows={value.requests}
        empty="Every request was answered."
      />
      <TableCard
        title="Calls to providers"
        columns={CALLS}
        rows={value.providerCalls}
        empty="Every call had a good answer."
      />
    </div>
  )
}

const DECLINES: readonly TextColumn<AnalyticsErrors['declines'][number]>[] = [
  { heading: 'Reason', text: ({ declineReason, code }) => words(declineReason ?? code) },
  { heading: 'Provider', text: ({ provider }) => provider },
  { heading: 'Currency', wide: true, text: ({ currency }) => currency },
  { heading: 'Method', wide: true, text: ({ method }) => method },
  { heading: 'Payments', right: true, text: ({ payments }) => payments },
]
const REQUESTS: readonly TextColumn<AnalyticsErrors['requests'][number]>[] = [
  { heading: 'Route', text: ({ method, route }) => `${method} ${route}` },
  { heading: 'Status', right: true, text: ({ status }) => status },
  { heading: 'Code', wide: true, text: ({ code }) => code },
  { heading: 'Requests', right: true, text: ({ requests }) => requests },
]
const CALLS: readonly TextColumn<AnalyticsErrors['providerCalls'][number]>[] = [
  { heading: 'Provider', text: ({ provider }) => provider },
  { heading: 'Call', text: ({ verb }) => words(verb) },
  { heading: 'Outcome', text: ({ outcome }) => words(outcome) },
  { heading: 'Calls', right: true, text: ({ calls }) => calls },
]

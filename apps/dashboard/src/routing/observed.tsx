'use client'

import type { RoutingObservations } from 'onerouter'
import { useCallback } from 'react'
import { PROVIDER_NAMES } from '../payments/provider-names.ts'
import { useSigned } from '../session/signed-in.tsx'
import { Badge } from '../ui/badge.tsx'
import { Card } from '../ui/card.tsx'
import { Empty, Failed, Loading } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import { usePolled } from '../ui/use-polled.ts'
import { HEALTH } from './health.ts'

const rate = (part: number, whole: number): string =>
  whole === 0
    ? '–'
    : new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 2 }).format(part / whole)

type Observed = RoutingObservations['data'][number]
const idOf = ({ provider, method, currency, country }: Observed) =>
  [provider, method, currency, country].join(' ')

/** What routing goes by: how providers are now, and what came of the account's own payments. */
export function ObservedCard() {
  const { client, environment } = useSigned()
  const look = useCallback(() => client.routing.observations({ environment }), [client, environment])
  const { value, problem, refresh } = usePolled(look)
  return (
    <Card title="What it goes by">
      {problem !== null && <Failed problem={problem} onRetry={refresh} />}
      {value === null && problem === null && <Loading />}
      {value !== null && (
        <>
          <ul className="flex flex-wrap gap-x-6 gap-y-2 px-4 py-4 text-sm sm:px-5">
            {value.health.map(({ provider, state }) => (
              <li key={provider} className="flex items-center gap-2">
                {PROVIDER_NAMES[provider]} <Badge tone={HEALTH[state][0]}>{HEALTH[state][1]}</Badge>
              </li>
            ))}
          </ul>
          {value.data.length === 0 ? (
            <Empty title="Nothing observed yet">Your own payments of the last seven days count.</Empty>
          ) : (
            <Table
              label="Observations"
              rows={value.data.map((one) => ({ id: idOf(one), ...one }))}
              columns={[
                { heading: 'Provider', cell: ({ provider }) => PROVIDER_NAMES[provider] },
                {
                  heading: 'Like',
                  cell: ({ method, currency, country }) =>
                    [currency, method, country].filter((one) => one !== null).join(', '),
                },
                { heading: 'Tried', right: true, wide: true, cell: ({ attempts }) => attempts },
                {
                  heading: 'Succeeded',
                  right: true,
                  cell: ({ succeeded, attempts }) => rate(succeeded, attempts),
                },
                {
                  heading: 'Fees',
                  right: true,
                  cell: ({ feesMinor, paidMinor }) => rate(feesMinor, paidMinor),
                },
              ]}
            />
          )}
          <p className="border-t border-line px-4 py-3 text-sm text-muted sm:px-5">
            Since <Time at={value.since} />.
          </p>
        </>
      )}
    </Card>
  )
}

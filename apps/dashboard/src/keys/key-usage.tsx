'use client'

import Link from 'next/link'
import type { ApiKey } from 'onerouter'
import { useCallback } from 'react'
import { Money } from '../payments/money.tsx'
import { useSigned } from '../session/signed-in.tsx'
import { Facts } from '../ui/facts.tsx'
import { Failed, Loading } from '../ui/states.tsx'
import { usePolled } from '../ui/use-polled.ts'

/** What was done with a key in the last thirty days. */
export function KeyUsage({ apiKey: { id, environment } }: { readonly apiKey: ApiKey }) {
  const { client } = useSigned()
  const look = useCallback(
    () => client.analytics.overview({ keyId: id, environment }),
    [client, id, environment],
  )
  const { value, problem, refresh } = usePolled(look)
  return (
    <section aria-label="Usage" className="rounded-lg border border-line p-3">
      <h3 className="mb-2 text-sm font-semibold">Last 30 days</h3>
      {problem !== null && <Failed problem={problem} onRetry={refresh} />}
      {value === null && problem === null && <Loading />}
      {value !== null && (
        <Facts
          facts={[
            ['Payments', `${value.payments.total}, ${value.payments.succeeded} of them succeeded`],
            ...value.currencies.map(
              ({ currency, captured }) =>
                [
                  `In ${currency}`,
                  <Money key={currency} amount={captured.amount} currency={currency} />,
                ] as const,
            ),
          ]}
        />
      )}
      <Link href={`/logs?key=${id}`} className="mt-2 inline-block text-sm text-accent hover:underline">
        Its requests
      </Link>
    </section>
  )
}

'use client'

import Link from 'next/link'
import { useCallback } from 'react'
import { useSigned } from '../session/signed-in.tsx'
import { Failed } from '../ui/states.tsx'
import { usePolled } from '../ui/use-polled.ts'
import { countAround } from './look-around.ts'

const TOPICS = ['payment.', 'refund.'] as const

/** What waits for somebody, counted behind the rest of the page: it takes the longest to know. */
export function Counters() {
  const { client, environment } = useSigned()
  const load = useCallback(() => countAround(client, environment), [client, environment])
  const { value, problem, refresh } = usePolled(load, { topics: TOPICS })
  if (problem !== null && value === null) return <Failed problem={problem} onRetry={refresh} />
  if (value === null) return <Counting />
  return (
    <ul aria-label="At a glance" className="grid grid-cols-2 gap-3 sm:gap-4 xl:grid-cols-4">
      {value.map(({ label, count, href, attention }) => (
        <li key={label}>
          <Link
            href={href}
            prefetch={false}
            className="block rounded-xl border border-line bg-surface p-4 hover:bg-raised"
          >
            <span className="block text-sm text-muted">{label}</span>
            <span
              className={`mt-1 block text-2xl font-semibold tabular-nums ${
                attention && count !== '0' ? 'text-bad' : ''
              }`}
            >
              {count}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

const TILES = ['payers', 'deliveries', 'quarantine', 'review'] as const

/** As much room as the counters will take. */
function Counting() {
  return (
    <div role="status" className="grid grid-cols-2 gap-3 sm:gap-4 xl:grid-cols-4">
      <span className="sr-only">Loading…</span>
      {TILES.map((tile) => (
        <div
          key={tile}
          aria-hidden="true"
          className="h-[5.625rem] animate-pulse rounded-xl border border-line bg-surface"
        />
      ))}
    </div>
  )
}

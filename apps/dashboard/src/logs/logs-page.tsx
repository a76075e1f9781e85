'use client'

import Link from 'next/link'
import type { LogEntry, LogKind, OneRouter } from 'onerouter'
import { Badge, type Tone } from '../ui/badge.tsx'
import { optionsOf, since } from '../ui/choices.ts'
import { Code, Facts, Json } from '../ui/facts.tsx'
import type { Filter, Filters } from '../ui/filter-bar.tsx'
import { choice, given } from '../ui/given.ts'
import { ListPage, type ListQuery } from '../ui/list-page.tsx'
import type { Column } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'

const KINDS: readonly LogKind[] = ['request', 'provider_call']
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const
const STATUSES = ['2xx', '3xx', '4xx', '5xx'] as const
const FILTERS: readonly Filter[] = [
  { name: 'kind', label: 'Kind', options: optionsOf(KINDS) },
  { name: 'method', label: 'Method', options: METHODS.map((method) => [method, method]) },
  { name: 'status', label: 'Status', options: STATUSES.map((status) => [status, status]) },
  { name: 'path', label: 'Path' },
  { name: 'text', label: 'Contains' },
  { name: 'payment', label: 'Payment' },
  { name: 'key', label: 'Key' },
  { name: 'since', label: 'Since', type: 'date' },
]
const toneOf = (status: number | null): Tone =>
  status === null || status >= 500 ? 'bad' : status >= 400 ? 'wait' : 'good'
const status = (entry: LogEntry) => (
  <Badge tone={toneOf(entry.status)}>{String(entry.status ?? 'no answer')}</Badge>
)
const COLUMNS: readonly Column<LogEntry>[] = [
  {
    heading: 'Request',
    cell: ({ method, path }) => (
      <span className="break-all font-mono text-xs">
        {method} {path}
      </span>
    ),
  },
  { heading: 'Status', cell: status },
  { heading: 'To', wide: true, cell: ({ kind, provider }) => (kind === 'request' ? 'OneRouter' : provider) },
  { heading: 'Took', wide: true, right: true, cell: ({ durationMs }) => `${durationMs} ms` },
  { heading: 'At', cell: ({ createdAt }) => <Time at={createdAt} seconds /> },
]
const load = (client: OneRouter, query: ListQuery, filters: Filters) =>
  client.logs.list({
    ...query,
    ...given({
      kind: choice(KINDS, filters['kind']),
      method: choice(METHODS, filters['method']),
      status: choice(STATUSES, filters['status']),
      path: filters['path'],
      text: filters['text'],
      paymentId: filters['payment'],
      keyId: filters['key'],
      created: since(filters['since']),
    }),
  })

const tail = ({ kind }: Filters) => `/api/logs/stream?kind=${choice(KINDS, kind) ?? 'request'}`

export function LogsPage() {
  return (
    <ListPage
      title="Logs"
      text="Every request to the API and every call to a provider, secrets left out. New ones appear by themselves."
      columns={COLUMNS}
      filters={FILTERS}
      load={load}
      tail={tail}
      empty={{ title: 'No requests yet', text: 'The first call with an API key appears here.' }}
      detailTitle={({ method, path }) => `${method} ${path}`}
      detail={(entry) => (
        <>
          <Facts
            facts={[
              ['Id', <Code key="id">{entry.id}</Code>],
              ['Status', status(entry)],
              ['Code', entry.code],
              ['Query', entry.query && <Code key="query">{entry.query}</Code>],
              ['Took', `${entry.durationMs} ms`],
              ['At providers', `${entry.providerMs} ms`],
              ['Key', entry.keyId && <Code key="key">{entry.keyId}</Code>],
              ['Provider', entry.provider],
              [
                'Payment',
                entry.paymentId && (
                  <Link key="payment" href={`/payments/${entry.paymentId}`} className="text-accent underline">
                    <Code>{entry.paymentId}</Code>
                  </Link>
                ),
              ],
              ['At', <Time key="at" at={entry.createdAt} seconds />],
            ]}
          />
          {entry.requestBody !== null && <Json value={entry.requestBody} label="What was sent" />}
          {entry.responseBody !== null && <Json value={entry.responseBody} label="What was answered" />}
        </>
      )}
    />
  )
}

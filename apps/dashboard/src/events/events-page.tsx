'use client'

import Link from 'next/link'
import type { OneRouter, OneRouterEvent } from 'onerouter'
import { since } from '../ui/choices.ts'
import { Dotted } from '../ui/dotted.tsx'
import { Code, Facts, Json } from '../ui/facts.tsx'
import type { Filter, Filters } from '../ui/filter-bar.tsx'
import { given } from '../ui/given.ts'
import { ListPage, type ListQuery } from '../ui/list-page.tsx'
import type { Column } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'

const FILTERS: readonly Filter[] = [
  { name: 'type', label: 'Type' },
  { name: 'since', label: 'Since', type: 'date' },
]
const COLUMNS: readonly Column<OneRouterEvent>[] = [
  { heading: 'Type', cell: ({ type }) => <Dotted text={type} /> },
  { heading: 'Object', wide: true, cell: ({ data }) => <Code>{data.object.id}</Code> },
  { heading: 'Sequence', wide: true, right: true, cell: ({ sequence }) => sequence },
  { heading: 'Created', cell: ({ createdAt }) => <Time at={createdAt} seconds /> },
]
const TOPICS = [''] as const
const load = (client: OneRouter, query: ListQuery, filters: Filters) =>
  client.events.list({
    ...query,
    ...given({ type: filters['type'], created: since(filters['since']) }),
  })

export function EventsPage() {
  return (
    <ListPage
      title="Events"
      text="What happened, in the form in which your webhooks are told."
      columns={COLUMNS}
      topics={TOPICS}
      filters={FILTERS}
      load={load}
      empty={{ title: 'No events yet', text: 'Each change of a payment, refund or link becomes one.' }}
      detailTitle={({ type }) => type}
      detail={(event) => (
        <>
          <Facts
            facts={[
              ['Id', <Code key="id">{event.id}</Code>],
              ['Created', <Time key="created" at={event.createdAt} seconds />],
              [
                'Deliveries',
                <Link
                  key="deliveries"
                  href={`/webhooks/deliveries?event=${event.id}`}
                  className="text-accent underline"
                >
                  Where it was sent
                </Link>,
              ],
            ]}
          />
          <Json value={event} label="The event" />
        </>
      )}
    />
  )
}

'use client'

import Link from 'next/link'
import type { OneRouter, Refund, RefundStatus } from 'onerouter'
import { Money } from '../payments/money.tsx'
import { PROVIDER_NAMES } from '../payments/provider-names.ts'
import { optionsOf, since } from '../ui/choices.ts'
import { Code, Facts } from '../ui/facts.tsx'
import type { Filter, Filters } from '../ui/filter-bar.tsx'
import { choice, given } from '../ui/given.ts'
import { ListPage, type ListQuery } from '../ui/list-page.tsx'
import type { Column } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import { RefundBadge } from './refund-badge.tsx'

const STATUSES: readonly RefundStatus[] = ['pending', 'succeeded', 'failed', 'canceled']
const FILTERS: readonly Filter[] = [
  { name: 'status', label: 'Status', options: optionsOf(STATUSES) },
  { name: 'payment', label: 'Payment' },
  { name: 'since', label: 'Since', type: 'date' },
]
const COLUMNS: readonly Column<Refund>[] = [
  { heading: 'Amount', cell: ({ amount, currency }) => <Money amount={amount} currency={currency} /> },
  { heading: 'Status', cell: ({ status }) => <RefundBadge status={status} /> },
  { heading: 'Provider', wide: true, cell: ({ provider }) => PROVIDER_NAMES[provider] },
  { heading: 'Reason', wide: true, cell: ({ reason }) => reason ?? '–' },
  { heading: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
]
const TOPICS = ['refund.'] as const
const load = (client: OneRouter, query: ListQuery, filters: Filters) =>
  client.refunds.list({
    ...query,
    ...given({
      status: choice(STATUSES, filters['status']),
      paymentId: filters['payment'],
      created: since(filters['since']),
    }),
  })

export function RefundsPage() {
  return (
    <ListPage
      title="Refunds"
      text="Money on its way back. A refund is made on its payment’s page."
      columns={COLUMNS}
      topics={TOPICS}
      filters={FILTERS}
      load={load}
      empty={{ title: 'No refunds yet', text: 'Open a paid payment to refund all or a part of it.' }}
      detailTitle={({ amount, currency }) => `Refund of ${amount} ${currency}`}
      detail={(refund) => (
        <Facts
          facts={[
            ['Id', <Code key="id">{refund.id}</Code>],
            [
              'Payment',
              <Link key="payment" href={`/payments/${refund.paymentId}`} className="text-accent underline">
                <Code>{refund.paymentId}</Code>
              </Link>,
            ],
            ['Status', <RefundBadge key="status" status={refund.status} />],
            ['Reason', refund.reason],
            ['Speed', refund.speed],
            ['Failure', refund.failure && `${refund.failure.message} (${refund.failure.code})`],
            [
              'At the provider',
              refund.providerRefundId && <Code key="there">{refund.providerRefundId}</Code>,
            ],
            ['Created', <Time key="created" at={refund.createdAt} seconds />],
            ['Updated', <Time key="updated" at={refund.updatedAt} seconds />],
          ]}
        />
      )}
    />
  )
}

'use client'

import Link from 'next/link'
import type { Dispute, DisputeStatus, OneRouter } from 'onerouter'
import { Money } from '../payments/money.tsx'
import { PAYMENT_PROVIDERS, PROVIDER_NAMES, providerOptions } from '../payments/provider-names.ts'
import { Badge, type Tone, words } from '../ui/badge.tsx'
import { optionsOf, since } from '../ui/choices.ts'
import { Code, Facts } from '../ui/facts.tsx'
import type { Filter, Filters } from '../ui/filter-bar.tsx'
import { choice, given } from '../ui/given.ts'
import { ListPage, type ListQuery } from '../ui/list-page.tsx'
import { httpsOnly } from '../ui/safe-link.ts'
import type { Column } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'

const TONES = {
  open: 'bad',
  under_review: 'wait',
  won: 'good',
  lost: 'bad',
  closed: 'calm',
} as const satisfies Record<DisputeStatus, Tone>
const STATUSES: readonly DisputeStatus[] = ['open', 'under_review', 'won', 'lost', 'closed']
const FILTERS: readonly Filter[] = [
  { name: 'status', label: 'Status', options: optionsOf(STATUSES) },
  { name: 'provider', label: 'Provider', options: providerOptions(PAYMENT_PROVIDERS) },
  { name: 'payment', label: 'Payment' },
  { name: 'since', label: 'Since', type: 'date' },
]
const state = ({ status }: Dispute) => <Badge tone={TONES[status]}>{words(status)}</Badge>
const COLUMNS: readonly Column<Dispute>[] = [
  { heading: 'Amount', cell: ({ amount, currency }) => <Money amount={amount} currency={currency} /> },
  { heading: 'Status', cell: state },
  { heading: 'Reason', wide: true, cell: ({ reason }) => words(reason) },
  { heading: 'Provider', wide: true, cell: ({ provider }) => PROVIDER_NAMES[provider] },
  {
    heading: 'Answer until',
    cell: ({ evidenceDueAt }) => (evidenceDueAt === null ? '–' : <Time at={evidenceDueAt} />),
  },
]
const TOPICS = ['dispute.'] as const
const load = (client: OneRouter, query: ListQuery, filters: Filters) =>
  client.disputes.list({
    ...query,
    ...given({
      status: choice(STATUSES, filters['status']),
      provider: choice(PAYMENT_PROVIDERS, filters['provider']),
      paymentId: filters['payment'],
      created: since(filters['since']),
    }),
  })

export function DisputesPage() {
  return (
    <ListPage
      title="Disputes"
      text="Payers who ask their bank for the money back. Evidence is given at the provider, before its deadline."
      columns={COLUMNS}
      topics={TOPICS}
      filters={FILTERS}
      load={load}
      empty={{ title: 'No disputes', text: 'Nobody asked for money back through their bank.' }}
      detailTitle={({ amount, currency }) => `Dispute over ${amount} ${currency}`}
      detail={(dispute) => <Detail dispute={dispute} />}
    />
  )
}

function Detail({ dispute }: { readonly dispute: Dispute }) {
  const evidence = httpsOnly(dispute.evidenceUrl)
  return (
    <Facts
      facts={[
        ['Id', <Code key="id">{dispute.id}</Code>],
        [
          'Payment',
          <Link key="payment" href={`/payments/${dispute.paymentId}`} className="text-accent underline">
            <Code>{dispute.paymentId}</Code>
          </Link>,
        ],
        ['Status', state(dispute)],
        ['Stage', words(dispute.stage)],
        ['Reason', words(dispute.reason)],
        ['Their words', dispute.providerReason],
        [
          'Taken',
          dispute.deducted && (
            <Money key="taken" amount={dispute.deducted.amount} currency={dispute.deducted.currency} />
          ),
        ],
        [
          'Fee',
          dispute.fee && <Money key="fee" amount={dispute.fee.amount} currency={dispute.fee.currency} />,
        ],
        ['Answer until', dispute.evidenceDueAt && <Time key="due" at={dispute.evidenceDueAt} />],
        [
          'Evidence',
          evidence && (
            <a
              key="evidence"
              href={evidence}
              target="_blank"
              rel="noreferrer"
              className="text-accent underline"
            >
              Give it at {PROVIDER_NAMES[dispute.provider]} ↗
            </a>
          ),
        ],
        ['There', <Code key="there">{dispute.providerDisputeId}</Code>],
        ['Opened', <Time key="opened" at={dispute.openedAt} seconds />],
        ['Closed', dispute.closedAt && <Time key="closed" at={dispute.closedAt} seconds />],
      ]}
    />
  )
}

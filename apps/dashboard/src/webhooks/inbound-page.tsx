'use client'

import Link from 'next/link'
import type { InboundWebhook, InboundWebhookStatus, OneRouter } from 'onerouter'
import { PROVIDER_NAMES, providerOptions, SERVICES } from '../payments/provider-names.ts'
import { useSigned } from '../session/signed-in.tsx'
import { Badge, type Tone, words } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { optionsOf } from '../ui/choices.ts'
import { Dotted } from '../ui/dotted.tsx'
import { Code, Facts } from '../ui/facts.tsx'
import { useAction } from '../ui/feedback.tsx'
import type { Filter, Filters } from '../ui/filter-bar.tsx'
import { choice, given } from '../ui/given.ts'
import { ListPage, type ListQuery } from '../ui/list-page.tsx'
import type { Column } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'

const TONES = {
  received: 'wait',
  applied: 'good',
  ignored: 'calm',
  quarantined: 'bad',
} as const satisfies Record<InboundWebhookStatus, Tone>
const STATUSES: readonly InboundWebhookStatus[] = ['received', 'applied', 'ignored', 'quarantined']
const FILTERS: readonly Filter[] = [
  { name: 'status', label: 'Status', options: optionsOf(STATUSES) },
  { name: 'service', label: 'Service', options: providerOptions(SERVICES) },
]
const state = ({ status }: InboundWebhook) => <Badge tone={TONES[status]}>{words(status)}</Badge>
const COLUMNS: readonly Column<InboundWebhook>[] = [
  { heading: 'Event', cell: ({ eventType }) => <Dotted text={eventType} /> },
  { heading: 'Status', cell: state },
  { heading: 'From', wide: true, cell: ({ serviceName }) => PROVIDER_NAMES[serviceName] },
  {
    heading: 'Reason',
    wide: true,
    cell: ({ reason }) => <span className="block max-w-72 truncate text-muted">{reason ?? '–'}</span>,
  },
  { heading: 'Received', cell: ({ receivedAt }) => <Time at={receivedAt} seconds /> },
]
const load = (client: OneRouter, query: ListQuery, filters: Filters) =>
  client.webhooks.inbound.list({
    ...query,
    ...given({
      status: choice(STATUSES, filters['status']),
      serviceName: choice(SERVICES, filters['service']),
    }),
  })

export function InboundPage() {
  return (
    <ListPage
      title="Inbound webhooks"
      text="What providers sent to OneRouter. What contradicts the books is quarantined, and nothing of it applied."
      columns={COLUMNS}
      filters={FILTERS}
      load={load}
      empty={{ title: 'Nothing received yet', text: 'Providers report here as soon as a payment moves.' }}
      detailTitle={({ eventType }) => eventType}
      detail={(webhook, refresh) => <Inbound webhook={webhook} onDone={refresh} />}
    />
  )
}

function Inbound({ webhook, onDone }: { readonly webhook: InboundWebhook; readonly onDone: () => void }) {
  const { client } = useSigned()
  const { busy, run } = useAction()
  return (
    <div className="grid gap-5">
      <Facts
        facts={[
          ['Id', <Code key="id">{webhook.id}</Code>],
          ['From', PROVIDER_NAMES[webhook.serviceName]],
          ['Their id', <Code key="theirs">{webhook.eventId}</Code>],
          ['Status', state(webhook)],
          ['Reason', webhook.reason],
          [
            'Payment',
            webhook.paymentId && (
              <Link key="payment" href={`/payments/${webhook.paymentId}`} className="text-accent underline">
                <Code>{webhook.paymentId}</Code>
              </Link>
            ),
          ],
          ['Tries', webhook.tries],
          ['Received', <Time key="received" at={webhook.receivedAt} seconds />],
          ['Applied', webhook.appliedAt && <Time key="applied" at={webhook.appliedAt} seconds />],
        ]}
      />
      <div>
        <button
          type="button"
          disabled={busy}
          className={buttonStyle('plain')}
          onClick={() =>
            run(() => client.webhooks.inbound.reprocess(webhook.id), 'It is being read again.').then(onDone)
          }
        >
          Read it again
        </button>
      </div>
    </div>
  )
}

'use client'

import type { OneRouter, WebhookDelivery, WebhookDeliveryAttempt, WebhookDeliveryStatus } from 'onerouter'
import { useSigned } from '../session/signed-in.tsx'
import { Badge, type Tone, words } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { optionsOf } from '../ui/choices.ts'
import { Dotted } from '../ui/dotted.tsx'
import { Code, Facts, Json } from '../ui/facts.tsx'
import { useAction } from '../ui/feedback.tsx'
import type { Filter, Filters } from '../ui/filter-bar.tsx'
import { choice, given } from '../ui/given.ts'
import { ListPage, type ListQuery } from '../ui/list-page.tsx'
import type { Column } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'

const TONES = {
  pending: 'wait',
  delivered: 'good',
  failed: 'bad',
  held: 'wait',
  canceled: 'calm',
} as const satisfies Record<WebhookDeliveryStatus, Tone>
const STATUSES: readonly WebhookDeliveryStatus[] = ['pending', 'delivered', 'failed', 'held', 'canceled']
const FILTERS: readonly Filter[] = [
  { name: 'status', label: 'Status', options: optionsOf(STATUSES) },
  { name: 'endpoint', label: 'Endpoint' },
  { name: 'event', label: 'Event' },
]
const state = ({ status }: WebhookDelivery) => <Badge tone={TONES[status]}>{words(status)}</Badge>
const COLUMNS: readonly Column<WebhookDelivery>[] = [
  { heading: 'Event', cell: ({ eventType }) => <Dotted text={eventType} /> },
  { heading: 'Status', cell: state },
  {
    heading: 'To',
    wide: true,
    cell: ({ url }) => <span className="block max-w-72 truncate text-muted">{url}</span>,
  },
  { heading: 'Attempts', wide: true, right: true, cell: ({ attemptCount }) => attemptCount },
  { heading: 'Created', cell: ({ createdAt }) => <Time at={createdAt} seconds /> },
]
const load = (client: OneRouter, query: ListQuery, filters: Filters) =>
  client.webhooks.deliveries.list({
    ...query,
    ...given({
      status: choice(STATUSES, filters['status']),
      endpointId: filters['endpoint'],
      eventId: filters['event'],
    }),
  })

export function DeliveriesPage() {
  return (
    <ListPage
      title="Deliveries"
      text="Every event sent to your endpoints, with each attempt and what your server answered."
      columns={COLUMNS}
      filters={FILTERS}
      load={load}
      empty={{
        title: 'No deliveries yet',
        text: 'They begin with the first event after an endpoint was added.',
      }}
      detailTitle={({ eventType }) => eventType}
      detail={(delivery, refresh) => <Delivery delivery={delivery} onDone={refresh} />}
    />
  )
}

function Delivery({ delivery, onDone }: { readonly delivery: WebhookDelivery; readonly onDone: () => void }) {
  const { client } = useSigned()
  const { busy, run } = useAction()
  return (
    <div className="grid gap-5">
      <Facts
        facts={[
          ['Id', <Code key="id">{delivery.id}</Code>],
          ['Event', <Code key="event">{delivery.eventId}</Code>],
          ['To', <Code key="url">{delivery.url}</Code>],
          ['Status', state(delivery)],
          ['Next attempt', delivery.nextAttemptAt && <Time key="next" at={delivery.nextAttemptAt} seconds />],
          ['Finished', delivery.finishedAt && <Time key="end" at={delivery.finishedAt} seconds />],
        ]}
      />
      <div>
        <button
          type="button"
          disabled={busy}
          className={buttonStyle('plain')}
          onClick={() =>
            run(() => client.webhooks.deliveries.redeliver(delivery.id), 'It is being sent again.').then(
              onDone,
            )
          }
        >
          Send again
        </button>
      </div>
      <section>
        <h3 className="text-sm font-semibold">Attempts</h3>
        {delivery.attempts.length === 0 && <p className="mt-2 text-sm text-muted">None yet.</p>}
        <ol className="mt-2 grid gap-3">
          {delivery.attempts.map((attempt) => (
            <Attempt key={`${attempt.attempt}-${attempt.startedAt}`} attempt={attempt} />
          ))}
        </ol>
      </section>
    </div>
  )
}

function Attempt({ attempt }: { readonly attempt: WebhookDeliveryAttempt }) {
  const accepted = attempt.status !== null && attempt.status >= 200 && attempt.status < 300
  return (
    <li className="rounded-lg border border-line p-3 text-sm">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-1">
        <Badge tone={accepted ? 'good' : 'bad'}>
          {String(attempt.status ?? attempt.error ?? 'no answer')}
        </Badge>
        <span className="text-muted">
          {attempt.durationMs} ms, {attempt.trigger}
        </span>
        <span className="ml-auto text-xs text-muted">
          <Time at={attempt.startedAt} seconds />
        </span>
      </div>
      {attempt.detail !== null && <p className="mt-2 break-words text-muted">{attempt.detail}</p>}
      {attempt.responseBody !== null && attempt.responseBody !== '' && (
        <Json value={attempt.responseBody} label={`Answer to attempt ${attempt.attempt}`} />
      )}
    </li>
  )
}

'use client'

import type { OneRouter, Sms, SmsStatus } from 'onerouter'
import { type FormEvent, useState } from 'react'
import { Money } from '../payments/money.tsx'
import { useSigned } from '../session/signed-in.tsx'
import { Badge, type Tone, words } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { optionsOf, since } from '../ui/choices.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Code, Facts } from '../ui/facts.tsx'
import { useAction } from '../ui/feedback.tsx'
import { Field, TextArea } from '../ui/field.tsx'
import type { Filter, Filters } from '../ui/filter-bar.tsx'
import { choice, given, textOf } from '../ui/given.ts'
import { ListPage, type ListQuery } from '../ui/list-page.tsx'
import type { Column } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'

const TONES = {
  queued: 'wait',
  sent: 'wait',
  delivered: 'good',
  undelivered: 'bad',
  failed: 'bad',
} as const satisfies Record<SmsStatus, Tone>
const STATUSES: readonly SmsStatus[] = ['queued', 'sent', 'delivered', 'undelivered', 'failed']
const FILTERS: readonly Filter[] = [
  { name: 'status', label: 'Status', options: optionsOf(STATUSES) },
  { name: 'to', label: 'To' },
  { name: 'since', label: 'Since', type: 'date' },
]
const status = (sms: Sms) => <Badge tone={TONES[sms.status]}>{words(sms.status)}</Badge>
const cost = ({ cost: paid }: Sms) =>
  paid === null ? '–' : <Money amount={paid.amount} currency={paid.currency} />
const COLUMNS: readonly Column<Sms>[] = [
  { heading: 'To', cell: ({ to }) => <span className="whitespace-nowrap tabular-nums">{to}</span> },
  { heading: 'Status', cell: status },
  {
    heading: 'Text',
    wide: true,
    cell: ({ body }) => <span className="block max-w-80 truncate text-muted">{body}</span>,
  },
  { heading: 'Cost', wide: true, right: true, cell: cost },
  { heading: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
]
const TOPICS = ['sms.'] as const
const load = (client: OneRouter, query: ListQuery, filters: Filters) =>
  client.sms.list({
    ...query,
    ...given({
      status: choice(STATUSES, filters['status']),
      to: filters['to'],
      created: since(filters['since']),
    }),
  })

export function SmsPage() {
  const [writing, setWriting] = useState(false)
  const [version, setVersion] = useState(0)
  return (
    <>
      <ListPage
        title="SMS"
        text="Text messages, what became of them, and what they cost."
        columns={COLUMNS}
        topics={TOPICS}
        filters={FILTERS}
        load={load}
        version={version}
        empty={{ title: 'No messages yet', text: 'Send one here, or with the SDK’s sms.send.' }}
        action={
          <button type="button" className={buttonStyle('main')} onClick={() => setWriting(true)}>
            New message
          </button>
        }
        detailTitle={({ to }) => `To ${to}`}
        detail={(sms) => (
          <Facts
            facts={[
              ['Id', <Code key="id">{sms.id}</Code>],
              ['Status', status(sms)],
              ['Text', sms.body],
              ['From', sms.from],
              ['Segments', sms.segments],
              ['Cost', cost(sms)],
              ['Failure', sms.failure && `${sms.failure.message} (${sms.failure.code})`],
              ['At Twilio', sms.providerMessageId && <Code key="there">{sms.providerMessageId}</Code>],
              ['Created', <Time key="created" at={sms.createdAt} seconds />],
              ['Updated', <Time key="updated" at={sms.updatedAt} seconds />],
            ]}
          />
        )}
      />
      <Dialog open={writing} onClose={() => setWriting(false)} title="New message">
        <Compose
          onSent={() => {
            setWriting(false)
            setVersion(version + 1)
          }}
        />
      </Dialog>
    </>
  )
}

function Compose({ onSent }: { readonly onSent: () => void }) {
  const { client, environment } = useSigned()
  const { busy, run } = useAction()
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const params = {
      to: textOf(form, 'to') ?? '',
      body: textOf(form, 'body') ?? '',
      environment,
      ...given({ from: textOf(form, 'from') }),
    }
    if (await run(() => client.sms.send(params), 'The message is on its way.')) onSent()
  }
  return (
    <form onSubmit={submit} className="-mt-4">
      <Field label="To" name="to" type="tel" placeholder="+14155550100" required />
      <Field label="From" name="from" hint="Left empty, it is the number of the connected service." />
      <TextArea label="Text" name="body" maxLength={1600} required />
      <button type="submit" disabled={busy} className={`mt-5 w-full ${buttonStyle('main')}`}>
        {busy ? 'Sending…' : 'Send'}
      </button>
    </form>
  )
}

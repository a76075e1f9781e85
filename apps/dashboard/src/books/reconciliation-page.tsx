'use client'

import Link from 'next/link'
import type { OneRouter, ReconciliationItem, ReconciliationItemState, ReconciliationRun } from 'onerouter'
import { type FormEvent, useCallback } from 'react'
import { PAYMENT_PROVIDERS, PROVIDER_NAMES, providerOptions } from '../payments/provider-names.ts'
import { useSigned } from '../session/signed-in.tsx'
import { Badge, type Tone, words } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { optionsOf } from '../ui/choices.ts'
import { Code, Facts, Json } from '../ui/facts.tsx'
import { useAction } from '../ui/feedback.tsx'
import { Field, Select, TextArea } from '../ui/field.tsx'
import type { Filter, Filters } from '../ui/filter-bar.tsx'
import { choice, given, textOf } from '../ui/given.ts'
import { ListPage, type ListQuery } from '../ui/list-page.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import { usePolled } from '../ui/use-polled.ts'

const STATES: readonly ReconciliationItemState[] = ['open', 'repaired', 'resolved']
const BUCKETS = ['missing_here', 'missing_there', 'differs'] as const
const TONES = {
  open: 'bad',
  repaired: 'good',
  resolved: 'calm',
} as const satisfies Record<ReconciliationItemState, Tone>
const RUN_TONES = {
  running: 'wait',
  done: 'good',
  failed: 'bad',
} as const satisfies Record<ReconciliationRun['state'], Tone>
const FILTERS: readonly Filter[] = [
  { name: 'state', label: 'State', options: optionsOf(STATES) },
  { name: 'bucket', label: 'Difference', options: optionsOf(BUCKETS) },
  { name: 'provider', label: 'Provider', options: providerOptions(PAYMENT_PROVIDERS) },
]
const COLUMNS: readonly Column<ReconciliationItem>[] = [
  { heading: 'Difference', cell: ({ bucket }) => words(bucket) },
  { heading: 'State', cell: ({ state }) => <Badge tone={TONES[state]}>{words(state)}</Badge> },
  { heading: 'Provider', wide: true, cell: ({ provider }) => PROVIDER_NAMES[provider] },
  { heading: 'Reference', wide: true, cell: ({ reference }) => <Code>{reference}</Code> },
  { heading: 'Seen', cell: ({ seenAt }) => <Time at={seenAt} /> },
]
const load = (client: OneRouter, query: ListQuery, filters: Filters) =>
  client.reconciliation.listItems({
    ...query,
    ...given({
      state: choice(STATES, filters['state']),
      bucket: choice(BUCKETS, filters['bucket']),
      provider: choice(PAYMENT_PROVIDERS, filters['provider']),
    }),
  })

export function ReconciliationPage() {
  return (
    <ListPage
      title="Reconciliation"
      text="OneRouter’s books compared with the providers’: each difference, and what became of it."
      columns={COLUMNS}
      filters={FILTERS}
      load={load}
      above={<Runs />}
      empty={{ title: 'No differences', text: 'Both sides say the same in all that was compared.' }}
      detailTitle={({ bucket }) => words(bucket)}
      detail={(item, refresh) => <Item item={item} onDone={refresh} />}
    />
  )
}

const RUN_COLUMNS: readonly Column<ReconciliationRun>[] = [
  { heading: 'Provider', cell: ({ provider }) => PROVIDER_NAMES[provider] },
  { heading: 'State', cell: ({ state }) => <Badge tone={RUN_TONES[state]}>{words(state)}</Badge> },
  { heading: 'Kind', wide: true, cell: ({ kind }) => words(kind) },
  {
    heading: 'Counts',
    wide: true,
    cell: ({ counts, reason }) =>
      reason ??
      Object.entries(counts)
        .map(([name, count]) => `${words(name)}: ${count}`)
        .join(', '),
  },
  { heading: 'From', wide: true, cell: ({ from }) => <Time at={from} /> },
  { heading: 'Started', cell: ({ createdAt }) => <Time at={createdAt} /> },
]
const RUNS_SHOWN = 5

function Runs() {
  const { client, environment } = useSigned()
  const look = useCallback(
    () => client.reconciliation.listRuns({ environment, limit: RUNS_SHOWN }),
    [client, environment],
  )
  const { value, refresh } = usePolled(look)
  const { busy, run } = useAction()
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const provider = choice(PAYMENT_PROVIDERS, textOf(form, 'provider'))
    const [from, to] = [textOf(form, 'from'), textOf(form, 'to')]
    if (provider === undefined || from === undefined || to === undefined) return
    const params = { provider, environment, from: new Date(from), to: new Date(to) }
    if (await run(() => client.reconciliation.start(params), 'The comparison has begun.')) refresh()
  }
  return (
    <div className="mb-6">
      <Card title="Runs">
        <form
          onSubmit={submit}
          className="grid items-end gap-x-4 border-b border-line px-4 pb-4 sm:grid-cols-2 sm:px-5 xl:grid-cols-[12rem_1fr_1fr_auto]"
        >
          <Select label="Provider" name="provider" options={providerOptions(PAYMENT_PROVIDERS)} />
          <Field label="From" name="from" type="datetime-local" required />
          <Field label="To" name="to" type="datetime-local" required />
          <button type="submit" disabled={busy} className={`mt-4 ${buttonStyle('plain')}`}>
            Compare now
          </button>
        </form>
        {value !== null && value.data.length === 0 && (
          <p className="px-5 py-6 text-center text-sm text-muted">Nothing was compared yet.</p>
        )}
        {value !== null && value.data.length > 0 && (
          <Table label="Reconciliation runs" columns={RUN_COLUMNS} rows={value.data} />
        )}
      </Card>
    </div>
  )
}

function Item({ item, onDone }: { readonly item: ReconciliationItem; readonly onDone: () => void }) {
  const { client } = useSigned()
  const { busy, run } = useAction()
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const note = textOf(new FormData(event.currentTarget), 'note') ?? ''
    if (await run(() => client.reconciliation.resolveItem(item.id, { note }), 'Resolved.')) onDone()
  }
  return (
    <div className="grid gap-5">
      <Facts
        facts={[
          ['Provider', PROVIDER_NAMES[item.provider]],
          ['Reference', <Code key="reference">{item.reference}</Code>],
          ['Reasons', item.reasons.join(', ')],
          [
            'Payment',
            item.paymentId && (
              <Link key="payment" href={`/payments/${item.paymentId}`} className="text-accent underline">
                <Code>{item.paymentId}</Code>
              </Link>
            ),
          ],
          ['Note', item.note],
          ['Resolved by', item.resolvedBy],
        ]}
      />
      <div>
        <h3 className="text-sm font-semibold">Ours</h3>
        <Json value={item.ours} label="What our books say" />
        <h3 className="mt-4 text-sm font-semibold">Theirs</h3>
        <Json value={item.theirs} label="What the provider says" />
      </div>
      {item.state === 'open' && (
        <form onSubmit={submit}>
          <TextArea label="What you found out" name="note" rows={3} required minLength={3} />
          <button type="submit" disabled={busy} className={`mt-4 ${buttonStyle('main')}`}>
            Resolve
          </button>
        </form>
      )}
    </div>
  )
}

'use client'

import Link from 'next/link'
import type { OneRouter, Review } from 'onerouter'
import type { FormEvent } from 'react'
import { PaymentTimeline } from '../payments/payment-timeline.tsx'
import { PROVIDER_NAMES, providerOptions, SERVICES } from '../payments/provider-names.ts'
import { useSigned } from '../session/signed-in.tsx'
import { Badge, words } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Code, Facts, Json } from '../ui/facts.tsx'
import { useAction, useFeedback } from '../ui/feedback.tsx'
import { Select, TextArea } from '../ui/field.tsx'
import type { Filter, Filters } from '../ui/filter-bar.tsx'
import { choice, given, textOf } from '../ui/given.ts'
import { ListPage, type ListQuery } from '../ui/list-page.tsx'
import type { Column } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'

const FILTERS: readonly Filter[] = [
  { name: 'provider', label: 'Provider', options: providerOptions(SERVICES) },
]
const COLUMNS: readonly Column<Review>[] = [
  { heading: 'Waits', cell: ({ why, kind }) => why ?? kind },
  { heading: 'Kind', cell: ({ kind }) => <Badge tone="wait">{words(kind)}</Badge> },
  { heading: 'Provider', wide: true, cell: ({ provider }) => PROVIDER_NAMES[provider] },
  { heading: 'Since', cell: ({ createdAt }) => <Time at={createdAt} /> },
]
/** Entries carry their evidence, so the API gives at most this many at once. */
const PAGE = 20
const load = (client: OneRouter, query: ListQuery, filters: Filters) =>
  client.review.list({ ...query, limit: PAGE, ...given({ provider: choice(SERVICES, filters['provider']) }) })

export function ReviewPage() {
  return (
    <ListPage
      title="Review"
      text="What waits for a person: calls whose outcome no provider tells, and messages that contradict the books."
      columns={COLUMNS}
      filters={FILTERS}
      load={load}
      empty={{
        title: 'Nothing waits',
        text: 'Every outcome is known, and no message contradicts the books.',
      }}
      detailTitle={({ why, kind }) => why ?? kind}
      detail={(review, refresh) => <Decide review={review} onDone={refresh} />}
    />
  )
}

const OUTCOMES = ['happened', 'did_not_happen'] as const
const CONSEQUENCE = {
  happened:
    'The provider is asked once more, and what it shows is booked. If it shows nothing, this is refused.',
  did_not_happen:
    'The provider is asked once more. If it shows nothing, the call counts as never made, and that stays so.',
} as const satisfies Record<(typeof OUTCOMES)[number], string>

function Decide({ review, onDone }: { readonly review: Review; readonly onDone: () => void }) {
  const { client } = useSigned()
  const { ask } = useFeedback()
  const { busy, run } = useAction()
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const outcome = choice(OUTCOMES, textOf(form, 'outcome'))
    if (outcome === undefined) return
    const note = textOf(form, 'note') ?? ''
    const text = CONSEQUENCE[outcome]
    if (!(await ask({ title: 'Decide this for good?', text, confirm: 'Decide it', danger: true }))) return
    if (await run(() => client.review.resolve(review.id, { outcome, note }), 'Decided.')) onDone()
  }
  return (
    <div className="grid gap-5">
      <Facts
        facts={[
          ['Id', <Code key="id">{review.id}</Code>],
          ['Provider', PROVIDER_NAMES[review.provider]],
          [
            'Payment',
            review.payment && (
              <Link key="payment" href={`/payments/${review.payment.id}`} className="text-accent underline">
                <Code>{review.payment.id}</Code>
              </Link>
            ),
          ],
        ]}
      />
      <Json value={review.subject} label="What waits" />
      <div className="-mx-5">
        <PaymentTimeline entries={review.timeline} />
      </div>
      {review.kind === 'operation' && (
        <form onSubmit={submit}>
          <Select
            label="What you found at the provider"
            name="outcome"
            options={[
              ['happened', 'It happened there'],
              ['did_not_happen', 'It did not happen there'],
            ]}
          />
          <TextArea label="How you know" name="note" rows={3} required minLength={3} maxLength={1000} />
          <button type="submit" disabled={busy} className={`mt-4 ${buttonStyle('main')}`}>
            Decide
          </button>
        </form>
      )}
    </div>
  )
}

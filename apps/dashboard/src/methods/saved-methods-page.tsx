'use client'

import Link from 'next/link'
import type { OneRouter, SavedPaymentMethod } from 'onerouter'
import type { FormEvent } from 'react'
import { PROVIDER_NAMES } from '../payments/provider-names.ts'
import { useSigned } from '../session/signed-in.tsx'
import { words } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Code, type Fact, Facts } from '../ui/facts.tsx'
import { useAction, useFeedback } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import type { Filter, Filters } from '../ui/filter-bar.tsx'
import { given, textOf } from '../ui/given.ts'
import { ListPage, type ListQuery } from '../ui/list-page.tsx'
import type { Column } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import { expiryOf, methodName } from './saved-words.ts'

const FILTERS: readonly Filter[] = [{ name: 'customer', label: 'Customer' }]
const COLUMNS: readonly Column<SavedPaymentMethod>[] = [
  { heading: 'Method', cell: methodName },
  { heading: 'Provider', cell: ({ provider }) => PROVIDER_NAMES[provider] },
  { heading: 'Expires', wide: true, cell: (method) => expiryOf(method) ?? '–' },
  { heading: 'Customer', wide: true, cell: ({ customerId }) => <Code>{customerId}</Code> },
  { heading: 'Agreed', cell: ({ consentedAt }) => <Time at={consentedAt} /> },
]
const load = (client: OneRouter, query: ListQuery, filters: Filters) =>
  client.savedPaymentMethods.list({ ...query, ...given({ customer: filters['customer'] }) })

export function SavedMethodsPage() {
  return (
    <ListPage
      title="Saved methods"
      text="What payers agreed to keep for their next payment. The card or wallet itself stays with its provider."
      columns={COLUMNS}
      filters={FILTERS}
      load={load}
      empty={{
        title: 'Nothing is kept yet',
        text: 'A payment that is made with save_payment_method and a customer keeps what it was paid with.',
      }}
      detailTitle={methodName}
      detail={(method, refresh) => <Detail method={method} onDone={refresh} />}
    />
  )
}

function Detail({ method, onDone }: { readonly method: SavedPaymentMethod; readonly onDone: () => void }) {
  const { client } = useSigned()
  const { ask } = useFeedback()
  const { busy, run } = useAction()
  const provider = PROVIDER_NAMES[method.provider]
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const nickname = textOf(new FormData(event.currentTarget), 'nickname') ?? null
    if (await run(() => client.savedPaymentMethods.update(method.id, { nickname }), 'Saved.')) onDone()
  }
  const remove = async () => {
    const sure = await ask({
      title: 'Delete this payment method?',
      text: `It is deleted at ${provider} as well and cannot be charged again. Past payments stay as they are.`,
      confirm: 'Delete',
      danger: true,
    })
    if (sure && (await run(() => client.savedPaymentMethods.delete(method.id), 'Deleted.'))) onDone()
  }
  return (
    <div className="grid gap-5">
      <Facts facts={factsOf(method)} />
      <form onSubmit={submit}>
        <Field label="Name" name="nickname" maxLength={100} defaultValue={method.nickname ?? ''} />
        <div className="mt-5 flex flex-wrap gap-2">
          <button type="submit" disabled={busy} className={buttonStyle('main')}>
            Save
          </button>
          <button type="button" disabled={busy} onClick={remove} className={buttonStyle('danger')}>
            Delete
          </button>
        </div>
      </form>
    </div>
  )
}

function factsOf(method: SavedPaymentMethod): readonly Fact[] {
  const metadata = Object.entries(method.metadata)
  return [
    ['Id', <Code key="id">{method.id}</Code>],
    ['Provider', PROVIDER_NAMES[method.provider]],
    ['Kind', words(method.type)],
    ['Brand', method.brand === null ? null : words(method.brand)],
    ['Last digits', method.card?.last4],
    ['Expires', expiryOf(method)],
    [
      'Customer',
      <Link key="customer" href={`/payments?customer=${method.customerId}`} className="text-accent underline">
        <Code>{method.customerId}</Code>
      </Link>,
    ],
    [
      'Agreed with',
      <Link key="payment" href={`/payments/${method.paymentId}`} className="text-accent underline">
        <Code>{method.paymentId}</Code>
      </Link>,
    ],
    ['Agreed', <Time key="agreed" at={method.consentedAt} seconds />],
    [
      'Metadata',
      metadata.length === 0 ? null : metadata.map(([name, value]) => `${name}: ${value}`).join(', '),
    ],
  ]
}

'use client'

import Link from 'next/link'
import type { OneRouter, Subscription, SubscriptionStatus } from 'onerouter'
import { type FormEvent, useCallback, useState } from 'react'
import { PAYMENT_PROVIDERS, PROVIDER_NAMES, providerOptions } from '../payments/provider-names.ts'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { optionsOf, since } from '../ui/choices.ts'
import { Dialog } from '../ui/dialog.tsx'
import { useAction } from '../ui/feedback.tsx'
import { Field, Select } from '../ui/field.tsx'
import type { Filter, Filters } from '../ui/filter-bar.tsx'
import { choice, given, textOf } from '../ui/given.ts'
import { ListPage, type ListQuery } from '../ui/list-page.tsx'
import type { Column } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import { usePolled } from '../ui/use-polled.ts'
import { SubscriptionBadge } from './subscription-badge.tsx'

const STATUSES: readonly SubscriptionStatus[] = [
  'created',
  'pending_approval',
  'trialing',
  'active',
  'past_due',
  'paused',
  'canceled',
  'completed',
  'expired',
]
const FILTERS: readonly Filter[] = [
  { name: 'status', label: 'Status', options: optionsOf(STATUSES) },
  { name: 'provider', label: 'Provider', options: providerOptions(PAYMENT_PROVIDERS) },
  { name: 'plan', label: 'Plan' },
  { name: 'customer', label: 'Customer' },
  { name: 'since', label: 'Since', type: 'date' },
]
const COLUMNS: readonly Column<Subscription>[] = [
  {
    heading: 'Subscription',
    cell: ({ id, customer }) => (
      <Link
        href={`/subscriptions/${id}`}
        prefetch={false}
        className="wrap-anywhere font-medium hover:underline"
      >
        {customer?.name ?? customer?.email ?? id}
      </Link>
    ),
  },
  { heading: 'Status', cell: ({ status }) => <SubscriptionBadge status={status} /> },
  { heading: 'Provider', wide: true, cell: ({ provider }) => PROVIDER_NAMES[provider] },
  { heading: 'Paid', wide: true, right: true, cell: ({ paidCount }) => paidCount },
  {
    heading: 'Next charge',
    cell: ({ nextChargeAt }) => (nextChargeAt === null ? '–' : <Time at={nextChargeAt} />),
  },
]
const TOPICS = ['subscription.'] as const
const load = (client: OneRouter, query: ListQuery, filters: Filters) =>
  client.subscriptions.list({
    ...query,
    ...given({
      status: choice(STATUSES, filters['status']),
      provider: choice(PAYMENT_PROVIDERS, filters['provider']),
      planId: filters['plan'],
      customer: filters['customer'],
      created: since(filters['since']),
    }),
  })

export function SubscriptionsPage() {
  const [making, setMaking] = useState(false)
  const [version, setVersion] = useState(0)
  return (
    <>
      <ListPage
        title="Subscriptions"
        text="Payers who are charged again and again, by the provider that keeps their mandate."
        columns={COLUMNS}
        topics={TOPICS}
        filters={FILTERS}
        load={load}
        version={version}
        empty={{ title: 'No subscriptions yet', text: 'Make a plan first, then subscribe somebody to it.' }}
        action={
          <button type="button" className={buttonStyle('main')} onClick={() => setMaking(true)}>
            New subscription
          </button>
        }
      />
      <Dialog open={making} onClose={() => setMaking(false)} title="New subscription">
        <SubscriptionForm
          onMade={() => {
            setMaking(false)
            setVersion(version + 1)
          }}
        />
      </Dialog>
    </>
  )
}

const PLANS_SHOWN = 100

function SubscriptionForm({ onMade }: { readonly onMade: () => void }) {
  const { client, environment } = useSigned()
  const { busy, run } = useAction()
  const look = useCallback(
    () => client.plans.list({ environment, limit: PLANS_SHOWN }),
    [client, environment],
  )
  const plans = usePolled(look).value?.data
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const trial = textOf(form, 'trial')
    const params = {
      planId: textOf(form, 'plan') ?? '',
      ...given({
        provider: choice(PAYMENT_PROVIDERS, textOf(form, 'provider')),
        customer: given({ name: textOf(form, 'name'), email: textOf(form, 'email') }),
        trialDays: trial === undefined ? undefined : Number.parseInt(trial, 10),
      }),
    }
    if (await run(() => client.subscriptions.create(params), 'The subscription waits for its payer.'))
      onMade()
  }
  return (
    <form onSubmit={submit} className="-mt-4">
      <Select
        label="Plan"
        name="plan"
        required
        options={(plans ?? []).map(({ id, name, amount, currency }) => [
          id,
          `${name}, ${amount} ${currency}`,
        ])}
        hint={plans?.length === 0 ? 'There is no plan yet: make one first.' : undefined}
      />
      <Select
        label="Provider"
        name="provider"
        options={[['', 'By routing'], ...providerOptions(PAYMENT_PROVIDERS)]}
      />
      <div className="grid gap-x-4 sm:grid-cols-2">
        <Field label="Customer’s name" name="name" />
        <Field label="Customer’s e-mail" name="email" type="email" />
      </div>
      <Field label="Days of trial" name="trial" type="number" min={0} />
      <button
        type="submit"
        disabled={busy || (plans ?? []).length === 0}
        className={`mt-5 w-full ${buttonStyle('main')}`}
      >
        {busy ? 'Creating…' : 'Create the subscription'}
      </button>
    </form>
  )
}

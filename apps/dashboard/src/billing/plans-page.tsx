'use client'

import type { OneRouter, Plan } from 'onerouter'
import { type FormEvent, useState } from 'react'
import { Money } from '../payments/money.tsx'
import { PAYMENT_PROVIDERS, PROVIDER_NAMES, providerOptions } from '../payments/provider-names.ts'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { optionsOf } from '../ui/choices.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Code, Facts } from '../ui/facts.tsx'
import { useAction } from '../ui/feedback.tsx'
import { Field, Select } from '../ui/field.tsx'
import type { Filter, Filters } from '../ui/filter-bar.tsx'
import { choice, given, textOf } from '../ui/given.ts'
import { ListPage, type ListQuery } from '../ui/list-page.tsx'
import type { Column } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'

const INTERVALS = ['day', 'week', 'month', 'year'] as const
const FILTERS: readonly Filter[] = [{ name: 'currency', label: 'Currency' }]
const rhythm = ({ interval, intervalCount }: Plan) =>
  intervalCount === 1 ? `every ${interval}` : `every ${intervalCount} ${interval}s`
const COLUMNS: readonly Column<Plan>[] = [
  { heading: 'Name', cell: ({ name }) => name },
  { heading: 'Price', cell: ({ amount, currency }) => <Money amount={amount} currency={currency} /> },
  { heading: 'Charged', cell: rhythm },
  {
    heading: 'Provider',
    wide: true,
    cell: ({ provider }) => (provider === null ? 'any' : PROVIDER_NAMES[provider]),
  },
  { heading: 'Created', wide: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
]
const load = (client: OneRouter, query: ListQuery, filters: Filters) =>
  client.plans.list({ ...query, ...given({ currency: filters['currency']?.toUpperCase() }) })

export function PlansPage() {
  const [making, setMaking] = useState(false)
  const [version, setVersion] = useState(0)
  return (
    <>
      <ListPage
        title="Plans"
        text="What is charged, and how often. A plan never changes: for another price, make another plan."
        columns={COLUMNS}
        filters={FILTERS}
        load={load}
        version={version}
        empty={{ title: 'No plans yet', text: 'A subscription needs one.' }}
        action={
          <button type="button" className={buttonStyle('main')} onClick={() => setMaking(true)}>
            New plan
          </button>
        }
        detailTitle={({ name }) => name}
        detail={(plan) => (
          <Facts
            facts={[
              ['Id', <Code key="id">{plan.id}</Code>],
              ['Price', <Money key="price" amount={plan.amount} currency={plan.currency} />],
              ['Charged', rhythm(plan)],
              ['Description', plan.description],
              ...plan.providerPlans.map(
                ({ provider, status, providerPlanId }) =>
                  [PROVIDER_NAMES[provider], providerPlanId ?? status] as const,
              ),
              ['Created', <Time key="created" at={plan.createdAt} seconds />],
            ]}
          />
        )}
      />
      <Dialog open={making} onClose={() => setMaking(false)} title="New plan">
        <PlanForm
          onMade={() => {
            setMaking(false)
            setVersion(version + 1)
          }}
        />
      </Dialog>
    </>
  )
}

function PlanForm({ onMade }: { readonly onMade: () => void }) {
  const { client, environment } = useSigned()
  const { busy, run } = useAction()
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const params = {
      name: textOf(form, 'name') ?? '',
      amount: textOf(form, 'amount') ?? '',
      currency: textOf(form, 'currency') ?? '',
      interval: choice(INTERVALS, textOf(form, 'interval')) ?? 'month',
      intervalCount: Number.parseInt(textOf(form, 'count') ?? '1', 10),
      environment,
      ...given({ provider: choice(PAYMENT_PROVIDERS, textOf(form, 'provider')) }),
    }
    if (await run(() => client.plans.create(params), 'The plan is ready.')) onMade()
  }
  return (
    <form onSubmit={submit} className="-mt-4">
      <Field label="Name" name="name" maxLength={100} required />
      <div className="grid grid-cols-2 gap-x-4">
        <Field label="Price" name="amount" inputMode="decimal" required />
        <Field label="Currency" name="currency" defaultValue="USD" maxLength={3} required />
        <Field label="Every" name="count" type="number" min={1} defaultValue={1} required />
        <Select label="Interval" name="interval" defaultValue="month" options={optionsOf(INTERVALS)} />
      </div>
      <Select
        label="Provider"
        name="provider"
        options={[['', 'Any that can'], ...providerOptions(PAYMENT_PROVIDERS)]}
      />
      <button type="submit" disabled={busy} className={`mt-5 w-full ${buttonStyle('main')}`}>
        {busy ? 'Creating…' : 'Create the plan'}
      </button>
    </form>
  )
}

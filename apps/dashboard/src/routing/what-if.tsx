'use client'

import type { RoutingSimulation } from 'onerouter'
import { Money } from '../payments/money.tsx'
import { PROVIDER_NAMES } from '../payments/provider-names.ts'
import { Card } from '../ui/card.tsx'
import { Table } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'

const percent = (rate: number | null): string =>
  rate === null
    ? 'too little observed'
    : new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 }).format(rate)
const sample = (size: number | null): string => (size === null ? '–' : `${size} and more`)

/** What other rules would have done with the last month's payments, beside what happened. */
export function WhatIf({ simulation }: { readonly simulation: RoutingSimulation }) {
  const { payments, changed, unroutable, requested, from, to, complete, note } = simulation
  return (
    <Card title="What would change">
      <div className="px-4 py-4 sm:px-5">
        <p className="text-lg font-semibold">
          {changed} of {payments} payments would have gone elsewhere.
        </p>
        <p className="mt-1 text-sm text-muted">
          From <Time at={from} /> to <Time at={to} />
          {complete ? '' : ', the newest of them'}. {requested} named their provider, which no rule moves;{' '}
          {unroutable} nobody would have taken.
        </p>
      </div>
      <Moved simulation={simulation} />
      <Estimates simulation={simulation} />
      <p className="border-t border-line px-4 py-3 text-sm text-muted sm:px-5">{note}</p>
    </Card>
  )
}

type Shown = { readonly simulation: RoutingSimulation }

function Moved({ simulation }: Shown) {
  const moved = simulation.providers.map((one) => ({ id: one.provider, ...one }))
  return (
    <>
      <Table
        label="Payments by provider"
        rows={moved}
        columns={[
          { heading: 'Provider', cell: ({ provider }) => PROVIDER_NAMES[provider] },
          { heading: 'As they went', right: true, cell: ({ before }) => before },
          { heading: 'By these rules', right: true, cell: ({ after }) => after },
          {
            heading: 'Difference',
            right: true,
            cell: ({ before, after }) => `${after > before ? '+' : ''}${after - before}`,
          },
        ]}
      />
      {simulation.rules.length > 0 && (
        <Table
          label="Payments by rule"
          rows={simulation.rules.map((one) => ({ id: one.name, ...one }))}
          columns={[
            { heading: 'Decided by', cell: ({ name }) => <span className="break-words">{name}</span> },
            { heading: 'Payments', right: true, cell: (one) => one.payments },
          ]}
        />
      )}
    </>
  )
}

function Estimates({ simulation: { success, costs } }: Shown) {
  return (
    <>
      <Table
        label="Estimated success"
        rows={[
          { id: 'As they went', ...success.before },
          { id: 'By these rules', ...success.after },
        ]}
        columns={[
          { heading: 'Estimated success', cell: ({ id }) => id },
          { heading: 'Rate', right: true, cell: ({ rate }) => percent(rate) },
          { heading: 'Payments', right: true, wide: true, cell: (one) => one.payments },
          { heading: 'Samples', right: true, wide: true, cell: (one) => sample(one.smallestSample) },
        ]}
      />
      {costs.length > 0 && (
        <Table
          label="Estimated fees by currency"
          rows={costs.map((one) => ({ id: one.currency, ...one }))}
          columns={[
            { heading: 'Estimated fees', cell: ({ currency }) => currency },
            {
              heading: 'As they went',
              right: true,
              cell: ({ before, currency }) => <Money amount={before} currency={currency} />,
            },
            {
              heading: 'By these rules',
              right: true,
              cell: ({ after, currency }) => <Money amount={after} currency={currency} />,
            },
            { heading: 'Payments', right: true, wide: true, cell: (one) => one.payments },
            { heading: 'Samples', right: true, wide: true, cell: (one) => sample(one.smallestSample) },
          ]}
        />
      )}
    </>
  )
}

'use client'

import Link from 'next/link'
import type { OneRouter, Payment, PaymentStatus } from 'onerouter'
import { useState } from 'react'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { optionsOf, since } from '../ui/choices.ts'
import { Dialog } from '../ui/dialog.tsx'
import type { Filter, Filters } from '../ui/filter-bar.tsx'
import { choice, given } from '../ui/given.ts'
import { ListPage, type ListQuery } from '../ui/list-page.tsx'
import type { Column } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import { Money } from './money.tsx'
import { NewPayment } from './new-payment.tsx'
import { PAYMENT_PROVIDERS, PROVIDER_NAMES, providerOptions } from './provider-names.ts'
import { StatusBadge } from './status-badge.tsx'

const STATUSES: readonly PaymentStatus[] = [
  'created',
  'requires_action',
  'processing',
  'authorized',
  'succeeded',
  'failed',
  'canceled',
  'expired',
]
const FILTERS: readonly Filter[] = [
  { name: 'status', label: 'Status', options: optionsOf(STATUSES) },
  { name: 'provider', label: 'Provider', options: providerOptions(PAYMENT_PROVIDERS) },
  { name: 'currency', label: 'Currency' },
  { name: 'receipt', label: 'Receipt' },
  { name: 'customer', label: 'Customer' },
  { name: 'since', label: 'Since', type: 'date' },
]
export const PAYMENT_COLUMNS: readonly Column<Payment>[] = [
  {
    heading: 'Amount',
    cell: (payment) => (
      <Link href={`/payments/${payment.id}`} prefetch={false} className="font-medium hover:underline">
        <Money amount={payment.amount} currency={payment.currency} />
      </Link>
    ),
  },
  { heading: 'Status', cell: ({ status }) => <StatusBadge status={status} /> },
  { heading: 'Provider', cell: ({ provider }) => PROVIDER_NAMES[provider], wide: true },
  {
    heading: 'Description',
    wide: true,
    cell: ({ description, receipt }) => (
      <span className="block max-w-60 truncate text-muted">{description ?? receipt ?? '–'}</span>
    ),
  },
  {
    heading: 'Refunded',
    wide: true,
    right: true,
    cell: ({ amountRefunded, amountRefundedMinor, currency }) =>
      amountRefundedMinor === 0 ? (
        <span className="text-muted">–</span>
      ) : (
        <Money amount={amountRefunded} currency={currency} />
      ),
  },
  { heading: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
]

const TOPICS = ['payment.', 'refund.'] as const
const load = (client: OneRouter, query: ListQuery, filters: Filters) =>
  client.payments.list({
    ...query,
    ...given({
      status: choice(STATUSES, filters['status']),
      provider: choice(PAYMENT_PROVIDERS, filters['provider']),
      currency: filters['currency']?.toUpperCase(),
      receipt: filters['receipt'],
      customer: filters['customer'],
      created: since(filters['since']),
    }),
  })

export function PaymentsPage() {
  const { environment } = useSigned()
  const [making, setMaking] = useState(false)
  const [version, setVersion] = useState(0)
  return (
    <>
      <ListPage
        title="Payments"
        text="Every payment through every provider. The list updates by itself."
        columns={PAYMENT_COLUMNS}
        topics={TOPICS}
        filters={FILTERS}
        load={load}
        version={version}
        empty={{
          title: environment === 'test' ? 'No payments yet' : 'No live payments yet',
          text:
            environment === 'test'
              ? 'Create one here, or with the curl line that npm start prints.'
              : 'They appear here with the first request under a live key.',
        }}
        action={
          environment === 'test' && (
            <button type="button" className={buttonStyle('main')} onClick={() => setMaking(true)}>
              New test payment
            </button>
          )
        }
      />
      <Dialog open={making} onClose={() => setMaking(false)} title="New test payment">
        <NewPayment onCreated={() => setVersion(version + 1)} />
      </Dialog>
    </>
  )
}

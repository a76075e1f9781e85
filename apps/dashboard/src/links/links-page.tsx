'use client'

import type { OneRouter, PaymentLink, PaymentLinkStatus } from 'onerouter'
import { useState } from 'react'
import { Money } from '../payments/money.tsx'
import { PAYMENT_PROVIDERS, PROVIDER_NAMES } from '../payments/provider-names.ts'
import { Badge, type Tone, words } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { optionsOf, since } from '../ui/choices.ts'
import { Dialog } from '../ui/dialog.tsx'
import type { Filter, Filters } from '../ui/filter-bar.tsx'
import { choice, given } from '../ui/given.ts'
import { ListPage, type ListQuery } from '../ui/list-page.tsx'
import type { Column } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import { LinkDetail } from './link-detail.tsx'
import { NewLink } from './new-link.tsx'

const TONES = {
  active: 'good',
  paid: 'good',
  expired: 'calm',
  deactivated: 'calm',
} as const satisfies Record<PaymentLinkStatus, Tone>
const STATUSES: readonly PaymentLinkStatus[] = ['active', 'paid', 'expired', 'deactivated']
const FILTERS: readonly Filter[] = [
  { name: 'status', label: 'Status', options: optionsOf(STATUSES) },
  { name: 'since', label: 'Since', type: 'date' },
]
const COLUMNS: readonly Column<PaymentLink>[] = [
  { heading: 'Amount', cell: ({ amount, currency }) => <Money amount={amount} currency={currency} /> },
  { heading: 'Status', cell: ({ status }) => <Badge tone={TONES[status]}>{words(status)}</Badge> },
  {
    heading: 'For',
    wide: true,
    cell: ({ description }) => <span className="block max-w-60 truncate">{description ?? '–'}</span>,
  },
  {
    heading: 'Provider',
    wide: true,
    cell: ({ provider }) => (provider === null ? 'By routing' : PROVIDER_NAMES[provider]),
  },
  { heading: 'Clicks', wide: true, right: true, cell: ({ clicks }) => clicks },
  { heading: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
]
const TOPICS = ['payment_link.'] as const
const load = (client: OneRouter, query: ListQuery, filters: Filters) =>
  client.paymentLinks.list({
    ...query,
    ...given({ status: choice(STATUSES, filters['status']), created: since(filters['since']) }),
  })

export function LinksPage() {
  const [making, setMaking] = useState(false)
  const [version, setVersion] = useState(0)
  return (
    <>
      <ListPage
        title="Payment links"
        text="Addresses that ask for an amount: to be sent, printed, or shown as a QR code."
        columns={COLUMNS}
        topics={TOPICS}
        filters={FILTERS}
        load={load}
        version={version}
        empty={{ title: 'No payment links yet', text: 'Create one, and whoever opens it can pay.' }}
        action={
          <button type="button" className={buttonStyle('main')} onClick={() => setMaking(true)}>
            New payment link
          </button>
        }
        detailTitle={({ amount, currency }) => `Link for ${amount} ${currency}`}
        detail={(link, refresh) => <LinkDetail link={link} onDone={refresh} />}
      />
      <Dialog open={making} onClose={() => setMaking(false)} title="New payment link">
        <NewLink
          providers={PAYMENT_PROVIDERS}
          onCreated={() => {
            setMaking(false)
            setVersion(version + 1)
          }}
        />
      </Dialog>
    </>
  )
}

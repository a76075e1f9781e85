'use client'

import Link from 'next/link'
import type { Payment } from 'onerouter'
import { type ReactNode, useCallback } from 'react'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Notice } from '../ui/notice.tsx'
import { Time } from '../ui/time.tsx'
import { usePolled } from '../ui/use-polled.ts'
import { Money } from './money.tsx'
import { PaymentTimeline } from './payment-timeline.tsx'
import { PROVIDER_NAMES } from './provider-names.ts'
import { StatusBadge } from './status-badge.tsx'

/** One payment: how it stands, and everything that happened to it. */
export function PaymentDetail({ id }: { readonly id: string }) {
  const { client } = useSigned()
  const load = useCallback(async () => {
    const [payment, timeline] = await Promise.all([client.payments.get(id), client.payments.timeline(id)])
    return { payment, timeline: timeline.data }
  }, [client, id])
  const { value, problem } = usePolled(load)
  return (
    <>
      <Link href="/" className="text-sm font-medium text-accent hover:underline">
        ← Payments
      </Link>
      {problem !== null && <Notice kind="bad">{problem}</Notice>}
      {value === null && problem === null && (
        <p role="status" className="mt-6 text-muted">
          Loading…
        </p>
      )}
      {value !== null && (
        <>
          <Heading payment={value.payment} />
          <div className="mt-6 grid gap-6 lg:grid-cols-[minmax(0,1fr)_26rem]">
            <div className="order-2 min-w-0 lg:order-1">
              <Card title="Timeline">
                <PaymentTimeline entries={value.timeline} />
              </Card>
            </div>
            <div className="order-1 min-w-0 lg:order-2">
              <Card title="Details">
                <Facts payment={value.payment} />
              </Card>
            </div>
          </div>
        </>
      )}
    </>
  )
}

function Heading({ payment }: { readonly payment: Payment }) {
  const payable = payment.checkoutUrl !== null && payment.status === 'requires_action'
  return (
    <div className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-3">
      <h1 className="text-2xl font-semibold">
        <Money amount={payment.amount} currency={payment.currency} />
      </h1>
      <StatusBadge status={payment.status} />
      {payable && payment.checkoutUrl !== null && (
        <a
          href={payment.checkoutUrl}
          target="_blank"
          rel="noreferrer"
          className={`ml-auto ${buttonStyle('main')}`}
        >
          Open checkout<span className="sr-only"> (opens in a new tab)</span> ↗
        </a>
      )}
    </div>
  )
}

function Facts({ payment }: { readonly payment: Payment }) {
  const { currency, failure, fees } = payment
  const money = (amount: string) => <Money amount={amount} currency={currency} />
  const facts: readonly (readonly [string, ReactNode])[] = [
    ['Id', <Code key="id">{payment.id}</Code>],
    ['Environment', payment.environment],
    ['Provider', PROVIDER_NAMES[payment.provider]],
    ['Method', payment.method],
    ['Captured', money(payment.amountCaptured)],
    ['Refunded', money(payment.amountRefunded)],
    ['Fees', fees === null ? null : <Money key="fees" amount={fees.amount} currency={fees.currency} />],
    ['Failure', failure === null ? null : `${failure.message} (${failure.code})`],
    ['Capture', payment.capture],
    ['Receipt', payment.receipt],
    ['Description', payment.description],
    ['Customer', payment.customer?.email ?? payment.customer?.name],
    ['Provider order', payment.providerOrderId && <Code key="order">{payment.providerOrderId}</Code>],
    ['Provider payment', payment.providerPaymentId && <Code key="payment">{payment.providerPaymentId}</Code>],
    ['Created', <Time key="created" at={payment.createdAt} seconds />],
    ['Updated', <Time key="updated" at={payment.updatedAt} seconds />],
  ]
  return (
    <dl className="grid grid-cols-[8rem_minmax(0,1fr)] gap-y-2.5 px-4 py-4 text-sm sm:px-5">
      {facts.map(([name, value]) =>
        value === null || value === undefined ? null : (
          <div key={name} className="contents">
            <dt className="text-muted">{name}</dt>
            <dd className="break-words">{value}</dd>
          </div>
        ),
      )}
    </dl>
  )
}

function Code({ children }: { readonly children: ReactNode }) {
  return <code className="break-all font-mono text-xs">{children}</code>
}

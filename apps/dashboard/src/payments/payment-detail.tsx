'use client'

import Link from 'next/link'
import type { Payment, Refund } from 'onerouter'
import { useCallback } from 'react'
import { RefundBadge } from '../refunds/refund-badge.tsx'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Code, type Fact, Facts } from '../ui/facts.tsx'
import { webPage } from '../ui/safe-link.ts'
import { Failed, Loading } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { usePolled } from '../ui/use-polled.ts'
import { Money } from './money.tsx'
import { PaymentActions, Simulate } from './payment-actions.tsx'
import { PaymentRouting } from './payment-routing.tsx'
import { PaymentTimeline } from './payment-timeline.tsx'
import { PROVIDER_NAMES } from './provider-names.ts'
import { StatusBadge } from './status-badge.tsx'

const TOPICS = ['payment.', 'refund.', 'dispute.'] as const

/** One payment: how it stands, what can be done, and, as soon as it is known, everything that happened to it. */
export function PaymentDetail({ id }: { readonly id: string }) {
  const { client, environment } = useSigned()
  const load = useCallback(async () => {
    const [payment, providers] = await Promise.all([client.payments.get(id), client.providers.list()])
    return { payment, able: providers.data.find(({ name }) => name === payment.provider)?.capabilities }
  }, [client, id])
  const lookBack = useCallback(async () => {
    const [timeline, refunds, routing] = await Promise.all([
      client.payments.timeline(id),
      client.refunds.list({ paymentId: id, environment }),
      client.payments.routing(id),
    ])
    return { timeline: timeline.data, refunds: refunds.data, routing }
  }, [client, environment, id])
  const { value, problem, refresh } = usePolled(load, { topics: TOPICS })
  const past = usePolled(lookBack, { topics: TOPICS })
  const lookAgain = () => {
    refresh()
    past.refresh()
  }
  return (
    <>
      <Link href="/payments" prefetch={false} className="text-sm font-medium text-accent hover:underline">
        ← Payments
      </Link>
      {value === null && <h1 className="sr-only">Payment</h1>}
      {problem !== null && <Failed problem={problem} onRetry={refresh} />}
      {value === null && problem === null && <Loading />}
      {value !== null && (
        <>
          <Heading payment={value.payment} />
          <div className="mt-4">
            <PaymentActions payment={value.payment} able={value.able} onDone={lookAgain} />
          </div>
          <div className="mt-6 grid gap-6 xl:grid-cols-[minmax(0,1fr)_26rem]">
            <div className="order-2 grid min-w-0 content-start gap-6 xl:order-1">
              <Card title="Timeline">
                {past.problem !== null && <Failed problem={past.problem} onRetry={past.refresh} />}
                {past.value === null && past.problem === null && <Loading />}
                {past.value !== null && <PaymentTimeline entries={past.value.timeline} />}
              </Card>
            </div>
            <div className="order-1 grid min-w-0 content-start gap-6 xl:order-2">
              <Card title="Details">
                <div className="px-4 py-4 sm:px-5">
                  <Facts facts={factsOf(value.payment)} />
                </div>
              </Card>
              {past.value !== null && past.value.refunds.length > 0 && (
                <RefundsOf refunds={past.value.refunds} />
              )}
              {past.value !== null && <PaymentRouting routing={past.value.routing} />}
              {value.payment.environment === 'test' && (
                <PlayThePayer payment={value.payment} onDone={lookAgain} />
              )}
            </div>
          </div>
        </>
      )}
    </>
  )
}

function PlayThePayer({ payment, onDone }: { readonly payment: Payment; readonly onDone: () => void }) {
  return (
    <Card title="Play the payer">
      <div className="px-4 py-4 sm:px-5">
        <p className="mb-3 text-sm text-muted">
          On the sandbox, without a browser: the provider tells OneRouter as a real one would.
        </p>
        <Simulate payment={payment} onDone={onDone} />
      </div>
    </Card>
  )
}

function Heading({ payment }: { readonly payment: Payment }) {
  const checkout = payment.status === 'requires_action' ? webPage(payment.checkoutUrl) : undefined
  return (
    <div className="mt-3 flex flex-wrap items-center gap-x-4 gap-y-3">
      <h1 className="text-2xl font-semibold">
        <Money amount={payment.amount} currency={payment.currency} />
      </h1>
      <StatusBadge status={payment.status} />
      {checkout !== undefined && (
        <a href={checkout} target="_blank" rel="noreferrer" className={`ml-auto ${buttonStyle('main')}`}>
          Open checkout<span className="sr-only"> (opens in a new tab)</span> ↗
        </a>
      )}
    </div>
  )
}

function RefundsOf({ refunds }: { readonly refunds: readonly Refund[] }) {
  return (
    <Card title="Refunds">
      <ul className="divide-y divide-line text-sm">
        {refunds.map((refund) => (
          <li key={refund.id} className="flex flex-wrap items-center gap-3 px-4 py-3 sm:px-5">
            <Money amount={refund.amount} currency={refund.currency} />
            <RefundBadge status={refund.status} />
            <span className="ml-auto text-xs text-muted">
              <Time at={refund.createdAt} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function factsOf(payment: Payment): readonly Fact[] {
  const { currency, failure, fees } = payment
  const money = (amount: string) => <Money amount={amount} currency={currency} />
  const metadata = Object.entries(payment.metadata)
  return [
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
    [
      'Metadata',
      metadata.length === 0 ? null : metadata.map(([name, value]) => `${name}: ${value}`).join(', '),
    ],
    ['Provider order', payment.providerOrderId && <Code key="order">{payment.providerOrderId}</Code>],
    ['Provider payment', payment.providerPaymentId && <Code key="payment">{payment.providerPaymentId}</Code>],
    ['Created', <Time key="created" at={payment.createdAt} seconds />],
    ['Updated', <Time key="updated" at={payment.updatedAt} seconds />],
  ]
}

'use client'

import Link from 'next/link'
import type { Subscription, SubscriptionCharge, SubscriptionSimulation } from 'onerouter'
import { useCallback } from 'react'
import { Money } from '../payments/money.tsx'
import { PROVIDER_NAMES } from '../payments/provider-names.ts'
import { useSigned } from '../session/signed-in.tsx'
import { Badge, words } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Code, type Fact, Facts } from '../ui/facts.tsx'
import { useAction, useFeedback } from '../ui/feedback.tsx'
import { webPage } from '../ui/safe-link.ts'
import { Empty, Failed, Loading } from '../ui/states.tsx'
import { type Column, Table } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import { usePolled } from '../ui/use-polled.ts'
import { SubscriptionBadge } from './subscription-badge.tsx'

const TOPICS = ['subscription.'] as const

export function SubscriptionDetail({ id }: { readonly id: string }) {
  const { client } = useSigned()
  const load = useCallback(async () => {
    const [subscription, charges] = await Promise.all([
      client.subscriptions.get(id),
      client.subscriptions.charges(id),
    ])
    return { subscription, charges: charges.data }
  }, [client, id])
  const { value, problem, refresh } = usePolled(load, { topics: TOPICS })
  return (
    <>
      <Link
        href="/subscriptions"
        prefetch={false}
        className="text-sm font-medium text-accent hover:underline"
      >
        ← Subscriptions
      </Link>
      {problem !== null && <Failed problem={problem} onRetry={refresh} />}
      {value === null && <h1 className="sr-only">Subscription</h1>}
      {value === null && problem === null && <Loading />}
      {value !== null && (
        <>
          <div className="mb-4 mt-3 flex flex-wrap items-center gap-4">
            <h1 className="break-all text-xl font-semibold">
              {value.subscription.customer?.name ?? value.subscription.customer?.email ?? id}
            </h1>
            <SubscriptionBadge status={value.subscription.status} />
          </div>
          <Actions subscription={value.subscription} onDone={refresh} />
          <div className="mt-6 grid gap-6 xl:grid-cols-[minmax(0,1fr)_26rem]">
            <Card title="Charges">
              <Charges charges={value.charges} />
            </Card>
            <Card title="Details">
              <div className="px-4 py-4 sm:px-5">
                <Facts facts={factsOf(value.subscription)} />
              </div>
            </Card>
          </div>
        </>
      )}
    </>
  )
}

const CHARGE_TONES = { pending: 'wait', succeeded: 'good', failed: 'bad' } as const
const COLUMNS: readonly Column<SubscriptionCharge>[] = [
  { heading: 'Amount', cell: ({ amount, currency }) => <Money amount={amount} currency={currency} /> },
  { heading: 'Status', cell: ({ status }) => <Badge tone={CHARGE_TONES[status]}>{words(status)}</Badge> },
  { heading: 'Attempts', wide: true, right: true, cell: ({ attempts }) => attempts },
  { heading: 'Charged', cell: ({ chargedAt }) => <Time at={chargedAt} /> },
]

function Charges({ charges }: { readonly charges: readonly SubscriptionCharge[] }) {
  if (charges.length === 0) return <Empty title="Not charged yet" />
  return <Table label="Charges" columns={COLUMNS} rows={charges} />
}

const ENDED: readonly Subscription['status'][] = ['canceled', 'completed', 'expired']
const SIMULATIONS: readonly (readonly [SubscriptionSimulation, string])[] = [
  ['approve', 'The payer approves'],
  ['renew', 'A period passes'],
  ['fail_renewal', 'A renewal fails'],
]

interface ActionsProps {
  readonly subscription: Subscription
  readonly onDone: () => void
}

function Actions({ subscription, onDone }: ActionsProps) {
  const { client } = useSigned()
  const { busy, run } = useAction()
  const { id, status } = subscription
  const approval = webPage(subscription.approvalUrl)
  const act = (label: string, work: () => Promise<unknown>, done: string) => (
    <button
      type="button"
      disabled={busy}
      className={buttonStyle('plain')}
      onClick={() => run(work, done).then(onDone)}
    >
      {label}
    </button>
  )
  return (
    <div className="flex flex-wrap gap-2">
      {approval !== undefined && status === 'pending_approval' && (
        <a href={approval} target="_blank" rel="noreferrer" className={buttonStyle('main')}>
          Open approval<span className="sr-only"> (opens in a new tab)</span> ↗
        </a>
      )}
      {status === 'paused' && act('Resume', () => client.subscriptions.resume(id), 'Resumed.')}
      {!ENDED.includes(status) && <Stops subscription={subscription} onDone={onDone} />}
      {act('Ask the provider', () => client.subscriptions.sync(id), 'Asked the provider.')}
      {subscription.environment === 'test' &&
        !ENDED.includes(status) &&
        SIMULATIONS.map(([action, label]) => (
          <span key={action}>
            {act(label, () => client.simulations.subscription(id, action), 'Done at the sandbox.')}
          </span>
        ))}
    </div>
  )
}

/** What ends charges, for a while or for good. */
function Stops({ subscription: { id, status }, onDone }: ActionsProps) {
  const { client } = useSigned()
  const { ask } = useFeedback()
  const { busy, run } = useAction()
  const cancel = async (atPeriodEnd: boolean) => {
    const sure = await ask({
      title: atPeriodEnd ? 'Cancel at the end of the period?' : 'Cancel now?',
      text: atPeriodEnd
        ? 'The payer keeps what was paid for, and is not charged again.'
        : 'It ends at once, and the payer is not charged again. Nothing is refunded by itself.',
      confirm: 'Cancel the subscription',
      danger: true,
    })
    if (sure && (await run(() => client.subscriptions.cancel(id, { atPeriodEnd }), 'Canceled.'))) onDone()
  }
  const pause = async () => {
    const sure = await ask({
      title: 'Pause this subscription?',
      text: 'The payer is not charged until it is resumed.',
      confirm: 'Pause it',
    })
    if (sure && (await run(() => client.subscriptions.pause(id), 'Paused.'))) onDone()
  }
  const stop = (label: string, kind: 'plain' | 'danger', work: () => Promise<void>) => (
    <button type="button" disabled={busy} className={buttonStyle(kind)} onClick={work}>
      {label}
    </button>
  )
  return (
    <>
      {status === 'active' && stop('Pause', 'plain', pause)}
      {stop('Cancel at period end', 'plain', () => cancel(true))}
      {stop('Cancel now', 'danger', () => cancel(false))}
    </>
  )
}

function factsOf(one: Subscription): readonly Fact[] {
  const at = (instant: string | null) => instant && <Time at={instant} />
  return [
    ['Id', <Code key="id">{one.id}</Code>],
    ['Plan', <Code key="plan">{one.planId}</Code>],
    ['Next plan', one.pendingPlanId && <Code key="next">{one.pendingPlanId}</Code>],
    ['Provider', PROVIDER_NAMES[one.provider]],
    ['There', one.providerSubscriptionId && <Code key="there">{one.providerSubscriptionId}</Code>],
    ['Quantity', one.quantity],
    ['Charged', <Money key="charged" amount={one.amountCharged} currency={one.currency} />],
    ['Refunded', <Money key="refunded" amount={one.amountRefunded} currency={one.currency} />],
    ['Periods paid', one.totalCount === null ? one.paidCount : `${one.paidCount} of ${one.totalCount}`],
    ['Period from', at(one.currentPeriodStart)],
    ['Period to', at(one.currentPeriodEnd)],
    ['Next charge', at(one.nextChargeAt)],
    ['Trial ends', at(one.trialEnd)],
    ['Ends', one.cancelAtPeriodEnd ? 'with this period' : at(one.endedAt)],
    ['Failure', one.failure && `${one.failure.message} (${one.failure.code})`],
    ['Created', at(one.createdAt)],
  ]
}

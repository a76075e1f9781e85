'use client'

import Link from 'next/link'
import { useCallback } from 'react'
import { NewPayment } from '../payments/new-payment.tsx'
import { PAYMENT_COLUMNS } from '../payments/payments-page.tsx'
import { useSigned } from '../session/signed-in.tsx'
import { Card } from '../ui/card.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { Empty, Failed, Loading } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { usePolled } from '../ui/use-polled.ts'
import { Counters } from './counters.tsx'
import { Guide } from './guide.tsx'
import { lookAround } from './look-around.ts'

const TOPICS = ['payment.', 'refund.'] as const

/** The first page: what to do next, what needs somebody, and what came in lately. */
export function Home() {
  const { client, environment } = useSigned()
  const load = useCallback(() => lookAround(client, environment), [client, environment])
  const { value, problem, refresh } = usePolled(load, { topics: TOPICS })
  return (
    <>
      <PageHeader title="Home" />
      {problem !== null && <Failed problem={problem} onRetry={refresh} />}
      {value === null && problem === null && <Loading />}
      {value !== null && (
        <div className="grid gap-6">
          <Guide steps={value.steps} />
          <Counters />
          <div className="grid gap-6 xl:grid-cols-[minmax(0,1fr)_22rem]">
            <Card
              title="Latest payments"
              action={
                <Link
                  href="/payments"
                  prefetch={false}
                  className="text-sm font-medium text-accent hover:underline"
                >
                  All payments
                </Link>
              }
            >
              {value.latest.length === 0 ? (
                <Empty title={environment === 'test' ? 'No payments yet' : 'No live payments yet'}>
                  The newest ones appear here by themselves.
                </Empty>
              ) : (
                <Table label="Latest payments" columns={PAYMENT_COLUMNS} rows={value.latest} />
              )}
            </Card>
            {environment === 'test' && (
              <Card title="Try a payment">
                <div id="try" className="scroll-mt-28 px-4 pb-5 pt-4 sm:px-5">
                  <NewPayment onCreated={refresh} />
                </div>
              </Card>
            )}
          </div>
        </div>
      )}
    </>
  )
}

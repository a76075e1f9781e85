'use client'

import { useCallback } from 'react'
import { ConnectedServices } from '../services/connected-services.tsx'
import { useSigned } from '../session/signed-in.tsx'
import { Card } from '../ui/card.tsx'
import { Notice } from '../ui/notice.tsx'
import { usePolled } from '../ui/use-polled.ts'
import { NewPayment } from './new-payment.tsx'
import { PaymentsTable } from './payments-table.tsx'

const SHOWN = 25

/** The first page: what came in lately, a payment to try, and how the account is connected. */
export function Home() {
  const { client, environment } = useSigned()
  const load = useCallback(() => client.payments.list({ limit: SHOWN, environment }), [client, environment])
  const { value: page, problem, refresh } = usePolled(load)
  return (
    <div className="grid gap-6 lg:grid-cols-[minmax(0,1fr)_18rem]">
      <h1 className="sr-only">Payments</h1>
      <div className="min-w-0">
        <Card
          title="Payments"
          action={<span className="text-xs text-muted">newest first, updates by itself</span>}
        >
          {problem !== null && (
            <div className="px-5 pb-4">
              <Notice kind="bad">{problem}</Notice>
            </div>
          )}
          <PaymentsTable payments={page?.data ?? null} environment={environment} />
        </Card>
      </div>
      <div className="grid content-start gap-6">
        {environment === 'test' && <NewPayment onCreated={refresh} />}
        <ConnectedServices />
      </div>
    </div>
  )
}

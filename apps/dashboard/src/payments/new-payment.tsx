'use client'

import type { Payment } from 'onerouter'
import { type FormEvent, useState } from 'react'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { messageOf } from '../ui/feedback.tsx'
import { Field, Select } from '../ui/field.tsx'
import { choice, given, textOf } from '../ui/given.ts'
import { Notice } from '../ui/notice.tsx'
import { webPage } from '../ui/safe-link.ts'
import { PAYMENT_PROVIDERS, PROVIDER_NAMES, providerOptions } from './provider-names.ts'

/** Creates a test payment through the API, as the SDK's users do. */
export function NewPayment({ onCreated }: { readonly onCreated: () => void }) {
  const { client } = useSigned()
  const [made, setMade] = useState<Payment | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)
  const checkout = webPage(made?.checkoutUrl ?? null)

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    setBusy(true)
    setMade(null)
    setProblem(null)
    try {
      const payment = await client.payments.create({
        amount: textOf(form, 'amount') ?? '',
        currency: textOf(form, 'currency') ?? '',
        environment: 'test',
        ...given({
          provider: choice(PAYMENT_PROVIDERS, textOf(form, 'provider')),
          capture: choice(['automatic', 'manual'] as const, textOf(form, 'capture')),
          description: textOf(form, 'description'),
        }),
      })
      setMade(payment)
      onCreated()
    } catch (error) {
      setProblem(messageOf(error))
    }
    setBusy(false)
  }

  return (
    <form onSubmit={submit} className="-mt-4">
      <div className="grid grid-cols-2 gap-x-4">
        <Field label="Amount" name="amount" inputMode="decimal" defaultValue="500.00" required />
        <Field label="Currency" name="currency" defaultValue="USD" maxLength={3} required />
        <Select
          label="Provider"
          name="provider"
          options={[['', 'By routing'], ...providerOptions(PAYMENT_PROVIDERS)]}
        />
        <Select
          label="Capture"
          name="capture"
          options={[
            ['automatic', 'Automatic'],
            ['manual', 'By hand, later'],
          ]}
        />
      </div>
      <Field label="Description" name="description" maxLength={200} defaultValue="Made in the dashboard" />
      <button type="submit" disabled={busy} className={`mt-5 w-full ${buttonStyle('main')}`}>
        {busy ? 'Creating…' : 'Create a test payment'}
      </button>
      {problem !== null && <Notice kind="bad">{problem}</Notice>}
      {made !== null && (
        <Notice kind="good">
          Created: {made.amount} {made.currency} at {PROVIDER_NAMES[made.provider]}.{' '}
          <a href={`/payments/${made.id}`} className="font-medium underline">
            Look at it
          </a>
          {checkout !== undefined && (
            <>
              {' '}
              or{' '}
              <a href={checkout} target="_blank" rel="noreferrer" className="font-medium underline">
                pay it ↗
              </a>
            </>
          )}
        </Notice>
      )}
    </form>
  )
}

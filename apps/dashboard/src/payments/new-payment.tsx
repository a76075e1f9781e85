'use client'

import type { Payment, Service } from 'onerouter'
import { type FormEvent, useId, useState } from 'react'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { inputStyle } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { PROVIDER_NAMES } from './provider-names.ts'

const PROVIDERS: readonly {
  readonly value: Service | ''
  readonly label: string
  readonly currency: string
}[] = [
  { value: '', label: 'Routing decides', currency: 'USD' },
  { value: 'stripe', label: 'Stripe', currency: 'USD' },
  { value: 'paypal', label: 'PayPal', currency: 'USD' },
  { value: 'razorpay', label: 'Razorpay', currency: 'INR' },
]

/** Creates a test payment through the API, as the SDK's users do. */
export function NewPayment({ onCreated }: { readonly onCreated: () => void }) {
  const { client } = useSigned()
  const providerId = useId()
  const [made, setMade] = useState<Payment | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const chosen = new FormData(event.currentTarget).get('provider')
    const provider = PROVIDERS.find(({ value }) => value === chosen)
    setBusy(true)
    setMade(null)
    setProblem(null)
    try {
      const payment = await client.payments.create({
        amount: '500.00',
        currency: provider?.currency ?? 'USD',
        description: 'Made in the dashboard',
        environment: 'test',
        ...(provider === undefined || provider.value === '' ? {} : { provider: provider.value }),
      })
      setMade(payment)
      onCreated()
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
    }
    setBusy(false)
  }

  return (
    <Card title="Try a payment">
      <form onSubmit={submit} className="p-4 sm:p-5">
        <label htmlFor={providerId} className="mb-1 block text-sm font-medium">
          Provider
        </label>
        <select id={providerId} name="provider" className={inputStyle}>
          {PROVIDERS.map(({ value, label }) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
        <button type="submit" disabled={busy} className={`mt-4 w-full ${buttonStyle('main')}`}>
          {busy ? 'Creating…' : 'Create a test payment'}
        </button>
        {problem !== null && <Notice kind="bad">{problem}</Notice>}
        {made !== null && (
          <Notice kind="good">
            Created: {made.amount} {made.currency} at {PROVIDER_NAMES[made.provider]}.{' '}
            {made.checkoutUrl !== null && (
              <a href={made.checkoutUrl} target="_blank" rel="noreferrer" className="font-medium underline">
                Pay it ↗
              </a>
            )}
          </Notice>
        )}
      </form>
    </Card>
  )
}

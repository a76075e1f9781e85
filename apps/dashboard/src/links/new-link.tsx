'use client'

import type { Service } from 'onerouter'
import type { FormEvent } from 'react'
import { providerOptions } from '../payments/provider-names.ts'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { useAction } from '../ui/feedback.tsx'
import { Check, Field, Select } from '../ui/field.tsx'
import { choice, given, textOf } from '../ui/given.ts'

export function NewLink({
  providers,
  onCreated,
}: {
  readonly providers: readonly Service[]
  readonly onCreated: () => void
}) {
  const { client, environment } = useSigned()
  const { busy, run } = useAction()
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const expires = textOf(form, 'expires')
    const params = {
      amount: textOf(form, 'amount') ?? '',
      currency: textOf(form, 'currency') ?? '',
      environment,
      ...given({
        description: textOf(form, 'description'),
        provider: choice(providers, textOf(form, 'provider')),
        customerEmail: textOf(form, 'email'),
        customerPhone: textOf(form, 'phone'),
        callbackUrl: textOf(form, 'callback'),
        // The field speaks of the reader's own clock.
        expiresAt: expires === undefined ? undefined : new Date(expires).toISOString(),
        reusable: form.get('reusable') === 'on' ? true : undefined,
        notify: form.get('sms') === 'on' ? { sms: true } : undefined,
      }),
    }
    if (await run(() => client.paymentLinks.create(params), 'The link is ready.')) onCreated()
  }
  return (
    <form onSubmit={submit} className="-mt-4">
      <div className="grid grid-cols-2 gap-x-4">
        <Field label="Amount" name="amount" inputMode="decimal" required />
        <Field label="Currency" name="currency" defaultValue="USD" maxLength={3} required />
      </div>
      <Field label="What it is for" name="description" maxLength={200} />
      <Select
        label="Provider"
        name="provider"
        options={[['', 'By routing'], ...providerOptions(providers)]}
      />
      <div className="grid gap-x-4 sm:grid-cols-2">
        <Field label="Payer’s e-mail" name="email" type="email" />
        <Field label="Payer’s phone" name="phone" type="tel" placeholder="+14155550100" />
      </div>
      <Field label="Expires" name="expires" type="datetime-local" />
      <Field label="Where the payer lands afterwards" name="callback" type="url" placeholder="https://" />
      <div className="mt-4">
        <Check name="reusable" label="May be paid more than once" />
        <Check name="sms" label="Send it by SMS to the payer’s phone" />
      </div>
      <button type="submit" disabled={busy} className={`mt-5 w-full ${buttonStyle('main')}`}>
        {busy ? 'Creating…' : 'Create the link'}
      </button>
    </form>
  )
}

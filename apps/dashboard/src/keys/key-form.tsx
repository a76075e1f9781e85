'use client'

import type { CreatedApiKey, Scope } from 'onerouter'
import type { FormEvent } from 'react'
import { PROVIDER_NAMES, SERVICES } from '../payments/provider-names.ts'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { useAction } from '../ui/feedback.tsx'
import { Check, Field, TextArea } from '../ui/field.tsx'
import { given, textOf } from '../ui/given.ts'

/** Every scope with whether a new key has it. The record makes a scope that is missing here a type error. */
const SCOPES = {
  'payments:read': true,
  'payments:write': true,
  'refunds:write': true,
  'customers:read': true,
  'customers:write': true,
  'subscriptions:read': true,
  'subscriptions:write': true,
  'payment_links:read': true,
  'payment_links:write': true,
  'sms:read': true,
  'sms:write': true,
  'services:read': true,
  'services:write': true,
  'webhooks:read': true,
  'webhooks:write': true,
  'analytics:read': true,
  'routing:read': true,
  'routing:write': true,
  'providers:write': false,
  'keys:read': false,
  'keys:write': false,
} as const satisfies Record<Scope, boolean>
const SCOPE_NAMES = Object.keys(SCOPES) as Scope[] // the keys of a record over all scopes

const number = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number.parseInt(text, 10)

export function KeyForm({ onMade }: { readonly onMade: (key: CreatedApiKey) => void }) {
  const { client, environment } = useSigned()
  const { busy, run } = useAction()
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const services = SERVICES.filter((service) => form.get(service) === 'on')
    const expires = textOf(form, 'expires')
    const allowed = textOf(form, 'addresses')?.split(/[\s,]+/)
    await run(async () =>
      onMade(
        await client.keys.create({
          name: textOf(form, 'name') ?? '',
          environment,
          scopes: SCOPE_NAMES.filter((scope) => form.get(scope) === 'on'),
          services: services.length === SERVICES.length ? null : services,
          ...given({
            rateLimitPerMinute: number(textOf(form, 'minute')),
            rateLimitPerDay: number(textOf(form, 'day')),
            expiresAt: expires === undefined ? undefined : new Date(expires).toISOString(),
            ipAllowlist: allowed,
          }),
        }),
      ),
    )
  }
  return (
    <form onSubmit={submit} className="-mt-4">
      <Field label="Name" name="name" maxLength={100} placeholder="Shop server" required />
      <fieldset className="mt-4">
        <legend className="mb-1 text-sm font-medium">What it may do</legend>
        <div className="grid gap-x-4 sm:grid-cols-2">
          {SCOPE_NAMES.map((scope) => (
            <Check key={scope} name={scope} label={scope} defaultChecked={SCOPES[scope]} />
          ))}
        </div>
      </fieldset>
      <fieldset className="mt-4">
        <legend className="mb-1 text-sm font-medium">Through which services</legend>
        <div className="grid grid-cols-2 gap-x-4">
          {SERVICES.map((service) => (
            <Check key={service} name={service} label={PROVIDER_NAMES[service]} defaultChecked />
          ))}
        </div>
      </fieldset>
      <div className="grid gap-x-4 sm:grid-cols-2">
        <Field label="Requests a minute" name="minute" type="number" min={1} defaultValue={60} />
        <Field label="Requests a day" name="day" type="number" min={1} defaultValue={10_000} />
      </div>
      <Field label="Expires" name="expires" type="datetime-local" />
      <TextArea
        label="Only from these addresses"
        name="addresses"
        rows={2}
        placeholder="203.0.113.7, 2001:db8::/32"
      />
      <button type="submit" disabled={busy} className={`mt-5 w-full ${buttonStyle('main')}`}>
        {busy ? 'Creating…' : 'Create the key'}
      </button>
    </form>
  )
}

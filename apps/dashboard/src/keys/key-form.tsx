'use client'

import type { ApiKey, CreatedApiKey, Scope } from 'onerouter'
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

/** What both making and changing a key say. Empty fields lift what was there: `null` is no limit. */
function settingsOf(form: FormData) {
  const services = SERVICES.filter((service) => form.get(service) === 'on')
  const expires = textOf(form, 'expires')
  return {
    name: textOf(form, 'name') ?? '',
    scopes: SCOPE_NAMES.filter((scope) => form.get(scope) === 'on'),
    services: services.length === SERVICES.length ? null : services,
    ...given({
      rateLimitPerMinute: number(textOf(form, 'minute')),
      rateLimitPerDay: number(textOf(form, 'day')),
    }),
    expiresAt: expires === undefined ? null : new Date(expires).toISOString(),
    ipAllowlist: textOf(form, 'addresses')?.split(/[\s,]+/) ?? null,
  }
}

/** Makes a key. */
export function NewKeyForm({ onMade }: { readonly onMade: (key: CreatedApiKey) => void }) {
  const { client, environment } = useSigned()
  const { busy, run } = useAction()
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const settings = settingsOf(new FormData(event.currentTarget))
    await run(async () => onMade(await client.keys.create({ ...settings, environment })))
  }
  return (
    <form onSubmit={submit} className="-mt-4">
      <Settings />
      <button type="submit" disabled={busy} className={`mt-5 w-full ${buttonStyle('main')}`}>
        {busy ? 'Creating…' : 'Create the key'}
      </button>
    </form>
  )
}

/** Changes a key; what it says holds from the key's next request on. */
export function EditKeyForm({ apiKey, onDone }: { readonly apiKey: ApiKey; readonly onDone: () => void }) {
  const { client } = useSigned()
  const { busy, run } = useAction()
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const settings = settingsOf(new FormData(event.currentTarget))
    // The field shows minutes: an end that was not touched keeps its seconds.
    const same = settings.expiresAt !== null && localTime(settings.expiresAt) === localTime(apiKey.expiresAt)
    const change = same ? { ...settings, expiresAt: apiKey.expiresAt } : settings
    if (await run(() => client.keys.update(apiKey.id, change), 'Saved.')) onDone()
  }
  return (
    <form onSubmit={submit} className="-mt-4">
      <Settings apiKey={apiKey} />
      <button type="submit" disabled={busy} className={`mt-5 w-full ${buttonStyle('main')}`}>
        {busy ? 'Saving…' : 'Save'}
      </button>
    </form>
  )
}

/** An instant as `datetime-local` fields write it: the reader's own time, to the minute. */
function localTime(instant: string | null): string {
  if (instant === null) return ''
  const at = new Date(instant)
  return new Date(at.getTime() - at.getTimezoneOffset() * MINUTE_MS).toISOString().slice(0, 16)
}
const MINUTE_MS = 60_000

function Settings({ apiKey }: { readonly apiKey?: ApiKey }) {
  return (
    <>
      <Field
        label="Name"
        name="name"
        maxLength={100}
        placeholder="Shop server"
        defaultValue={apiKey?.name}
        required
      />
      <Rights apiKey={apiKey} />
      <div className="grid gap-x-4 sm:grid-cols-2">
        <Field
          label="Requests a minute"
          name="minute"
          type="number"
          min={1}
          max={1_000_000}
          defaultValue={apiKey?.rateLimitPerMinute ?? 60}
        />
        <Field
          label="Requests a day"
          name="day"
          type="number"
          min={1}
          max={100_000_000}
          defaultValue={apiKey?.rateLimitPerDay ?? 10_000}
        />
      </div>
      <Field
        label="Expires"
        name="expires"
        type="datetime-local"
        defaultValue={localTime(apiKey?.expiresAt ?? null)}
      />
      <TextArea
        label="Only from these addresses"
        name="addresses"
        rows={2}
        placeholder="203.0.113.7, 2001:db8::/32"
        defaultValue={apiKey?.ipAllowlist?.join(', ')}
      />
    </>
  )
}

function Rights({ apiKey }: { readonly apiKey: ApiKey | undefined }) {
  return (
    <>
      <fieldset className="mt-4">
        <legend className="mb-1 text-sm font-medium">What it may do</legend>
        <div className="grid gap-x-4 sm:grid-cols-2">
          {SCOPE_NAMES.map((scope) => (
            <Check
              key={scope}
              name={scope}
              label={scope}
              defaultChecked={apiKey?.scopes.includes(scope) ?? SCOPES[scope]}
            />
          ))}
        </div>
      </fieldset>
      <fieldset className="mt-4">
        <legend className="mb-1 text-sm font-medium">Through which services</legend>
        <div className="grid grid-cols-2 gap-x-4">
          {SERVICES.map((service) => (
            <Check
              key={service}
              name={service}
              label={PROVIDER_NAMES[service]}
              defaultChecked={apiKey?.services?.includes(service) ?? true}
            />
          ))}
        </div>
      </fieldset>
    </>
  )
}

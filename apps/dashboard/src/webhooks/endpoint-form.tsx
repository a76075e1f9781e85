'use client'

import type { EventPattern, WebhookEndpointWithSecret } from 'onerouter'
import type { FormEvent } from 'react'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { useAction } from '../ui/feedback.tsx'
import { Check, Field } from '../ui/field.tsx'
import { given, textOf } from '../ui/given.ts'

const FAMILIES: readonly EventPattern[] = [
  'payment.*',
  'refund.*',
  'payment_link.*',
  'subscription.*',
  'sms.*',
  'dispute.*',
]

export function EndpointForm({ onMade }: { readonly onMade: (made: WebhookEndpointWithSecret) => void }) {
  const { client, environment } = useSigned()
  const { busy, run } = useAction()
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const events = FAMILIES.filter((family) => form.get(family) === 'on')
    await run(async () =>
      onMade(
        await client.webhooks.endpoints.create({
          url: textOf(form, 'url') ?? '',
          environment,
          events: events.length === 0 || events.length === FAMILIES.length ? ['*'] : events,
          ordered: form.get('ordered') === 'on',
          ...given({ description: textOf(form, 'description') }),
        }),
      ),
    )
  }
  return (
    <form onSubmit={submit} className="-mt-4">
      <Field
        label="Address"
        name="url"
        type="url"
        placeholder="https://shop.example.com/webhooks"
        required
        hint={environment === 'test' ? 'For tests it may be on this machine.' : 'It must be https.'}
      />
      <Field label="Description" name="description" maxLength={200} />
      <fieldset className="mt-4">
        <legend className="mb-1 text-sm font-medium">Events</legend>
        <div className="grid grid-cols-2 gap-x-4">
          {FAMILIES.map((family) => (
            <Check key={family} name={family} label={family} defaultChecked />
          ))}
        </div>
      </fieldset>
      <div className="mt-2">
        <Check name="ordered" label="One after another for each object, in order" />
      </div>
      <button type="submit" disabled={busy} className={`mt-5 w-full ${buttonStyle('main')}`}>
        {busy ? 'Adding…' : 'Add the endpoint'}
      </button>
    </form>
  )
}

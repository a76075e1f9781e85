'use client'

import type { Environment, ServiceListItem } from 'onerouter'
import { type FormEvent, useState } from 'react'
import { PROVIDER_NAMES } from '../payments/provider-names.ts'
import { within } from '../session/client.ts'
import { useSigned } from '../session/signed-in.tsx'
import { Badge } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Copyable } from '../ui/copy.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Code, Facts } from '../ui/facts.tsx'
import { useAction, useFeedback } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { textOf } from '../ui/given.ts'
import { Time } from '../ui/time.tsx'

interface Props {
  readonly service: ServiceListItem
  readonly environment: Environment
  readonly onDone: () => void
}

/** The credentials of one environment: what may be shown of them, their health, and what can be done. */
export function CredentialCard({ service, environment, onDone }: Props) {
  const { client } = useSigned()
  const { ask } = useFeedback()
  const { busy, run } = useAction()
  const [editing, setEditing] = useState(false)
  const { serviceName } = service
  const state = service.credentials[environment]
  const connectSandbox = () =>
    run(
      () =>
        client.services.saveCredentials(serviceName, { environment: 'test', sandbox: true }, within('test')),
      `${PROVIDER_NAMES[serviceName]} is connected to the sandbox.`,
    ).then(onDone)
  const remove = async () => {
    const sure = await ask({
      title: `Disconnect ${PROVIDER_NAMES[serviceName]} (${environment})?`,
      text: 'Its credentials are deleted. New payments through it fail until others are saved.',
      confirm: 'Disconnect',
      danger: true,
    })
    if (sure)
      await run(
        () => client.services.deleteCredentials(serviceName, { environment }, within(environment)),
        'Disconnected.',
      )
    onDone()
  }
  return (
    <div className="min-w-0 rounded-lg border border-line p-4">
      <div className="mb-3 flex items-center gap-3">
        <h3 className="text-sm font-semibold">{environment === 'test' ? 'Test' : 'Live'}</h3>
        <Health state={state} />
      </div>
      <Facts
        facts={[
          ['Credentials', state.hint && <Code key="hint">{state.hint}</Code>],
          ['Account', state.providerAccount],
          ['Saved', state.savedAt && <Time key="saved" at={state.savedAt} />],
          [
            'Events',
            state.configured ? (state.webhookRegistered ? 'registered by OneRouter' : 'by hand') : null,
          ],
          ['Losing from', state.webhookGivesUpAt && <Time key="gives-up" at={state.webhookGivesUpAt} />],
        ]}
      />
      {state.webhookProblem !== null && (
        <p className="mt-3 break-words text-sm text-wait">{state.webhookProblem}</p>
      )}
      {state.webhookUrl !== null && !state.webhookRegistered && (
        <div className="mt-3">
          <p className="mb-2 text-xs text-muted">
            {state.webhookInstructions ?? service.webhookInstructions}
          </p>
          <Copyable text={state.webhookUrl} label="webhook address" />
        </div>
      )}
      <div className="mt-4 flex flex-wrap gap-2">
        <button type="button" className={buttonStyle('plain')} onClick={() => setEditing(true)}>
          {state.configured ? 'Replace credentials' : 'Enter credentials'}
        </button>
        {environment === 'test' && !state.configured && (
          <button type="button" disabled={busy} className={buttonStyle('main')} onClick={connectSandbox}>
            {busy ? 'Connecting…' : 'Use the sandbox'}
          </button>
        )}
        {state.configured && (
          <button type="button" disabled={busy} className={buttonStyle('quiet')} onClick={remove}>
            Disconnect
          </button>
        )}
      </div>
      <CredentialForm
        open={editing}
        onClose={() => setEditing(false)}
        service={service}
        environment={environment}
        onDone={onDone}
      />
    </div>
  )
}

function Health({ state }: { readonly state: ServiceListItem['credentials']['test'] }) {
  if (!state.configured) return <Badge tone="calm">Not connected</Badge>
  if (state.webhookProblem !== null) return <Badge tone="wait">Needs attention</Badge>
  return <Badge tone="good">{state.sandbox ? 'Sandbox' : 'Connected'}</Badge>
}

/** Drawn from the fields that the provider's adapter names. */
function CredentialForm(props: Props & { readonly open: boolean; readonly onClose: () => void }) {
  const { service, environment } = props
  const { client } = useSigned()
  const { busy, run } = useAction()
  const name = PROVIDER_NAMES[service.serviceName]
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const credentials = Object.fromEntries(
      service.fields.flatMap((field) => {
        const value = textOf(form, field.name)
        return value === undefined ? [] : [[field.name, value]]
      }),
    )
    const save = () =>
      client.services.saveCredentials(service.serviceName, { environment, credentials }, within(environment))
    if (await run(save, `${name} accepted the credentials.`)) {
      props.onClose()
      props.onDone()
    }
  }
  return (
    <Dialog
      open={props.open}
      onClose={props.onClose}
      title={`${name}: ${environment} credentials`}
      description="They are checked with the provider, stored encrypted, and not shown again."
    >
      <form onSubmit={submit} className="-mt-4" autoComplete="off">
        {service.fields.map((field) => (
          <Field
            key={field.name}
            label={field.required ? field.label : `${field.label} (optional)`}
            name={field.name}
            type={field.secret ? 'password' : 'text'}
            autoComplete={field.secret ? 'new-password' : 'off'}
            spellCheck={false}
            required={field.required}
            hint={field.help}
          />
        ))}
        <button type="submit" disabled={busy} className={`mt-5 w-full ${buttonStyle('main')}`}>
          {busy ? 'Asking the provider…' : 'Check and save'}
        </button>
      </form>
    </Dialog>
  )
}

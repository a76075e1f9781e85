'use client'

import type { EnvImport as Imported, ImportedService } from 'onerouter'
import { type FormEvent, useState } from 'react'
import { PROVIDER_NAMES } from '../payments/provider-names.ts'
import { within } from '../session/client.ts'
import { useSigned } from '../session/signed-in.tsx'
import { Badge, type Tone, words } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useAction } from '../ui/feedback.tsx'
import { TextArea } from '../ui/field.tsx'
import { textOf } from '../ui/given.ts'

const TONES = {
  found: 'calm',
  connected: 'good',
  incomplete: 'wait',
  refused: 'bad',
} as const satisfies Record<ImportedService['status'], Tone>

/** Credentials of several providers out of one pasted file: looked at first, saved on a second press. */
export function EnvImport(props: {
  readonly open: boolean
  readonly onClose: () => void
  readonly onDone: () => void
}) {
  const { client, session } = useSigned()
  const mayLive = session.role === 'owner' || session.role === 'admin'
  const { busy, run } = useAction()
  const [found, setFound] = useState<Imported | null>(null)
  const close = () => {
    setFound(null)
    props.onClose()
  }
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const env = textOf(new FormData(event.currentTarget), 'env') ?? ''
    const looking = found === null
    await run(async () =>
      setFound(await client.services.importEnv({ env, dryRun: looking }, within(mayLive ? 'live' : 'test'))),
    )
    if (!looking) props.onDone()
  }
  return (
    <Dialog
      open={props.open}
      onClose={close}
      title="Import a .env file"
      description="Paste it: OneRouter picks the variables of its providers, shows what it found, and saves after you agree."
    >
      <form onSubmit={submit} className="-mt-4">
        <TextArea
          label="Contents"
          name="env"
          rows={7}
          required
          spellCheck={false}
          autoComplete="off"
          placeholder="STRIPE_SECRET_KEY=sk_test_…"
          onChange={() => setFound(null)}
        />
        {found !== null && <Found found={found} />}
        <button type="submit" disabled={busy} className={`mt-5 w-full ${buttonStyle('main')}`}>
          {busy ? 'One moment…' : found === null ? 'Look' : 'Check and save what was found'}
        </button>
      </form>
    </Dialog>
  )
}

function Found({ found }: { readonly found: Imported }) {
  if (found.services.length === 0) {
    return <p className="mt-4 text-sm text-muted">No variable of a provider was found.</p>
  }
  return (
    <ul className="mt-4 grid gap-3 text-sm">
      {found.services.map((service) => (
        <li
          key={`${service.serviceName}${service.environment}`}
          className="rounded-lg border border-line p-3"
        >
          <span className="mr-3 font-medium">
            {PROVIDER_NAMES[service.serviceName]}, {service.environment}
          </span>
          <Badge tone={TONES[service.status]}>{words(service.status)}</Badge>
          <p className="mt-1 break-words text-xs text-muted">{service.variables.join(', ')}</p>
          {service.missing.length > 0 && (
            <p className="mt-1 break-words text-xs text-wait">Missing: {service.missing.join(', ')}</p>
          )}
          {service.error !== null && (
            <p className="mt-1 break-words text-xs text-bad">{service.error.detail}</p>
          )}
        </li>
      ))}
    </ul>
  )
}

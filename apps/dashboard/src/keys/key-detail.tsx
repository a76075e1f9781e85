'use client'

import type { ApiKey, CreatedApiKey } from 'onerouter'
import { type FormEvent, useState } from 'react'
import { PROVIDER_NAMES } from '../payments/provider-names.ts'
import { useSigned } from '../session/signed-in.tsx'
import { Badge } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Code, Facts } from '../ui/facts.tsx'
import { useAction, useFeedback } from '../ui/feedback.tsx'
import { type Option, Select } from '../ui/field.tsx'
import { textOf } from '../ui/given.ts'
import { Time } from '../ui/time.tsx'
import { EditKeyForm } from './key-form.tsx'
import { KeyUsage } from './key-usage.tsx'

/** How long the old key goes on; the API allows up to a week. */
const OVERLAPS: readonly Option[] = [
  ['3600', 'one more hour'],
  ['86400', 'one more day'],
  ['604800', 'one more week'],
  ['0', 'not at all'],
]

export function KeyState({ apiKey: { revokedAt, expiresAt } }: { readonly apiKey: ApiKey }) {
  if (revokedAt !== null) return <Badge tone="calm">Revoked</Badge>
  if (expiresAt === null) return <Badge tone="good">Active</Badge>
  return new Date(expiresAt).getTime() <= Date.now() ? (
    <Badge tone="calm">Expired</Badge>
  ) : (
    <Badge tone="wait">Active, ends</Badge>
  )
}

export function KeyDetail({
  apiKey,
  onDone,
  onMade,
}: {
  readonly apiKey: ApiKey
  readonly onDone: () => void
  readonly onMade: (key: CreatedApiKey) => void
}) {
  const { client } = useSigned()
  const { ask } = useFeedback()
  const { busy, run } = useAction()
  const [doing, setDoing] = useState<'edit' | 'rotate' | null>(null)
  const close = () => setDoing(null)
  const revoke = async () => {
    const sure = await ask({
      title: `Revoke “${apiKey.name}”?`,
      text: 'Programs that use it are refused from their next request on. This cannot be undone.',
      confirm: 'Revoke',
      danger: true,
    })
    if (sure && (await run(() => client.keys.revoke(apiKey.id), 'Revoked.'))) onDone()
  }
  const saved = () => {
    close()
    onDone()
  }
  return (
    <div className="grid gap-5">
      <KeyFacts apiKey={apiKey} />
      <KeyUsage apiKey={apiKey} />
      {apiKey.revokedAt === null && (
        <div className="flex flex-wrap gap-2">
          <button type="button" onClick={() => setDoing('edit')} className={buttonStyle('plain')}>
            Edit
          </button>
          <button type="button" onClick={() => setDoing('rotate')} className={buttonStyle('plain')}>
            Rotate
          </button>
          <button type="button" disabled={busy} onClick={revoke} className={buttonStyle('danger')}>
            Revoke
          </button>
        </div>
      )}
      <Dialog
        open={doing === 'edit'}
        onClose={close}
        title={`Edit “${apiKey.name}”`}
        description="What you save holds from the key’s next request on."
      >
        <EditKeyForm apiKey={apiKey} onDone={saved} />
      </Dialog>
      <Dialog
        open={doing === 'rotate'}
        onClose={close}
        title={`Rotate “${apiKey.name}”`}
        description="You get a new key with the same rights, to be put where the old one is."
      >
        <RotateForm apiKey={apiKey} onMade={onMade} />
      </Dialog>
    </div>
  )
}

function KeyFacts({ apiKey }: { readonly apiKey: ApiKey }) {
  return (
    <Facts
      facts={[
        ['Id', <Code key="id">{apiKey.id}</Code>],
        ['Key', <Code key="hint">{apiKey.hint}</Code>],
        ['State', <KeyState key="state" apiKey={apiKey} />],
        ['Scopes', apiKey.scopes.join(', ')],
        ['Services', apiKey.services?.map((one) => PROVIDER_NAMES[one]).join(', ') ?? 'all'],
        ['Limits', `${apiKey.rateLimitPerMinute} a minute, ${apiKey.rateLimitPerDay} a day`],
        ['Addresses', apiKey.ipAllowlist?.join(', ') ?? 'any'],
        ['Expires', apiKey.expiresAt && <Time key="expires" at={apiKey.expiresAt} />],
        ['Revoked', apiKey.revokedAt && <Time key="revoked" at={apiKey.revokedAt} />],
        ['Last used', apiKey.lastUsedAt && <Time key="used" at={apiKey.lastUsedAt} />],
        ['Created', <Time key="created" at={apiKey.createdAt} />],
      ]}
    />
  )
}

function RotateForm({
  apiKey,
  onMade,
}: {
  readonly apiKey: ApiKey
  readonly onMade: (key: CreatedApiKey) => void
}) {
  const { client } = useSigned()
  const { busy, run } = useAction()
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const overlap = textOf(new FormData(event.currentTarget), 'overlap') ?? '0'
    const overlapSeconds = Number.parseInt(overlap, 10)
    await run(async () => onMade(await client.keys.rotate(apiKey.id, { overlapSeconds })))
  }
  return (
    <form onSubmit={submit} className="-mt-4">
      <Select label="The old key works for" name="overlap" options={OVERLAPS} />
      <button type="submit" disabled={busy} className={`mt-5 w-full ${buttonStyle('main')}`}>
        Make the new key
      </button>
    </form>
  )
}

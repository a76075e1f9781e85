'use client'

import type { ApiKey, CreatedApiKey, OneRouter } from 'onerouter'
import { useState } from 'react'
import { PROVIDER_NAMES } from '../payments/provider-names.ts'
import { useSigned } from '../session/signed-in.tsx'
import { Badge } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Copyable } from '../ui/copy.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Code, Facts } from '../ui/facts.tsx'
import { useAction, useFeedback } from '../ui/feedback.tsx'
import { ListPage, type ListQuery } from '../ui/list-page.tsx'
import type { Column } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import { KeyForm } from './key-form.tsx'

const state = ({ revokedAt }: ApiKey) =>
  revokedAt === null ? <Badge tone="good">Active</Badge> : <Badge tone="calm">Revoked</Badge>
const COLUMNS: readonly Column<ApiKey>[] = [
  { heading: 'Name', cell: ({ name }) => name },
  { heading: 'Key', wide: true, cell: ({ hint }) => <Code>{hint}</Code> },
  { heading: 'State', cell: state },
  { heading: 'Per minute', wide: true, right: true, cell: ({ rateLimitPerMinute }) => rateLimitPerMinute },
  {
    heading: 'Last used',
    cell: ({ lastUsedAt }) => (lastUsedAt === null ? 'never' : <Time at={lastUsedAt} />),
  },
]
const load = (client: OneRouter, query: ListQuery) => client.keys.list(query)

export function KeysPage() {
  const { environment } = useSigned()
  const [making, setMaking] = useState(false)
  const [made, setMade] = useState<CreatedApiKey | null>(null)
  const [version, setVersion] = useState(0)
  const onMade = (key: CreatedApiKey) => {
    setMaking(false)
    setMade(key)
    setVersion(version + 1)
  }
  return (
    <>
      <ListPage
        title="API keys"
        text={
          environment === 'test'
            ? 'Test keys only ever use test credentials.'
            : 'Live keys follow the environment that is in force at each service.'
        }
        columns={COLUMNS}
        load={load}
        version={version}
        empty={{ title: 'No keys yet', text: 'A program needs one to call the API.' }}
        action={
          <button type="button" className={buttonStyle('main')} onClick={() => setMaking(true)}>
            New {environment} key
          </button>
        }
        detailTitle={({ name }) => name}
        detail={(key, refresh) => <KeyDetail apiKey={key} onDone={refresh} onMade={onMade} />}
      />
      <Dialog open={making} onClose={() => setMaking(false)} title={`New ${environment} key`}>
        <KeyForm onMade={onMade} />
      </Dialog>
      <Dialog
        open={made !== null}
        onClose={() => setMade(null)}
        title="Keep this key now"
        description="It is shown this once. OneRouter stores only a fingerprint of it."
      >
        {made !== null && <Copyable text={made.apiKey} label="key" />}
      </Dialog>
    </>
  )
}

const OVERLAP_S = 3_600

function KeyDetail({
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
  const rotate = async () => {
    const sure = await ask({
      title: `Rotate “${apiKey.name}”?`,
      text: 'You get a new key with the same rights. The old one works for one more hour.',
      confirm: 'Rotate',
    })
    if (sure)
      await run(async () => onMade(await client.keys.rotate(apiKey.id, { overlapSeconds: OVERLAP_S })))
  }
  const revoke = async () => {
    const sure = await ask({
      title: `Revoke “${apiKey.name}”?`,
      text: 'Programs that use it are refused from their next request on. This cannot be undone.',
      confirm: 'Revoke',
      danger: true,
    })
    if (sure && (await run(() => client.keys.revoke(apiKey.id), 'Revoked.'))) onDone()
  }
  return (
    <div className="grid gap-5">
      <Facts
        facts={[
          ['Id', <Code key="id">{apiKey.id}</Code>],
          ['Key', <Code key="hint">{apiKey.hint}</Code>],
          ['State', state(apiKey)],
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
      {apiKey.revokedAt === null && (
        <div className="flex flex-wrap gap-2">
          <button type="button" disabled={busy} onClick={rotate} className={buttonStyle('plain')}>
            Rotate
          </button>
          <button type="button" disabled={busy} onClick={revoke} className={buttonStyle('danger')}>
            Revoke
          </button>
        </div>
      )}
    </div>
  )
}

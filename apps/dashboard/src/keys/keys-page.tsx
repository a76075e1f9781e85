'use client'

import type { ApiKey, CreatedApiKey, OneRouter } from 'onerouter'
import { useState } from 'react'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Copyable } from '../ui/copy.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Code } from '../ui/facts.tsx'
import { ListPage, type ListQuery } from '../ui/list-page.tsx'
import type { Column } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import { KeyDetail, KeyState } from './key-detail.tsx'
import { NewKeyForm } from './key-form.tsx'

const COLUMNS: readonly Column<ApiKey>[] = [
  { heading: 'Name', cell: ({ name }) => name },
  { heading: 'Key', wide: true, cell: ({ hint }) => <Code>{hint}</Code> },
  { heading: 'State', cell: (key) => <KeyState apiKey={key} /> },
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
        <NewKeyForm onMade={onMade} />
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

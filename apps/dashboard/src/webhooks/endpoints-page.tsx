'use client'

import type { OneRouter, WebhookEndpoint } from 'onerouter'
import { useState } from 'react'
import { useSigned } from '../session/signed-in.tsx'
import { Badge } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Copyable } from '../ui/copy.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useAction } from '../ui/feedback.tsx'
import { ListPage, type ListQuery } from '../ui/list-page.tsx'
import type { Column } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import { EndpointDetail } from './endpoint-detail.tsx'
import { EndpointForm } from './endpoint-form.tsx'

const COLUMNS: readonly Column<WebhookEndpoint>[] = [
  { heading: 'Address', cell: ({ url }) => <span className="break-all">{url}</span> },
  {
    heading: 'State',
    cell: ({ status, failingSince }) =>
      status === 'disabled' ? (
        <Badge tone="bad">Disabled</Badge>
      ) : failingSince === null ? (
        <Badge tone="good">Enabled</Badge>
      ) : (
        <Badge tone="wait">Failing</Badge>
      ),
  },
  { heading: 'Events', wide: true, cell: ({ events }) => (events.includes('*') ? 'All' : events.join(', ')) },
  { heading: 'Created', wide: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
]
const load = (client: OneRouter, query: ListQuery) => client.webhooks.endpoints.list(query)

export function EndpointsPage() {
  const { client, environment } = useSigned()
  const { busy, run } = useAction()
  const [adding, setAdding] = useState(false)
  const [secret, setSecret] = useState<string | null>(null)
  const [version, setVersion] = useState(0)
  const again = () => setVersion(version + 1)
  const test = () =>
    run(async () => {
      const { delivered, results } = await client.webhooks.test({ environment })
      if (results.length === 0) throw new Error('There is no enabled endpoint to send it to.')
      const failed = results.find((one) => !one.delivered)
      if (!delivered) throw new Error(failed?.detail ?? failed?.error ?? 'It was not accepted.')
    }, 'The test event was accepted.')
  return (
    <>
      <ListPage
        title="Webhooks"
        text="Addresses of yours that are told what happens, signed as Standard Webhooks."
        columns={COLUMNS}
        load={load}
        version={version}
        empty={{ title: 'No endpoints yet', text: 'Add the address of a server of yours.' }}
        action={
          <>
            <button type="button" disabled={busy} className={buttonStyle('plain')} onClick={test}>
              {busy ? 'Sending…' : 'Send a test event'}
            </button>
            <button type="button" className={buttonStyle('main')} onClick={() => setAdding(true)}>
              Add endpoint
            </button>
          </>
        }
        detailTitle={({ url }) => url}
        detail={(endpoint, refresh) => (
          <EndpointDetail endpoint={endpoint} onDone={refresh} onSecret={setSecret} />
        )}
      />
      <Dialog open={adding} onClose={() => setAdding(false)} title="Add endpoint">
        <EndpointForm
          onMade={(made) => {
            setAdding(false)
            setSecret(made.secret)
            again()
          }}
        />
      </Dialog>
      <Dialog
        open={secret !== null}
        onClose={() => setSecret(null)}
        title="Keep this signing secret now"
        description="It is shown this once. Your server checks with it that an event is ours."
      >
        {secret !== null && <Copyable text={secret} label="secret" />}
      </Dialog>
    </>
  )
}

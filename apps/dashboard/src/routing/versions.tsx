'use client'

import type { RoutingVersion } from 'onerouter'
import { useCallback, useState } from 'react'
import { useSigned } from '../session/signed-in.tsx'
import { Badge, type Tone } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useAction, useFeedback } from '../ui/feedback.tsx'
import { Empty, Failed, Loading } from '../ui/states.tsx'
import { Table } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'
import { usePolled } from '../ui/use-polled.ts'
import { differences, type RuleSet } from './diff.ts'
import { Differences } from './differences.tsx'

const SHOWN = 25
const STATES = {
  in_force: ['good', 'In force'],
  on_trial: ['wait', 'On trial'],
  kept: ['calm', 'Kept'],
} as const satisfies Record<RoutingVersion['state'], readonly [Tone, string]>

/** Every version there was, what it would change, and the way back to it. */
export function Versions(props: { readonly inForce: RuleSet; readonly onDone: () => void }) {
  const { inForce, onDone } = props
  const { client, environment } = useSigned()
  const { busy, run } = useAction()
  const { ask } = useFeedback()
  const [open, setOpen] = useState<RoutingVersion | null>(null)
  const look = useCallback(
    () => client.routing.versions({ environment, limit: SHOWN }),
    [client, environment],
  )
  const { value, problem, refresh } = usePolled(look)
  const restore = async ({ version }: RoutingVersion) => {
    const agreed = await ask({
      title: `Put version ${version} in force?`,
      text: 'It decides from the next payment on, in every process. A trial ends. No version is lost.',
      confirm: 'Put it in force',
    })
    if (!agreed) return
    const done = await run(
      () => client.routing.activate(version, { environment }),
      `Version ${version} is in force.`,
    )
    if (!done) return
    setOpen(null)
    refresh()
    onDone()
  }
  return (
    <Card title="Versions">
      {problem !== null && <Failed problem={problem} onRetry={refresh} />}
      {value === null && problem === null && <Loading />}
      {value?.data.length === 0 && (
        <Empty title="No versions yet">Each change of the rules is one, and none is ever lost.</Empty>
      )}
      {value !== null && value.data.length > 0 && (
        <Table
          label="Versions"
          rows={value.data}
          onOpen={setOpen}
          columns={[
            { heading: 'Version', cell: ({ version }) => `Version ${version}` },
            {
              heading: 'State',
              cell: ({ state }) => <Badge tone={STATES[state][0]}>{STATES[state][1]}</Badge>,
            },
            {
              heading: 'Comment',
              wide: true,
              cell: ({ comment }) => <span className="block max-w-60 truncate">{comment ?? '–'}</span>,
            },
            { heading: 'Written', wide: true, cell: ({ createdAt }) => <Time at={createdAt} /> },
          ]}
        />
      )}
      <Dialog
        place="side"
        open={open !== null}
        onClose={() => setOpen(null)}
        title={open === null ? '' : `Version ${open.version}`}
        description={open?.comment ?? undefined}
      >
        {open !== null && (
          <>
            <p className="mb-4 text-sm text-muted">
              Written by {open.createdBy}, <Time at={open.createdAt} />. What putting it in force would
              change:
            </p>
            <Differences found={differences(inForce, open)} />
            {open.state !== 'in_force' && (
              <button
                type="button"
                disabled={busy}
                onClick={() => restore(open)}
                className={`mt-5 w-full ${buttonStyle('main')}`}
              >
                Put version {open.version} in force
              </button>
            )}
          </>
        )}
      </Dialog>
    </Card>
  )
}

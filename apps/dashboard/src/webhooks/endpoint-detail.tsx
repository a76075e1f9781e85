'use client'

import Link from 'next/link'
import type { WebhookEndpoint } from 'onerouter'
import type { FormEvent } from 'react'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Code, Facts } from '../ui/facts.tsx'
import { useAction, useFeedback } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { textOf } from '../ui/given.ts'
import { Time } from '../ui/time.tsx'

interface Props {
  readonly endpoint: WebhookEndpoint
  readonly onDone: () => void
  readonly onSecret: (secret: string) => void
}
const OVERLAP_S = 86_400

export function EndpointDetail({ endpoint, onDone, onSecret }: Props) {
  const { client } = useSigned()
  const { ask } = useFeedback()
  const { busy, run } = useAction()
  const { endpoints } = client.webhooks
  const rotate = async () => {
    const sure = await ask({
      title: 'Rotate the signing secret?',
      text: 'You get a new secret. For one day events are signed with both.',
      confirm: 'Rotate',
    })
    if (!sure) return
    await run(async () =>
      onSecret((await endpoints.rotateSecret(endpoint.id, { overlapSeconds: OVERLAP_S })).secret),
    )
  }
  const remove = async () => {
    const sure = await ask({
      title: 'Delete this endpoint?',
      text: 'It gets no more events, and what waits for it is not sent.',
      confirm: 'Delete',
      danger: true,
    })
    if (sure && (await run(() => endpoints.delete(endpoint.id), 'Deleted.'))) onDone()
  }
  const disable = async () => {
    const sure = await ask({
      title: 'Disable this endpoint?',
      text: 'What happens from now on is not sent to it. Once it is enabled again, a replay sends what it missed.',
      confirm: 'Disable',
      danger: true,
    })
    if (sure && (await run(() => endpoints.disable(endpoint.id), 'Disabled.'))) onDone()
  }
  const enable = () => run(() => endpoints.enable(endpoint.id), 'Enabled.').then(onDone)
  return (
    <div className="grid gap-5">
      <Facts
        facts={[
          ['Id', <Code key="id">{endpoint.id}</Code>],
          ['Description', endpoint.description],
          ['Events', endpoint.events.join(', ')],
          ['State', endpoint.status],
          ['Because', endpoint.disabledReason],
          ['Failing since', endpoint.failingSince && <Time key="failing" at={endpoint.failingSince} />],
          ['In order', endpoint.ordered ? 'yes' : 'no'],
          ['Created', <Time key="created" at={endpoint.createdAt} />],
        ]}
      />
      <Link
        href={`/webhooks/deliveries?endpoint=${endpoint.id}`}
        className="text-sm font-medium text-accent hover:underline"
      >
        Its deliveries
      </Link>
      <div className="flex flex-wrap gap-2">
        {endpoint.status === 'enabled' ? (
          <button type="button" disabled={busy} onClick={disable} className={buttonStyle('plain')}>
            Disable
          </button>
        ) : (
          <button type="button" disabled={busy} onClick={enable} className={buttonStyle('plain')}>
            Enable
          </button>
        )}
        <button type="button" disabled={busy} onClick={rotate} className={buttonStyle('plain')}>
          Rotate secret
        </button>
        <button type="button" disabled={busy} onClick={remove} className={buttonStyle('danger')}>
          Delete
        </button>
      </div>
      <Recover endpoint={endpoint} />
    </div>
  )
}

/** After an outage at the receiver: sends again what it missed. */
function Recover({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const { client } = useSigned()
  const { tell } = useFeedback()
  const { busy, run } = useAction()
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const since = textOf(new FormData(event.currentTarget), 'since')
    if (since === undefined) return
    await run(async () => {
      await client.webhooks.endpoints.recover(endpoint.id, { since: new Date(since) })
      tell('good', 'What failed since then is being sent again; see its deliveries.')
    })
  }
  return (
    <form onSubmit={submit} className="rounded-lg border border-line p-4">
      <h3 className="text-sm font-semibold">Replay after an outage</h3>
      <Field label="What failed since" name="since" type="datetime-local" required />
      <button type="submit" disabled={busy} className={`mt-4 ${buttonStyle('plain')}`}>
        Send again
      </button>
    </form>
  )
}

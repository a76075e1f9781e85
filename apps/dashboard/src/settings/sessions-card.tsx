'use client'

import { useCallback } from 'react'
import { ask } from '../session/auth.ts'
import { useSigned } from '../session/signed-in.tsx'
import { Badge } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { useAction, useFeedback } from '../ui/feedback.tsx'
import { Failed, Loading } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { usePolled } from '../ui/use-polled.ts'

interface OpenSession {
  readonly id: string
  readonly current: boolean
  readonly device: string | null
  readonly address: string | null
  readonly created_at: string
  readonly last_used_at: string
}
const PATH = '/api/auth/sessions'

/** Where one is signed in, and the way to end what one does not know. */
export function SessionsCard() {
  const { session } = useSigned()
  const { ask: question } = useFeedback()
  const { busy, run } = useAction()
  const look = useCallback(
    () => ask<{ readonly data: readonly OpenSession[] }>(session, 'GET', PATH),
    [session],
  )
  const { value, problem, refresh } = usePolled(look)
  const sessions = value?.data ?? []
  const end = (id: string) =>
    run(() => ask(session, 'DELETE', `${PATH}/${id}`), 'Signed out there.').then(refresh)
  const endOthers = async () => {
    const sure = await question({
      title: 'Sign out everywhere else?',
      text: 'Every session but this one ends at once.',
      confirm: 'Sign out everywhere else',
    })
    if (sure) await run(() => ask(session, 'DELETE', PATH), 'Signed out everywhere else.').then(refresh)
  }
  return (
    <Card
      title="Where you are signed in"
      action={
        sessions.length > 1 && (
          <button type="button" disabled={busy} className={buttonStyle('plain')} onClick={endOthers}>
            Sign out everywhere else
          </button>
        )
      }
    >
      {problem !== null && <Failed problem={problem} onRetry={refresh} />}
      {value === null && problem === null && <Loading />}
      <ul className="divide-y divide-line">
        {sessions.map(({ id, current, device, address, created_at, last_used_at }) => (
          <li key={id} className="flex flex-wrap items-center gap-3 px-4 py-3 text-sm sm:px-5">
            <span className="min-w-0 flex-1 basis-52 break-words">
              <span className="font-medium">{device ?? 'A program without a name'}</span>
              <span className="block text-muted">
                {address !== null && `from ${address}, `}since <Time at={created_at} />, last used{' '}
                <Time at={last_used_at} />
              </span>
            </span>
            {current ? (
              <Badge tone="good">This one</Badge>
            ) : (
              <button type="button" disabled={busy} className={buttonStyle('plain')} onClick={() => end(id)}>
                Sign out there
              </button>
            )}
          </li>
        ))}
      </ul>
    </Card>
  )
}

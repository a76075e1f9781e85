'use client'

import { useCallback } from 'react'
import { ask } from '../session/auth.ts'
import { useSigned } from '../session/signed-in.tsx'
import { Badge, words } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Code, Facts } from '../ui/facts.tsx'
import { useAction } from '../ui/feedback.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { Failed, Loading } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { usePolled } from '../ui/use-polled.ts'

interface OpenSession {
  readonly id: string
  readonly current: boolean
  readonly created_at: string
  readonly last_used_at: string
}

/** Who one is here, and where one is signed in. */
export function SettingsPage() {
  const { session } = useSigned()
  const { busy, run } = useAction()
  const look = useCallback(
    () => ask<{ readonly data: readonly OpenSession[] }>(session, 'GET', '/api/auth/sessions'),
    [session],
  )
  const { value, problem, refresh } = usePolled(look)
  const end = (id: string) =>
    run(() => ask(session, 'DELETE', `/api/auth/sessions/${id}`), 'Signed out there.').then(refresh)
  return (
    <>
      <PageHeader title="Settings" />
      <div className="grid gap-6">
        <Card title="You">
          <div className="px-4 py-4 sm:px-5">
            <Facts
              facts={[
                ['Name', session.user.name],
                ['E-mail', session.user.email],
                ['Role', words(session.role)],
                ['Account', session.account.name],
                ['Account id', <Code key="account">{session.account.id}</Code>],
              ]}
            />
          </div>
        </Card>
        <Card title="Where you are signed in">
          {problem !== null && <Failed problem={problem} onRetry={refresh} />}
          {value === null && problem === null && <Loading />}
          <ul className="divide-y divide-line">
            {(value?.data ?? []).map(({ id, current, created_at, last_used_at }) => (
              <li key={id} className="flex flex-wrap items-center gap-3 px-4 py-3 text-sm sm:px-5">
                <span className="min-w-0 flex-1 basis-52">
                  Since <Time at={created_at} />
                  <span className="block text-muted">
                    last used <Time at={last_used_at} />
                  </span>
                </span>
                {current ? (
                  <Badge tone="good">This one</Badge>
                ) : (
                  <button
                    type="button"
                    disabled={busy}
                    className={buttonStyle('plain')}
                    onClick={() => end(id)}
                  >
                    Sign out there
                  </button>
                )}
              </li>
            ))}
          </ul>
        </Card>
      </div>
    </>
  )
}

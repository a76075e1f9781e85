'use client'

import type { RoutingPolicy } from 'onerouter'
import { useCallback } from 'react'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { useAction } from '../ui/feedback.tsx'
import { Notice } from '../ui/notice.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { Failed, Loading } from '../ui/states.tsx'
import { usePolled } from '../ui/use-polled.ts'
import { Editor } from './editor.tsx'
import { ObservedCard } from './observed.tsx'
import { Versions } from './versions.tsx'

/** Which provider gets a payment that names none: rules, their versions, and what other rules would do. */
export function RoutingPage() {
  const { client, environment } = useSigned()
  const look = useCallback(() => client.routing.get({ environment }), [client, environment])
  const { value, problem, refresh } = usePolled(look)
  return (
    <>
      <PageHeader
        title="Routing"
        text="Which provider gets a payment that names none. The first rule that matches decides."
      />
      {problem !== null && <Failed problem={problem} onRetry={refresh} />}
      {value === null && problem === null && <Loading />}
      {value !== null && (
        <div className="grid gap-6">
          <Trial policy={value} onDone={refresh} />
          {/* Another environment, and rules that somebody put in force, are another text to edit. */}
          <Editor key={`${environment} ${value.version}`} policy={value} onDone={refresh} />
          <div className="grid gap-6 xl:grid-cols-2">
            <div className="min-w-0">
              <Versions inForce={value} onDone={refresh} />
            </div>
            <div className="min-w-0">
              <ObservedCard />
            </div>
          </div>
        </div>
      )}
    </>
  )
}

function Trial({ policy, onDone }: { readonly policy: RoutingPolicy; readonly onDone: () => void }) {
  const { client, environment } = useSigned()
  const { busy, run } = useAction()
  if (policy.trial === null) return null
  const { version, percent } = policy.trial
  const activate = async (chosen: number, done: string) => {
    if (await run(() => client.routing.activate(chosen, { environment }), done)) onDone()
  }
  return (
    <div>
      <Notice kind="good">
        Version {version} is tried on {percent} in 100 payments; version {policy.version} has the others.
      </Notice>
      <div className="mt-3 flex flex-wrap gap-3">
        <button
          type="button"
          disabled={busy}
          className={buttonStyle('main')}
          onClick={() => activate(version, `Version ${version} is in force.`)}
        >
          Put version {version} in force
        </button>
        <button
          type="button"
          disabled={busy}
          className={buttonStyle('plain')}
          onClick={() => activate(policy.version, 'The trial has ended.')}
        >
          End the trial
        </button>
      </div>
    </div>
  )
}

'use client'

import { SecondFactorSetUp } from '../settings/second-factor-set-up.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { FeedbackProvider } from '../ui/feedback.tsx'
import type { Session } from './auth.ts'
import { Frame } from './frame.tsx'

/** For whoever is signed in to an account that asks for a second factor, and has none. */
export function SecondFactorFirst({
  session,
  onDone,
  onSignOut,
}: {
  readonly session: Session
  readonly onDone: () => void
  readonly onSignOut: () => void
}) {
  return (
    <FeedbackProvider>
      <Frame>
        <div className="rounded-xl border border-line bg-surface p-6 shadow-sm">
          <h1 className="text-lg font-semibold">Set up your second factor</h1>
          <p className="mt-1 mb-4 text-sm text-muted">
            {session.account.name} asks everybody for one. It takes an authenticator app and a minute.
          </p>
          <SecondFactorSetUp session={session} onDone={onDone} />
        </div>
        <button type="button" className={`mt-3 w-full ${buttonStyle('quiet')}`} onClick={onSignOut}>
          Sign out
        </button>
      </Frame>
    </FeedbackProvider>
  )
}

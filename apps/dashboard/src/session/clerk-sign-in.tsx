'use client'

import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { buttonStyle } from '../ui/button.tsx'
import { messageOf } from '../ui/feedback.tsx'
import { Notice } from '../ui/notice.tsx'
import { type ClerkInstance, signInWithClerk } from './auth.ts'
import { clerkToken, forgetInvitation, keptInvitation } from './clerk-script.ts'

/** Signing in with Clerk: its script is loaded by the click, and only then. */
export function ClerkSignIn({
  instance,
  joining,
}: {
  readonly instance: ClerkInstance
  readonly joining: boolean
}) {
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  async function enter() {
    setBusy(true)
    setProblem(null)
    try {
      const invitation = joining ? keptInvitation() : undefined
      const token = await clerkToken(instance)
      // Without one the browser is on its way to Clerk.
      if (token === null) return
      await signInWithClerk(token, invitation)
      forgetInvitation()
      router.replace('/')
    } catch (error) {
      setProblem(messageOf(error))
      setBusy(false)
    }
  }
  return (
    <div className="rounded-xl border border-line bg-surface p-6 shadow-sm">
      <h1 className="text-lg font-semibold">{joining ? 'Join the team' : 'Sign in'}</h1>
      <p className="mt-1 text-sm text-muted">Clerk asks who you are, and leads you back here.</p>
      {problem !== null && <Notice kind="bad">{problem}</Notice>}
      <button type="button" disabled={busy} className={`mt-6 w-full ${buttonStyle('main')}`} onClick={enter}>
        {busy ? 'One moment…' : 'Continue with Clerk'}
      </button>
    </div>
  )
}

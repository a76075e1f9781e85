'use client'

import { useEffect, useState } from 'react'
import { Notice } from '../ui/notice.tsx'
import { type ClerkInstance, clerkInstance } from './auth.ts'
import { ClerkSignIn } from './clerk-sign-in.tsx'
import { Frame } from './frame.tsx'
import { JoinForm } from './join-form.tsx'
import { SignInForm } from './sign-in-form.tsx'

/** The way in that this installation has: its own, or Clerk's. */
export function Entrance({ to }: { readonly to: 'sign-in' | 'join' }) {
  const [clerk, setClerk] = useState<ClerkInstance | null | undefined>(undefined)
  const [problem, setProblem] = useState<string | null>(null)
  useEffect(() => {
    clerkInstance().then(setClerk, (error: Error) => setProblem(error.message))
  }, [])
  if (clerk === null) return to === 'join' ? <JoinForm /> : <SignInForm />
  return (
    <Frame>
      {problem !== null && (
        <>
          <h1 className="text-center text-lg font-semibold">The dashboard cannot reach the API</h1>
          <Notice kind="bad">{problem}</Notice>
        </>
      )}
      {clerk === undefined && problem === null && (
        <p role="status" className="text-center text-muted">
          Loading…
        </p>
      )}
      {clerk !== undefined && <ClerkSignIn instance={clerk} joining={to === 'join'} />}
    </Frame>
  )
}

'use client'

import { useRouter } from 'next/navigation'
import type { OneRouter } from 'onerouter'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { Shell } from '../nav/shell.tsx'
import { FeedbackProvider } from '../ui/feedback.tsx'
import { Notice } from '../ui/notice.tsx'
import { currentSession, type Session, signOut } from './auth.ts'
import { type Environment, sessionClient } from './client.ts'
import { LiveProvider } from './live.tsx'
import { SecondFactorFirst } from './second-factor-first.tsx'

/** What every page behind the sign-in may use. */
export interface Signed {
  readonly client: OneRouter
  readonly session: Session
  readonly environment: Environment
}

const SignedContext = createContext<Signed | null>(null)
const KEPT_AS = 'onerouter-environment'

/** @throws Error outside of `SignedIn` */
export function useSigned(): Signed {
  const signed = useContext(SignedContext)
  if (signed === null) throw new Error('useSigned needs SignedIn around it')
  return signed
}

/** Shows its children to whoever is signed in, and the sign-in page to everybody else. */
export function SignedIn({ children }: { readonly children: ReactNode }) {
  const router = useRouter()
  const [session, setSession] = useState<Session | null>(null)
  const [problem, setProblem] = useState<string | null>(null)
  const [environment, setEnvironment] = useState<Environment>('test')

  useEffect(() => {
    // Of this tab only: a new one starts where no real money moves.
    if (window.sessionStorage.getItem(KEPT_AS) === 'live') setEnvironment('live')
    currentSession().then(
      (found) => (found === null ? router.replace('/sign-in') : setSession(found)),
      (error: Error) => setProblem(error.message),
    )
  }, [router])
  const signed = useMemo(
    () =>
      session && {
        client: sessionClient(session, environment, () => router.replace('/sign-in')),
        session,
        environment,
      },
    [session, environment, router],
  )

  if (problem !== null) {
    return (
      <main className="mx-auto max-w-md px-6 py-24">
        <h1 className="text-xl font-semibold">The dashboard cannot reach the API</h1>
        <Notice kind="bad">{problem}</Notice>
      </main>
    )
  }
  if (session === null || signed === null) {
    return (
      <p role="status" className="p-8 text-muted">
        Loading…
      </p>
    )
  }
  const leave = () => signOut(session).finally(() => router.replace('/sign-in'))
  if (session.second_factor === 'missing') {
    const again = () => window.location.reload()
    return <SecondFactorFirst session={session} onDone={again} onSignOut={leave} />
  }
  const choose = (next: Environment) => {
    window.sessionStorage.setItem(KEPT_AS, next)
    setEnvironment(next)
  }
  return (
    <SignedContext value={signed}>
      <FeedbackProvider>
        <LiveProvider environment={environment}>
          <Shell session={session} environment={environment} onEnvironment={choose} onSignOut={leave}>
            {children}
          </Shell>
        </LiveProvider>
      </FeedbackProvider>
    </SignedContext>
  )
}

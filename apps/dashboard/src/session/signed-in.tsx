'use client'

import { useRouter } from 'next/navigation'
import type { OneRouter } from 'onerouter'
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react'
import { Notice } from '../ui/notice.tsx'
import { currentSession, type Session, signOut } from './auth.ts'
import { type Environment, sessionClient } from './client.ts'
import { Shell } from './shell.tsx'

/** What every page behind the sign-in may use. */
export interface Signed {
  readonly client: OneRouter
  readonly environment: Environment
}

const SignedContext = createContext<Signed | null>(null)

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
    currentSession().then(
      (found) => (found === null ? router.replace('/sign-in') : setSession(found)),
      (error: Error) => setProblem(error.message),
    )
  }, [router])
  const signed = useMemo(
    () =>
      session && {
        client: sessionClient(session, environment, () => router.replace('/sign-in')),
        environment,
      },
    [session, environment, router],
  )

  if (problem !== null) {
    return (
      <main className="mx-auto max-w-md px-6 py-24">
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
  return (
    <SignedContext value={signed}>
      <Shell session={session} environment={environment} onEnvironment={setEnvironment} onSignOut={leave}>
        {children}
      </Shell>
    </SignedContext>
  )
}

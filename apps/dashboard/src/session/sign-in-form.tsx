'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { buttonStyle } from '../ui/button.tsx'
import { Field } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { signIn, signUp } from './auth.ts'
import { Frame } from './frame.tsx'
import { SecondStep } from './second-step.tsx'

/** Signing in, or making a new account with the same two fields. */
export function SignInForm() {
  const router = useRouter()
  const [fresh, setFresh] = useState(false)
  const [codeDue, setCodeDue] = useState(false)
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    setBusy(true)
    setProblem(null)
    try {
      const next = await (fresh ? signUp : signIn)(String(data.get('email')), String(data.get('password')))
      if (next === 'in') return router.replace('/')
      setCodeDue(true)
      setBusy(false)
    } catch (error) {
      setProblem(error instanceof Error ? error.message : String(error))
      setBusy(false)
    }
  }

  if (codeDue) {
    return (
      <Frame>
        <SecondStep onBack={() => setCodeDue(false)} />
      </Frame>
    )
  }
  return (
    <Frame>
      <form onSubmit={submit} className="rounded-xl border border-line bg-surface p-6 shadow-sm">
        <h1 className="text-lg font-semibold">{fresh ? 'Create an account' : 'Sign in'}</h1>
        <p className="mt-1 text-sm text-muted">
          {fresh
            ? 'It starts empty and sees no other account.'
            : 'The terminal that runs npm start shows the demo sign-in.'}
        </p>
        {problem !== null && <Notice kind="bad">{problem}</Notice>}
        <Field label="E-mail" name="email" type="email" autoComplete="username" required />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete={fresh ? 'new-password' : 'current-password'}
          minLength={fresh ? 8 : 1}
          hint={fresh ? 'At least 8 characters.' : undefined}
          required
        />
        <button type="submit" disabled={busy} className={`mt-6 w-full ${buttonStyle('main')}`}>
          {busy ? 'One moment…' : fresh ? 'Create account' : 'Sign in'}
        </button>
      </form>
      <p className="mt-4 text-center text-sm text-muted">
        {fresh ? 'You have an account?' : 'New here?'}{' '}
        <button
          type="button"
          className="font-medium text-accent hover:underline"
          onClick={() => {
            setFresh(!fresh)
            setProblem(null)
          }}
        >
          {fresh ? 'Sign in' : 'Create an account'}
        </button>
      </p>
    </Frame>
  )
}

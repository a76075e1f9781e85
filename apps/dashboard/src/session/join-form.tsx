'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { buttonStyle } from '../ui/button.tsx'
import { messageOf } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { acceptInvitation } from './auth.ts'
import { Frame } from './frame.tsx'

/** Where an invitation leads: a name and a password, and one is in. */
export function JoinForm() {
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const data = new FormData(event.currentTarget)
    setBusy(true)
    setProblem(null)
    try {
      const token = window.location.hash.slice(1)
      await acceptInvitation(token, String(data.get('name')), String(data.get('password')))
      router.replace('/')
    } catch (error) {
      setProblem(messageOf(error))
      setBusy(false)
    }
  }
  return (
    <Frame>
      <form onSubmit={submit} className="rounded-xl border border-line bg-surface p-6 shadow-sm">
        <h1 className="text-lg font-semibold">Join the team</h1>
        <p className="mt-1 text-sm text-muted">You will sign in with the address you were invited at.</p>
        {problem !== null && <Notice kind="bad">{problem}</Notice>}
        <Field label="Name" name="name" autoComplete="name" maxLength={200} required />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete="new-password"
          minLength={8}
          hint="At least 8 characters."
          required
        />
        <button type="submit" disabled={busy} className={`mt-6 w-full ${buttonStyle('main')}`}>
          {busy ? 'One moment…' : 'Join'}
        </button>
      </form>
    </Frame>
  )
}

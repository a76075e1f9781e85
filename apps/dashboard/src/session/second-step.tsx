'use client'

import { useRouter } from 'next/navigation'
import { type FormEvent, useState } from 'react'
import { buttonStyle } from '../ui/button.tsx'
import { messageOf } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { signInSecondFactor } from './auth.ts'

/** The password was right; now the code. */
export function SecondStep({ onBack }: { readonly onBack: () => void }) {
  const router = useRouter()
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState<string | null>(null)
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const code = String(new FormData(event.currentTarget).get('code'))
    setBusy(true)
    setProblem(null)
    try {
      await signInSecondFactor(code)
      router.replace('/')
    } catch (error) {
      setProblem(messageOf(error))
      setBusy(false)
    }
  }
  return (
    <form onSubmit={submit} className="rounded-xl border border-line bg-surface p-6 shadow-sm">
      <h1 className="text-lg font-semibold">Your second factor</h1>
      <p className="mt-1 text-sm text-muted">Six digits from your authenticator app, or a recovery code.</p>
      {problem !== null && <Notice kind="bad">{problem}</Notice>}
      <Field
        label="Code"
        name="code"
        autoComplete="one-time-code"
        minLength={6}
        maxLength={32}
        autoFocus
        required
      />
      <button type="submit" disabled={busy} className={`mt-6 w-full ${buttonStyle('main')}`}>
        {busy ? 'One moment…' : 'Continue'}
      </button>
      <button type="button" className={`mt-2 w-full ${buttonStyle('quiet')}`} onClick={onBack}>
        Start over
      </button>
    </form>
  )
}

'use client'

import type { FormEvent } from 'react'
import { ask } from '../session/auth.ts'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { useAction } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { PageHeader } from '../ui/page-header.tsx'
import { SecondFactorCard } from './second-factor-card.tsx'
import { SessionsCard } from './sessions-card.tsx'

/** How one signs in, and where one is signed in. */
export function SecurityPage() {
  return (
    <>
      <PageHeader title="Security" text="Of your own sign-in. Nobody else sees or changes this." />
      <div className="grid gap-6">
        <SecondFactorCard />
        <Card title="Password">
          <PasswordForm />
        </Card>
        <SessionsCard />
      </div>
    </>
  )
}

function PasswordForm() {
  const { session } = useSigned()
  const { busy, run } = useAction()
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const target = event.currentTarget
    const form = new FormData(target)
    // Spaces are part of a password: the fields are taken as they are.
    const body = { password: String(form.get('password')), new_password: String(form.get('new')) }
    const done = 'Changed. All your other sessions have ended.'
    if (await run(() => ask(session, 'POST', '/api/auth/password', body), done)) target.reset()
  }
  return (
    <form onSubmit={submit} className="max-w-sm px-4 pb-4 sm:px-5">
      {/* For password managers, which keep a password by whose it is. */}
      <input type="hidden" name="username" autoComplete="username" value={session.user.email} />
      <Field
        label="Password now"
        name="password"
        type="password"
        autoComplete="current-password"
        maxLength={128}
        required
      />
      <Field
        label="New password"
        name="new"
        type="password"
        autoComplete="new-password"
        minLength={8}
        maxLength={128}
        hint="At least 8 characters. All your other sessions end."
        required
      />
      <button type="submit" disabled={busy} className={`mt-4 ${buttonStyle('plain')}`}>
        Change the password
      </button>
    </form>
  )
}

'use client'

import { type FormEvent, useState } from 'react'
import { ask, type Session } from '../session/auth.ts'
import { buttonStyle } from '../ui/button.tsx'
import { Copyable } from '../ui/copy.tsx'
import { useAction } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { RecoveryCodes } from './recovery-codes.tsx'

interface Secret {
  readonly secret: string
  readonly qr_svg: string
}
const PATH = '/api/auth/second-factor'

/** Password, secret, first code, recovery codes: each step once, in this order. */
export function SecondFactorSetUp({
  session,
  onDone,
}: {
  readonly session: Session
  readonly onDone: () => void
}) {
  const { busy, run } = useAction()
  const [secret, setSecret] = useState<Secret | null>(null)
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  async function begin(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const password = String(new FormData(event.currentTarget).get('password'))
    await run(async () => setSecret(await ask<Secret>(session, 'POST', PATH, { password })))
  }
  async function confirm(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const code = String(new FormData(event.currentTarget).get('code')).trim()
    await run(async () => {
      const path = `${PATH}/confirm`
      setCodes((await ask<{ recovery_codes: string[] }>(session, 'POST', path, { code })).recovery_codes)
    })
  }
  if (codes !== null) return <RecoveryCodes codes={codes} onKept={onDone} />
  if (secret === null) {
    return (
      <form onSubmit={begin} className="-mt-4">
        <Field
          label="Your password"
          name="password"
          type="password"
          autoComplete="current-password"
          maxLength={128}
          hint="So that nobody at your desk does this for you."
          required
        />
        <button type="submit" disabled={busy} className={`mt-5 w-full ${buttonStyle('main')}`}>
          Continue
        </button>
      </form>
    )
  }
  return (
    <form onSubmit={confirm} className="grid gap-4 text-sm">
      <p>Scan this with an authenticator app, or type the secret into it. It is shown this once.</p>
      {/* biome-ignore lint/performance/noImgElement: a drawing of the API, which nothing could make smaller */}
      <img
        src={`data:image/svg+xml,${encodeURIComponent(secret.qr_svg)}`}
        alt="QR code for your authenticator app"
        className="mx-auto size-52 rounded-lg"
      />
      <Copyable text={secret.secret} label="secret" />
      <Field
        label="Six digits from the app"
        name="code"
        inputMode="numeric"
        autoComplete="one-time-code"
        pattern="[0-9]{6}"
        maxLength={6}
        required
      />
      <button type="submit" disabled={busy} className={buttonStyle('main')}>
        Turn it on
      </button>
    </form>
  )
}

'use client'

import { type FormEvent, useCallback, useState } from 'react'
import { ask } from '../session/auth.ts'
import { useSigned } from '../session/signed-in.tsx'
import { Badge } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useAction } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { Failed, Loading } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { usePolled } from '../ui/use-polled.ts'
import { RecoveryCodes } from './recovery-codes.tsx'
import { SecondFactorSetUp } from './second-factor-set-up.tsx'

interface SecondFactor {
  readonly enabled: boolean
  readonly enabled_at: string | null
  readonly recovery_codes_left: number
  readonly required: boolean
}
const PATH = '/api/auth/second-factor'

/** What is being done about it. */
type Doing = 'set-up' | 'replace' | 'disable'
const TITLES = {
  'set-up': 'Set up a second factor',
  replace: 'New recovery codes',
  disable: 'Turn the second factor off',
} as const satisfies Record<Doing, string>

/** One's own second factor, as it stands. */
export function SecondFactorCard() {
  const { session } = useSigned()
  const look = useCallback(() => ask<SecondFactor>(session, 'GET', PATH), [session])
  const { value, problem, refresh } = usePolled(look)
  const [doing, setDoing] = useState<Doing | null>(null)
  const close = () => {
    setDoing(null)
    refresh()
  }
  return (
    <Card title="Second factor">
      {problem !== null && <Failed problem={problem} onRetry={refresh} />}
      {value === null && problem === null && <Loading />}
      {value !== null && (
        <div className="grid gap-4 px-4 py-4 text-sm sm:px-5">
          <State factor={value} />
          <div className="flex flex-wrap gap-2">
            {!value.enabled && (
              <button type="button" className={buttonStyle('main')} onClick={() => setDoing('set-up')}>
                Set it up
              </button>
            )}
            {value.enabled && (
              <button type="button" className={buttonStyle('plain')} onClick={() => setDoing('replace')}>
                New recovery codes
              </button>
            )}
            {value.enabled && !value.required && (
              <button type="button" className={buttonStyle('quiet')} onClick={() => setDoing('disable')}>
                Turn it off
              </button>
            )}
          </div>
        </div>
      )}
      <Dialog open={doing !== null} onClose={close} title={doing === null ? '' : TITLES[doing]}>
        {doing === 'set-up' && (
          // The session is a new one afterwards: the page begins again with it.
          <SecondFactorSetUp session={session} onDone={() => window.location.reload()} />
        )}
        {(doing === 'replace' || doing === 'disable') && <Proven doing={doing} onDone={close} />}
      </Dialog>
    </Card>
  )
}

function State({ factor }: { readonly factor: SecondFactor }) {
  if (!factor.enabled) {
    return (
      <p className="max-w-prose text-muted">
        <Badge tone="calm">Off</Badge> Your password alone opens this account. With a second factor, signing
        in also takes a code from an app on your phone.
      </p>
    )
  }
  return (
    <p className="max-w-prose text-muted">
      <Badge tone="good">On</Badge> Since {factor.enabled_at !== null && <Time at={factor.enabled_at} />}.{' '}
      {factor.recovery_codes_left} recovery codes left.
      {factor.required && ' Your account asks everybody for one, so it stays on.'}
    </p>
  )
}

/** What makes a way around it takes password and code again, whoever sits at the desk. */
function Proven({ doing, onDone }: { readonly doing: 'replace' | 'disable'; readonly onDone: () => void }) {
  const { session } = useSigned()
  const { busy, run } = useAction()
  const [codes, setCodes] = useState<readonly string[] | null>(null)
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const body = { password: String(form.get('password')), code: String(form.get('code')) }
    if (doing === 'disable') {
      if (await run(() => ask(session, 'POST', `${PATH}/disable`, body), 'Turned off.')) onDone()
      return
    }
    await run(async () => {
      const path = `${PATH}/recovery-codes`
      setCodes((await ask<{ recovery_codes: string[] }>(session, 'POST', path, body)).recovery_codes)
    })
  }
  if (codes !== null) return <RecoveryCodes codes={codes} onKept={onDone} />
  return (
    <form onSubmit={submit} className="-mt-4">
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete="current-password"
        maxLength={128}
        required
      />
      <Field
        label="Code"
        name="code"
        autoComplete="one-time-code"
        minLength={6}
        maxLength={32}
        hint="Of your app, or a recovery code."
        required
      />
      <button
        type="submit"
        disabled={busy}
        className={`mt-5 w-full ${buttonStyle(doing === 'disable' ? 'danger' : 'main')}`}
      >
        {doing === 'disable' ? 'Turn it off' : 'Make new codes; the old ones end'}
      </button>
    </form>
  )
}

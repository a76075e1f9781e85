'use client'

import { type FormEvent, useCallback, useState } from 'react'
import { ask } from '../session/auth.ts'
import { useSigned } from '../session/signed-in.tsx'
import { Badge, words } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { Code, Facts } from '../ui/facts.tsx'
import { useAction, useFeedback } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { textOf } from '../ui/given.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { Failed, Loading } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { usePolled } from '../ui/use-polled.ts'

interface Account {
  readonly id: string
  readonly name: string
  readonly second_factor_required: boolean
  readonly created_at: string
}
const PATH = '/api/auth/account'

/** Who one is here, and what the account is. */
export function SettingsPage() {
  const { session } = useSigned()
  const look = useCallback(() => ask<Account>(session, 'GET', PATH), [session])
  const { value, problem, refresh } = usePolled(look)
  return (
    <>
      <PageHeader title="Settings" />
      <div className="grid gap-6">
        <Card title="You">
          <div className="px-4 py-4 sm:px-5">
            <Facts
              facts={[
                ['Name', session.user.name],
                ['E-mail', session.user.email],
                ['Role', words(session.role)],
                [
                  'Dates',
                  `in the time of this device (${new Intl.DateTimeFormat().resolvedOptions().timeZone})`,
                ],
              ]}
            />
          </div>
        </Card>
        <Card title="Account">
          {problem !== null && <Failed problem={problem} onRetry={refresh} />}
          {value === null && problem === null && <Loading />}
          {value !== null && <AccountCard account={value} onDone={refresh} />}
        </Card>
      </div>
    </>
  )
}

function AccountCard({ account, onDone }: { readonly account: Account; readonly onDone: () => void }) {
  const { session } = useSigned()
  const { ask: question } = useFeedback()
  const { busy, run } = useAction()
  const [renaming, setRenaming] = useState(false)
  const owner = session.role === 'owner'
  const required = account.second_factor_required
  const change = (body: Partial<Account>, done: string) =>
    run(() => ask(session, 'PATCH', PATH, body), done).then(onDone)
  async function rename(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    await change({ name: textOf(new FormData(event.currentTarget), 'name') ?? account.name }, 'Renamed.')
    setRenaming(false)
  }
  const toggle = async () => {
    const sure = await question({
      title: required ? 'Stop asking for a second factor?' : 'Ask everybody for a second factor?',
      text: required
        ? 'Everybody may turn theirs off again.'
        : 'Whoever has none yet can do nothing but set one up, from their next click on.',
      confirm: required ? 'Stop asking' : 'Ask everybody',
    })
    if (sure) await change({ second_factor_required: !required }, required ? 'Not asked any more.' : 'Asked.')
  }
  return (
    <div className="grid gap-4 px-4 py-4 sm:px-5">
      <Facts
        facts={[
          ['Name', account.name],
          ['Id', <Code key="id">{account.id}</Code>],
          ['Since', <Time key="since" at={account.created_at} />],
          [
            'Second factor',
            <Badge key="factor" tone={required ? 'good' : 'calm'}>
              {required ? 'Asked of everybody' : 'Left to each'}
            </Badge>,
          ],
        ]}
      />
      {owner && !renaming && (
        <div className="flex flex-wrap gap-2">
          <button type="button" className={buttonStyle('plain')} onClick={() => setRenaming(true)}>
            Rename
          </button>
          <button type="button" disabled={busy} className={buttonStyle('plain')} onClick={toggle}>
            {required ? 'Stop asking for a second factor' : 'Ask everybody for a second factor'}
          </button>
        </div>
      )}
      {renaming && (
        <form onSubmit={rename} className="-mt-4 max-w-sm">
          <Field label="New name" name="name" maxLength={200} defaultValue={account.name} required />
          <div className="mt-3 flex gap-2">
            <button type="submit" disabled={busy} className={buttonStyle('main')}>
              Rename
            </button>
            <button type="button" className={buttonStyle('plain')} onClick={() => setRenaming(false)}>
              Keep as it is
            </button>
          </div>
        </form>
      )}
    </div>
  )
}

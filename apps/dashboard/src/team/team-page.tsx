'use client'

import { type FormEvent, useCallback, useState } from 'react'
import { ask, ROLES, type Role } from '../session/auth.ts'
import { useSigned } from '../session/signed-in.tsx'
import { Badge, words } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { optionsOf } from '../ui/choices.ts'
import { Copyable } from '../ui/copy.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useAction, useFeedback } from '../ui/feedback.tsx'
import { Field, inputStyle, Select } from '../ui/field.tsx'
import { choice, textOf } from '../ui/given.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { Empty, Failed, Loading } from '../ui/states.tsx'
import { Time } from '../ui/time.tsx'
import { usePolled } from '../ui/use-polled.ts'

interface Member {
  readonly id: string
  readonly email: string
  readonly name: string
  readonly role: Role
  readonly second_factor: boolean
}
interface Invitation {
  readonly id: string
  readonly email: string
  readonly role: Role
  readonly expires_at: string
}
interface Data<T> {
  readonly data: readonly T[]
}

/** The roles that this role may give; the API decides again. */
const GIVES = {
  owner: ROLES,
  admin: ['admin', 'developer', 'viewer'],
  developer: [],
  viewer: [],
} as const satisfies Record<Role, readonly Role[]>

const MEANINGS = {
  owner: 'everything, the team’s owners included',
  admin: 'everything but the owners',
  developer: 'everything in test, looking in live',
  viewer: 'looking',
} as const satisfies Record<Role, string>

/** Who else works in this account, and as what. */
export function TeamPage() {
  const { session } = useSigned()
  const gives: readonly Role[] = GIVES[session.role]
  const look = useCallback(async () => {
    const [members, invitations] = await Promise.all([
      ask<Data<Member>>(session, 'GET', '/api/auth/members'),
      gives.length === 0 ? { data: [] } : ask<Data<Invitation>>(session, 'GET', '/api/auth/invitations'),
    ])
    return { members: members.data, invitations: invitations.data }
  }, [session, gives])
  const { value, problem, refresh } = usePolled(look)
  const [inviting, setInviting] = useState(false)
  return (
    <>
      <PageHeader title="Team" text="A changed role holds from the next request on.">
        {gives.length > 0 && (
          <button type="button" className={buttonStyle('main')} onClick={() => setInviting(true)}>
            Invite somebody
          </button>
        )}
      </PageHeader>
      {problem !== null && <Failed problem={problem} onRetry={refresh} />}
      {value === null && problem === null && <Loading />}
      {value !== null && (
        <div className="grid gap-6">
          <Card title="Members">
            <ul className="divide-y divide-line">
              {value.members.map((member) => (
                <MemberRow key={member.id} member={member} gives={gives} onDone={refresh} />
              ))}
            </ul>
          </Card>
          {gives.length > 0 && <Invitations invitations={value.invitations} onDone={refresh} />}
          <Card title="What the roles may do">
            <dl className="grid grid-cols-[6rem_1fr] gap-2 px-4 py-4 text-sm sm:px-5">
              {ROLES.map((role) => (
                <div key={role} className="contents">
                  <dt className="font-medium">{words(role)}</dt>
                  <dd className="text-muted">{MEANINGS[role]}</dd>
                </div>
              ))}
            </dl>
          </Card>
        </div>
      )}
      <Invite open={inviting} gives={gives} onClose={() => setInviting(false)} onDone={refresh} />
    </>
  )
}

function MemberRow({
  member,
  gives,
  onDone,
}: {
  readonly member: Member
  readonly gives: readonly Role[]
  readonly onDone: () => void
}) {
  const { session } = useSigned()
  const { ask: question } = useFeedback()
  const { busy, run } = useAction()
  const own = member.id === session.user.id
  const path = `/api/auth/members/${member.id}`
  const setRole = (role: string) =>
    run(() => ask(session, 'PATCH', path, { role }), `${member.email} is ${role} now.`).then(onDone)
  const remove = async () => {
    const sure = await question({
      title: `Remove ${member.email}?`,
      text: 'They are signed out at once. API keys they made keep working.',
      confirm: 'Remove',
      danger: true,
    })
    if (sure) await run(() => ask(session, 'DELETE', path), 'Removed.')
    onDone()
  }
  const reset = async () => {
    const sure = await question({
      title: `Take away the second factor of ${member.email}?`,
      text: 'For whoever lost their app and codes. They are signed out, and their password alone opens the account.',
      confirm: 'Reset second factor',
      danger: true,
    })
    if (sure) await run(() => ask(session, 'DELETE', `${path}/second-factor`), 'Reset.')
    onDone()
  }
  return (
    <li className="flex flex-wrap items-center gap-3 px-4 py-3 text-sm sm:px-5">
      <span className="min-w-0 flex-1 basis-52">
        <span className="block break-words font-medium">{member.name}</span>
        <span className="block break-words text-muted">{member.email}</span>
      </span>
      {member.second_factor && <Badge tone="good">Second factor</Badge>}
      {own || !gives.includes(member.role) ? (
        <Badge tone="calm">{own ? `${words(member.role)}, you` : words(member.role)}</Badge>
      ) : (
        <>
          <select
            aria-label={`Role of ${member.email}`}
            value={member.role}
            disabled={busy}
            onChange={({ target }) => setRole(target.value)}
            className={`${inputStyle} w-36!`}
          >
            {optionsOf(gives).map(([role, label]) => (
              <option key={role} value={role}>
                {label}
              </option>
            ))}
          </select>
          {member.second_factor && (
            <button type="button" disabled={busy} onClick={reset} className={buttonStyle('quiet')}>
              Reset second factor
            </button>
          )}
          <button type="button" disabled={busy} onClick={remove} className={buttonStyle('quiet')}>
            Remove
          </button>
        </>
      )}
    </li>
  )
}

function Invitations({
  invitations,
  onDone,
}: {
  readonly invitations: readonly Invitation[]
  readonly onDone: () => void
}) {
  const { session } = useSigned()
  const { ask: question } = useFeedback()
  const { busy, run } = useAction()
  const withdraw = async ({ id, email }: Invitation) => {
    const sure = await question({
      title: `Withdraw the invitation of ${email}?`,
      text: 'Its link opens nothing any more. You can invite them again.',
      confirm: 'Withdraw',
      danger: true,
    })
    if (sure) await run(() => ask(session, 'DELETE', `/api/auth/invitations/${id}`), 'Withdrawn.')
    onDone()
  }
  return (
    <Card title="Invitations">
      {invitations.length === 0 && <Empty title="Nobody is invited" />}
      <ul className="divide-y divide-line">
        {invitations.map((invitation) => (
          <li key={invitation.id} className="flex flex-wrap items-center gap-3 px-4 py-3 text-sm sm:px-5">
            <span className="min-w-0 flex-1 basis-52 break-words">{invitation.email}</span>
            <Badge tone="calm">{words(invitation.role)}</Badge>
            <span className="text-muted">
              until <Time at={invitation.expires_at} />
            </span>
            <button
              type="button"
              disabled={busy}
              className={buttonStyle('quiet')}
              onClick={() => withdraw(invitation)}
            >
              Withdraw
            </button>
          </li>
        ))}
      </ul>
    </Card>
  )
}

function Invite(props: {
  readonly open: boolean
  readonly gives: readonly Role[]
  readonly onClose: () => void
  readonly onDone: () => void
}) {
  const { session } = useSigned()
  const { busy, run } = useAction()
  const [link, setLink] = useState<string | null>(null)
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const body = { email: textOf(form, 'email'), role: choice(props.gives, textOf(form, 'role')) }
    await run(async () => {
      const { token } = await ask<{ token: string }>(session, 'POST', '/api/auth/invitations', body)
      // Behind the #, where no server and no log sees it.
      setLink(`${window.location.origin}/join#${token}`)
    })
    props.onDone()
  }
  const close = () => {
    setLink(null)
    props.onClose()
  }
  return (
    <Dialog
      open={props.open}
      onClose={close}
      title="Invite somebody"
      description={
        link === null
          ? 'You get a link to send them. It works once, for seven days.'
          : 'Send this link to them yourself. It is shown this once.'
      }
    >
      {link === null ? (
        <form onSubmit={submit} className="-mt-4">
          <Field label="E-mail" name="email" type="email" required />
          <Select label="Role" name="role" defaultValue="developer" options={optionsOf(props.gives)} />
          <button type="submit" disabled={busy} className={`mt-5 w-full ${buttonStyle('main')}`}>
            Make the link
          </button>
        </form>
      ) : (
        <Copyable text={link} label="invitation" />
      )}
    </Dialog>
  )
}

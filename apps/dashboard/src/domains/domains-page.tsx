'use client'

import type { Domain, OneRouter } from 'onerouter'
import { type FormEvent, useState } from 'react'
import { useSigned } from '../session/signed-in.tsx'
import { Badge, type Tone, words } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Copyable } from '../ui/copy.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { Facts } from '../ui/facts.tsx'
import { useAction, useFeedback } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import { textOf } from '../ui/given.ts'
import { ListPage, type ListQuery } from '../ui/list-page.tsx'
import type { Column } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'

/** The provider that asks for proof of a domain. */
const SERVICE = 'paypal'
const TONES = {
  pending: 'wait',
  verified: 'good',
  failed: 'bad',
  expired: 'calm',
} as const satisfies Record<Domain['state'], Tone>
const state = (domain: Domain) => <Badge tone={TONES[domain.state]}>{words(domain.state)}</Badge>
const COLUMNS: readonly Column<Domain>[] = [
  { heading: 'Domain', cell: ({ displayName }) => displayName },
  { heading: 'State', cell: state },
  { heading: 'Environment', wide: true, cell: ({ environment }) => environment },
  {
    heading: 'Checked',
    cell: ({ checkedAt }) => (checkedAt === null ? 'not yet' : <Time at={checkedAt} />),
  },
]
const load = (client: OneRouter, { limit, startingAfter }: ListQuery) =>
  client.domains.list(SERVICE, startingAfter === undefined ? { limit } : { limit, startingAfter })

export function DomainsPage() {
  const { client, environment } = useSigned()
  const { busy, run } = useAction()
  const [adding, setAdding] = useState(false)
  const [version, setVersion] = useState(0)
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const domain = textOf(new FormData(event.currentTarget), 'domain') ?? ''
    const verify = () => client.domains.verify(SERVICE, { domain, environment })
    if (!(await run(verify, 'Open it to see the DNS record to set.'))) return
    setAdding(false)
    setVersion(version + 1)
  }
  return (
    <>
      <ListPage
        title="Domains"
        text="Proof that a domain is yours, by a record in its DNS. PayPal asks for it."
        columns={COLUMNS}
        load={load}
        version={version}
        empty={{ title: 'No domains yet', text: 'Add the domain on which your shop shows PayPal’s buttons.' }}
        action={
          <button type="button" className={buttonStyle('main')} onClick={() => setAdding(true)}>
            Add domain
          </button>
        }
        detailTitle={({ displayName }) => displayName}
        detail={(domain, refresh) => <DomainDetail domain={domain} onDone={refresh} />}
      />
      <Dialog open={adding} onClose={() => setAdding(false)} title="Add domain">
        <form onSubmit={submit} className="-mt-4">
          <Field label="Domain" name="domain" placeholder="shop.example.com" required />
          <button type="submit" disabled={busy} className={`mt-5 w-full ${buttonStyle('main')}`}>
            Get the DNS record
          </button>
        </form>
      </Dialog>
    </>
  )
}

function DomainDetail({ domain, onDone }: { readonly domain: Domain; readonly onDone: () => void }) {
  const { client } = useSigned()
  const { ask } = useFeedback()
  const { busy, run } = useAction()
  const params = { domain: domain.domain, environment: domain.environment }
  const confirm = () =>
    run(async () => {
      const after = await client.domains.confirm(SERVICE, params)
      if (after.state !== 'verified') throw new Error(after.reasonDetail ?? 'The record was not found yet.')
    }, 'Verified.').then(onDone)
  const remove = async () => {
    const sure = await ask({
      title: `Forget ${domain.displayName}?`,
      text: 'Its proof is deleted. To use it again you set a new DNS record.',
      confirm: 'Forget it',
      danger: true,
    })
    if (sure && (await run(() => client.domains.delete(SERVICE, domain.domain), 'Forgotten.'))) onDone()
  }
  return (
    <div className="grid gap-5">
      <p className="break-words text-sm">{domain.instructions}</p>
      <Copyable text={domain.dnsRecord} label="DNS record" />
      <Facts
        facts={[
          ['State', state(domain)],
          ['Record', `${domain.recordType} at ${domain.recordNames.join(' or ')}`],
          ['Problem', domain.reasonDetail],
          ['Checked', domain.checkedAt && <Time key="checked" at={domain.checkedAt} seconds />],
          ['Verified', domain.verifiedAt && <Time key="verified" at={domain.verifiedAt} seconds />],
          ['Expires', domain.expiresAt && <Time key="expires" at={domain.expiresAt} />],
        ]}
      />
      <div className="flex flex-wrap gap-2">
        <button type="button" disabled={busy} onClick={confirm} className={buttonStyle('main')}>
          {busy ? 'Asking DNS…' : 'Check now'}
        </button>
        <button type="button" disabled={busy} onClick={remove} className={buttonStyle('danger')}>
          Forget
        </button>
      </div>
    </div>
  )
}

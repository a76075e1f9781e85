'use client'

import Link from 'next/link'
import type { Customer, OneRouter } from 'onerouter'
import { type FormEvent, useState } from 'react'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { since } from '../ui/choices.ts'
import { Dialog } from '../ui/dialog.tsx'
import { Code, Facts } from '../ui/facts.tsx'
import { useAction, useFeedback } from '../ui/feedback.tsx'
import { Field } from '../ui/field.tsx'
import type { Filter, Filters } from '../ui/filter-bar.tsx'
import { given, textOf } from '../ui/given.ts'
import { ListPage, type ListQuery } from '../ui/list-page.tsx'
import type { Column } from '../ui/table.tsx'
import { Time } from '../ui/time.tsx'

const FILTERS: readonly Filter[] = [
  { name: 'email', label: 'E-mail' },
  { name: 'since', label: 'Since', type: 'date' },
]
const nameOf = ({ name, email, phone, id }: Customer): string => name ?? email ?? phone ?? id
const COLUMNS: readonly Column<Customer>[] = [
  { heading: 'Customer', cell: nameOf },
  { heading: 'E-mail', wide: true, cell: ({ email }) => email ?? '–' },
  { heading: 'Phone', wide: true, cell: ({ phone }) => phone ?? '–' },
  { heading: 'Created', cell: ({ createdAt }) => <Time at={createdAt} /> },
]
const load = (client: OneRouter, query: ListQuery, filters: Filters) =>
  client.customers.list({
    ...query,
    ...given({ email: filters['email'], created: since(filters['since']) }),
  })

export function CustomersPage() {
  const { client, environment } = useSigned()
  const { busy, run } = useAction()
  const [making, setMaking] = useState(false)
  const [version, setVersion] = useState(0)
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const params = { ...detailsIn(event.currentTarget), environment }
    if (!(await run(() => client.customers.create(params), 'The customer is saved.'))) return
    setMaking(false)
    setVersion(version + 1)
  }
  return (
    <>
      <ListPage
        title="Customers"
        text="Payers you know. Payments and subscriptions name them by id."
        columns={COLUMNS}
        filters={FILTERS}
        load={load}
        version={version}
        empty={{ title: 'No customers yet', text: 'Add one here, or let your program do it.' }}
        action={
          <button type="button" className={buttonStyle('main')} onClick={() => setMaking(true)}>
            New customer
          </button>
        }
        detailTitle={nameOf}
        detail={(customer, refresh) => <Detail customer={customer} onDone={refresh} />}
      />
      <Dialog open={making} onClose={() => setMaking(false)} title="New customer">
        <form onSubmit={submit} className="-mt-4">
          <Details />
          <button type="submit" disabled={busy} className={`mt-5 w-full ${buttonStyle('main')}`}>
            Save
          </button>
        </form>
      </Dialog>
    </>
  )
}

const detailsIn = (element: HTMLFormElement) => {
  const form = new FormData(element)
  return given({ name: textOf(form, 'name'), email: textOf(form, 'email'), phone: textOf(form, 'phone') })
}

function Details({ customer }: { readonly customer?: Customer }) {
  return (
    <>
      <Field label="Name" name="name" maxLength={200} defaultValue={customer?.name ?? ''} />
      <Field label="E-mail" name="email" type="email" defaultValue={customer?.email ?? ''} />
      <Field label="Phone" name="phone" type="tel" defaultValue={customer?.phone ?? ''} />
    </>
  )
}

function Detail({ customer, onDone }: { readonly customer: Customer; readonly onDone: () => void }) {
  const { client } = useSigned()
  const { ask } = useFeedback()
  const { busy, run } = useAction()
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const details = { name: null, email: null, phone: null, ...detailsIn(event.currentTarget) }
    if (await run(() => client.customers.update(customer.id, details), 'Saved.')) onDone()
  }
  const remove = async () => {
    const sure = await ask({
      title: 'Delete this customer?',
      text: 'Past payments keep the details they were made with.',
      confirm: 'Delete',
      danger: true,
    })
    if (sure && (await run(() => client.customers.delete(customer.id), 'Deleted.'))) onDone()
  }
  return (
    <div className="grid gap-5">
      <Facts
        facts={[
          ['Id', <Code key="id">{customer.id}</Code>],
          ['Description', customer.description],
          ['Created', <Time key="created" at={customer.createdAt} seconds />],
          [
            'Payments',
            <Link key="payments" href={`/payments?customer=${customer.id}`} className="text-accent underline">
              Look at them
            </Link>,
          ],
          [
            'Saved methods',
            <Link
              key="methods"
              href={`/saved-payment-methods?customer=${customer.id}`}
              className="text-accent underline"
            >
              Look at them
            </Link>,
          ],
        ]}
      />
      <form onSubmit={submit}>
        <Details customer={customer} />
        <div className="mt-5 flex flex-wrap gap-2">
          <button type="submit" disabled={busy} className={buttonStyle('main')}>
            Save
          </button>
          <button type="button" disabled={busy} onClick={remove} className={buttonStyle('danger')}>
            Delete
          </button>
        </div>
      </form>
    </div>
  )
}

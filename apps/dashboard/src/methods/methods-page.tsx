'use client'

import type { PaymentMethod, PaymentMethodKind } from 'onerouter'
import { useCallback, useState } from 'react'
import { PAYMENT_PROVIDERS, PROVIDER_NAMES, providerOptions } from '../payments/provider-names.ts'
import { useSigned } from '../session/signed-in.tsx'
import { Badge, words } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Card } from '../ui/card.tsx'
import { optionsOf } from '../ui/choices.ts'
import { useAction } from '../ui/feedback.tsx'
import { Field, Select } from '../ui/field.tsx'
import { choice, given } from '../ui/given.ts'
import { PageHeader } from '../ui/page-header.tsx'
import { Empty, Failed, Loading } from '../ui/states.tsx'
import { usePolled } from '../ui/use-polled.ts'

const KINDS: readonly PaymentMethodKind[] = [
  'card',
  'wallet',
  'upi',
  'bank_redirect',
  'bank_transfer',
  'bank_debit',
  'pay_later',
  'emi',
  'voucher',
  'crypto',
  'page',
]

interface Wanted {
  readonly provider: string
  readonly kind: string
  readonly currency: string
  readonly country: string
}
const ALL: Wanted = { provider: '', kind: '', currency: '', country: '' }
/** Codes are asked for once they are whole. */
const whole = (code: string, length: number) => (code.length === length ? code.toUpperCase() : undefined)

/** The marketplace: every way to pay, per country and currency, with a switch for each. */
export function MethodsPage() {
  const { client, environment } = useSigned()
  const [wanted, setWanted] = useState(ALL)
  const look = useCallback(
    () =>
      client.paymentMethods.list({
        environment,
        ...given({
          provider: choice(PAYMENT_PROVIDERS, wanted.provider),
          kind: choice(KINDS, wanted.kind),
          currency: whole(wanted.currency, 3),
          country: whole(wanted.country, 2),
        }),
      }),
    [client, environment, wanted],
  )
  const { value, problem, refresh } = usePolled(look)
  const set = (name: keyof Wanted) => (event: { readonly target: { readonly value: string } }) =>
    setWanted({ ...wanted, [name]: event.target.value })
  return (
    <>
      <PageHeader
        title="Payment methods"
        text="Every way to pay that your providers have. Routing uses those that are connected and on."
      />
      <Card title="Looking for">
        <div className="grid gap-x-4 px-4 pb-4 sm:grid-cols-2 sm:px-5 xl:grid-cols-4">
          <Select
            label="Provider"
            value={wanted.provider}
            onChange={set('provider')}
            options={[['', 'All'], ...providerOptions(PAYMENT_PROVIDERS)]}
          />
          <Select
            label="Kind"
            value={wanted.kind}
            onChange={set('kind')}
            options={[['', 'All'], ...optionsOf(KINDS)]}
          />
          <Field
            label="Currency"
            value={wanted.currency}
            onChange={set('currency')}
            maxLength={3}
            placeholder="INR"
          />
          <Field
            label="Country"
            value={wanted.country}
            onChange={set('country')}
            maxLength={2}
            placeholder="IN"
          />
        </div>
      </Card>
      {problem !== null && <Failed problem={problem} onRetry={refresh} />}
      {value === null && problem === null && <Loading />}
      {value?.data.length === 0 && <Empty title="Nothing matches">Try another country or currency.</Empty>}
      <ul className="mt-6 grid gap-4 sm:grid-cols-2 2xl:grid-cols-3">
        {(value?.data ?? []).map((method) => (
          <Method key={method.id} method={method} onDone={refresh} />
        ))}
      </ul>
    </>
  )
}

const CODES_SHOWN = 8
const shortly = (codes: readonly string[] | null): string => {
  if (codes === null) return 'all'
  const rest = codes.length - CODES_SHOWN
  return codes.slice(0, CODES_SHOWN).join(', ') + (rest > 0 ? ` and ${rest} more` : '')
}

function Method({ method, onDone }: { readonly method: PaymentMethod; readonly onDone: () => void }) {
  const { client, environment } = useSigned()
  const { busy, run } = useAction()
  const toggle = () =>
    run(
      () =>
        client.paymentMethods.update(method.provider, method.method, {
          enabled: !method.enabled,
          environment,
        }),
      method.enabled ? `${method.label} is off.` : `${method.label} is on.`,
    ).then(onDone)
  return (
    <li className="flex min-w-0 flex-col rounded-xl border border-line bg-surface p-4 text-sm">
      <div className="flex items-start gap-3">
        <div className="min-w-0 flex-1">
          <h2 className="break-words font-semibold">{method.label}</h2>
          <p className="text-muted">
            {PROVIDER_NAMES[method.provider]}, {words(method.kind).toLowerCase()}
          </p>
        </div>
        <Badge tone={method.available ? 'good' : 'calm'}>
          {method.available ? 'Available' : method.connected ? 'Off' : 'Not connected'}
        </Badge>
      </div>
      <p className="mt-3 break-words text-xs text-muted">Currencies: {shortly(method.currencies)}</p>
      <p className="mt-1 break-words text-xs text-muted">Countries: {shortly(method.countries)}</p>
      <div className="mt-auto pt-4">
        <button type="button" disabled={busy} onClick={toggle} className={buttonStyle('plain')}>
          {method.enabled ? 'Turn off' : 'Turn on'}
          <span className="sr-only"> {method.label}</span>
        </button>
      </div>
    </li>
  )
}

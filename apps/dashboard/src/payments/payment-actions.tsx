'use client'

import type { Capabilities, Payment, PaymentSimulation } from 'onerouter'
import { type FormEvent, useId, useState } from 'react'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Dialog } from '../ui/dialog.tsx'
import { useAction, useFeedback } from '../ui/feedback.tsx'
import { Field, Select } from '../ui/field.tsx'
import { choice, given, textOf } from '../ui/given.ts'
import { whyNot } from './allowed.ts'

interface Props {
  readonly payment: Payment
  readonly able: Capabilities | undefined
  readonly onDone: () => void
}

/** What a person may do to a payment; a button that is off says why. */
export function PaymentActions({ payment, able, onDone }: Props) {
  const { client } = useSigned()
  const { ask } = useFeedback()
  const { busy, run } = useAction()
  const [open, setOpen] = useState<'refund' | 'capture' | null>(null)
  const cancel = async () => {
    const sure = await ask({
      title: 'Cancel this payment?',
      text: 'The payer can no longer pay it, and money that was only authorized is released.',
      confirm: 'Cancel the payment',
      danger: true,
    })
    if (sure && (await run(() => client.payments.cancel(payment.id), 'Canceled.'))) onDone()
  }
  return (
    <div className="flex flex-wrap items-start gap-2">
      <Act
        label="Refund"
        reason={whyNot('refund', payment, able)}
        busy={busy}
        onClick={() => setOpen('refund')}
      />
      {payment.capture === 'manual' && (
        <Act
          label="Capture"
          reason={whyNot('capture', payment, able)}
          busy={busy}
          onClick={() => setOpen('capture')}
        />
      )}
      <Act label="Cancel" reason={whyNot('cancel', payment, able)} busy={busy} onClick={cancel} />
      <button
        type="button"
        disabled={busy}
        className={buttonStyle('quiet')}
        onClick={() => run(() => client.payments.sync(payment.id), 'Asked the provider.').then(onDone)}
      >
        Ask the provider
      </button>
      <RefundForm
        payment={payment}
        able={able}
        open={open === 'refund'}
        onClose={() => setOpen(null)}
        onDone={onDone}
      />
      <CaptureForm
        payment={payment}
        able={able}
        open={open === 'capture'}
        onClose={() => setOpen(null)}
        onDone={onDone}
      />
    </div>
  )
}

function Act({
  label,
  reason,
  busy,
  onClick,
}: {
  readonly label: string
  readonly reason: string | null
  readonly busy: boolean
  readonly onClick: () => void
}) {
  const id = useId()
  const off = reason !== null || busy
  return (
    <span className="group relative inline-block">
      {/* Stays reachable while it is off, so that everybody can learn why. */}
      <button
        type="button"
        aria-disabled={off}
        aria-describedby={reason === null ? undefined : id}
        onClick={() => !off && onClick()}
        className={`${buttonStyle('plain')} ${off ? 'cursor-not-allowed text-muted' : ''}`}
      >
        {label}
      </button>
      {reason !== null && (
        <span
          id={id}
          role="tooltip"
          className="pointer-events-none absolute left-0 top-full z-10 mt-1 w-56 rounded-lg border border-line bg-surface px-3 py-2 text-xs text-ink opacity-0 shadow-lg transition group-focus-within:opacity-100 group-hover:opacity-100"
        >
          {reason}
        </span>
      )}
    </span>
  )
}

type FormProps = Props & { readonly open: boolean; readonly onClose: () => void }

function RefundForm({ payment, able, open, onClose, onDone }: FormProps) {
  const { client } = useSigned()
  const { busy, run } = useAction()
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const amount = textOf(form, 'amount')
    const more = given({
      reason: textOf(form, 'reason'),
      speed: choice(['normal', 'optimum'] as const, textOf(form, 'speed')),
    })
    const params = amount === undefined ? more : { ...more, amount }
    if (await run(() => client.payments.refund(payment.id, params), 'The refund is on its way.')) {
      onClose()
      onDone()
    }
  }
  const speeds = able?.refundSpeeds ?? []
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Refund this payment"
      description={`Money goes back to the payer and cannot be called back. ${payment.amountCaptured} ${payment.currency} were captured, ${payment.amountRefunded} refunded so far.`}
    >
      <form onSubmit={submit} className="-mt-4">
        <Field
          label={`Amount in ${payment.currency}`}
          name="amount"
          inputMode="decimal"
          hint="Leave it empty to refund all that is left."
        />
        <Field label="Reason" name="reason" maxLength={200} />
        {speeds.length > 1 && (
          <Select label="Speed" name="speed" options={speeds.map((speed) => [speed, speed])} />
        )}
        <button type="submit" disabled={busy} className={`mt-5 w-full ${buttonStyle('danger')}`}>
          {busy ? 'Refunding…' : 'Refund'}
        </button>
      </form>
    </Dialog>
  )
}

function CaptureForm({ payment, able, open, onClose, onDone }: FormProps) {
  const { client } = useSigned()
  const { busy, run } = useAction()
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const amount = textOf(new FormData(event.currentTarget), 'amount')
    const params = amount === undefined ? {} : { amount }
    if (await run(() => client.payments.capture(payment.id, params), 'Captured.')) {
      onClose()
      onDone()
    }
  }
  return (
    <Dialog
      open={open}
      onClose={onClose}
      title="Capture this payment"
      description="The payer is charged now. What is not captured is released."
    >
      <form onSubmit={submit} className="-mt-4">
        {able?.partialCapture !== false && (
          <Field
            label={`Amount in ${payment.currency}`}
            name="amount"
            inputMode="decimal"
            hint={`Leave it empty to capture all ${payment.amount}.`}
          />
        )}
        <button type="submit" disabled={busy} className={`mt-5 w-full ${buttonStyle('main')}`}>
          {busy ? 'Capturing…' : 'Capture'}
        </button>
      </form>
    </Dialog>
  )
}

const SIMULATIONS: readonly (readonly [PaymentSimulation, string])[] = [
  ['succeed', 'The payer pays'],
  ['fail', 'The payer is declined'],
  ['abandon', 'The payer leaves'],
  ['late_succeed', 'Paid late'],
  ['dispute', 'The payer disputes'],
]

/** Plays the payer, on the sandbox only; elsewhere the API refuses and says so. */
export function Simulate({ payment, onDone }: Omit<Props, 'able'>) {
  const { client } = useSigned()
  const { busy, run } = useAction()
  return (
    <div className="flex flex-wrap gap-2">
      {SIMULATIONS.map(([action, label]) => (
        <button
          key={action}
          type="button"
          disabled={busy}
          className={buttonStyle('plain')}
          onClick={() =>
            run(() => client.simulations.payment(payment.id, action), 'Done at the sandbox.').then(onDone)
          }
        >
          {label}
        </button>
      ))}
    </div>
  )
}

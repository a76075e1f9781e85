'use client'

import { type FormEvent, useState } from 'react'
import { useSigned } from '../session/signed-in.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { useAction, useFeedback } from '../ui/feedback.tsx'
import { Field, Select } from '../ui/field.tsx'
import { given, textOf } from '../ui/given.ts'
import type { RuleSet } from './diff.ts'
import type { Refused } from './editor.tsx'

const SOME = 10

/** How a new version begins: with all payments, or tried on some of them. */
export function SaveForm(props: {
  readonly set: RuleSet
  /** The version that was edited: refused when somebody was faster. */
  readonly base: number
  readonly onRefused: Refused
  readonly onSaved: () => void
}) {
  const { set, base, onRefused, onSaved } = props
  const { client, environment } = useSigned()
  const { busy, run } = useAction()
  const { tell } = useFeedback()
  const [trial, setTrial] = useState(false)
  const saved = () => {
    tell('good', trial ? 'The new version is on trial.' : 'The new version is in force.')
    onSaved()
  }
  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const percent = textOf(form, 'percent')
    const save = () =>
      client.routing.save({
        rules: set.rules,
        environment,
        baseVersion: base,
        ...given({
          default: set.default ?? undefined,
          comment: textOf(form, 'comment'),
          trialPercent: trial && percent !== undefined ? Number.parseInt(percent, 10) : undefined,
        }),
      })
    await run(() => save().then(saved, onRefused))
  }
  return (
    <form onSubmit={submit}>
      <Select
        label="Begin with"
        value={trial ? 'some' : 'all'}
        onChange={({ target }) => setTrial(target.value === 'some')}
        options={[
          ['all', 'All payments'],
          ['some', 'Some payments: a trial'],
        ]}
        hint="It decides from the next payment on. The version before stays, and can be put back."
      />
      {trial && (
        <Field
          label="Payments in a hundred"
          name="percent"
          type="number"
          min={1}
          max={99}
          defaultValue={SOME}
          required
        />
      )}
      <Field label="Comment" name="comment" maxLength={500} placeholder="Why" />
      <button type="submit" disabled={busy} className={`mt-5 w-full ${buttonStyle('main')}`}>
        {busy ? 'Saving…' : trial ? 'Try it' : 'Put it in force'}
      </button>
    </form>
  )
}

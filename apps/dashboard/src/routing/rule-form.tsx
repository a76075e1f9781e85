'use client'

import type { RoutingConditions, RoutingRule, RoutingUse } from 'onerouter'
import type { FormEvent } from 'react'
import { words } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Check, Field, TextArea } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { type Problems, problemAt } from './problems.ts'
import { DAYS, listText, localText, metadataText, routeIn, ruleIn } from './rule-texts.ts'
import { UseFields } from './use-fields.tsx'

type ProblemAt = (place: string) => string | undefined

interface RuleFormProps {
  readonly rule: RoutingRule
  /** Its place among the rules: what is wrong is told by it. */
  readonly place: number
  readonly problems: Problems
  readonly onDone: (rule: RoutingRule) => void
}

/** One rule: which payments, and whom they go to. Nothing is sent before the whole set is. */
export function RuleForm({ rule, place, problems, onDone }: RuleFormProps) {
  const problem: ProblemAt = (at) => problemAt(problems, `/rules/${place}${at}`)
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    onDone(ruleIn(new FormData(event.currentTarget), rule))
  }
  return (
    <form onSubmit={submit} className="-mt-4">
      {problem('') !== undefined && <Notice kind="bad">What is marked below was refused.</Notice>}
      <Field
        label="Name"
        name="name"
        defaultValue={rule.name}
        maxLength={80}
        required
        problem={problem('/name')}
      />
      <h3 className="mt-6 font-semibold">Which payments</h3>
      <p className="text-sm text-muted">All that is filled in must hold; nothing filled in means all.</p>
      <ConditionFields when={rule.when ?? {}} problem={(at) => problem(`/when${at}`)} />
      <h3 className="mt-6 font-semibold">Where they go</h3>
      <UseFields use={rule.use} problem={(at) => problem(`/use${at}`)} />
      <button type="submit" className={`mt-6 w-full ${buttonStyle('main')}`}>
        Keep this rule
      </button>
    </form>
  )
}

function ConditionFields(props: { readonly when: RoutingConditions; readonly problem: ProblemAt }) {
  const { when, problem } = props
  return (
    <>
      <div className="grid gap-x-4 sm:grid-cols-2">
        <Field
          label="Currencies"
          name="currencies"
          placeholder="EUR, USD"
          defaultValue={listText(when.currencies)}
          problem={problem('/currencies')}
        />
        <Field
          label="Countries of the payer"
          name="countries"
          placeholder="DE, FR"
          defaultValue={listText(when.countries)}
          problem={problem('/countries')}
        />
        <Field
          label="At least"
          name="amount-min"
          inputMode="decimal"
          defaultValue={when.amount?.min}
          hint="In one currency"
          problem={problem('/amount')}
        />
        <Field
          label="At most"
          name="amount-max"
          inputMode="decimal"
          defaultValue={when.amount?.max}
          problem={problem('/amount/max')}
        />
        <Field
          label="Methods"
          name="methods"
          placeholder="card, upi"
          defaultValue={listText(when.methods)}
          problem={problem('/methods')}
        />
        <Field
          label="Payers"
          name="customers"
          placeholder="@example.com, ada@example.org"
          defaultValue={listText(when.customers)}
          problem={problem('/customers')}
        />
      </div>
      <TextArea
        label="Metadata"
        name="metadata"
        rows={2}
        placeholder="tier: gold"
        defaultValue={metadataText(when.metadata)}
        hint="A name and a value in each line; one name may have several."
        problem={problem('/metadata')}
      />
      <TimeFields time={when.time ?? {}} problem={(at) => problem(`/time${at}`)} />
    </>
  )
}

type TimeWindow = NonNullable<RoutingConditions['time']>

function TimeFields({ time, problem }: { readonly time: TimeWindow; readonly problem: ProblemAt }) {
  const used = Object.keys(time).length > 0
  return (
    <details open={used || problem('') !== undefined} className="mt-4">
      <summary className="cursor-pointer text-sm font-medium">Only at certain times</summary>
      <fieldset className="mt-2">
        <legend className="sr-only">Days</legend>
        <div className="flex flex-wrap gap-x-4">
          {DAYS.map((day) => (
            <Check
              key={day}
              name={`day-${day}`}
              label={words(day)}
              defaultChecked={time.days?.includes(day) ?? false}
            />
          ))}
        </div>
      </fieldset>
      <div className="grid grid-cols-2 gap-x-4">
        <Field label="From" name="from" type="time" defaultValue={time.from} problem={problem('/from')} />
        <Field label="To" name="to" type="time" defaultValue={time.to} problem={problem('/to')} />
      </div>
      <Field
        label="By the clock of"
        name="time-zone"
        placeholder="UTC"
        defaultValue={time.timeZone}
        hint="A time zone’s name, such as Asia/Kolkata"
        problem={problem('/time_zone')}
      />
      <div className="grid gap-x-4 sm:grid-cols-2">
        <Field
          label="Not before"
          name="starts-at"
          type="datetime-local"
          defaultValue={localText(time.startsAt)}
          problem={problem('/starts_at')}
        />
        <Field
          label="Until"
          name="ends-at"
          type="datetime-local"
          defaultValue={localText(time.endsAt)}
          problem={problem('/ends_at')}
        />
      </div>
    </details>
  )
}

/** Where payments go that no rule matches; without one it is the default order. */
export function DefaultForm(props: {
  readonly use: RoutingUse | null
  readonly problems: Problems
  readonly onDone: (use: RoutingUse | null) => void
}) {
  const { use, problems, onDone } = props
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    onDone(routeIn(new FormData(event.currentTarget)))
  }
  return (
    <form onSubmit={submit} className="-mt-4">
      <UseFields
        use={use ?? { strategy: 'success_rate' }}
        problem={(at) => problemAt(problems, `/default${at}`)}
      />
      <div className="mt-6 grid gap-3 sm:grid-cols-2">
        <button type="button" onClick={() => onDone(null)} className={buttonStyle('plain')}>
          Use the default order
        </button>
        <button type="submit" className={buttonStyle('main')}>
          Keep this
        </button>
      </div>
    </form>
  )
}

'use client'

import type { RoutingConditions, RoutingRule, RoutingUse } from 'onerouter'
import type { FormEvent } from 'react'
import { words } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Check, TextArea } from '../ui/field.tsx'
import { Notice } from '../ui/notice.tsx'
import { PlacedField, type ProblemAt } from './placed-field.tsx'
import { type Problems, problemAt } from './problems.ts'
import { DAYS, listText, localText, metadataText, routeIn, ruleIn } from './rule-texts.ts'
import { UseFields } from './use-fields.tsx'

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
      <PlacedField
        at="/name"
        label="Name"
        defaultValue={rule.name}
        maxLength={80}
        required
        problem={problem}
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

/** Conditions that are lists of words. */
const LISTS = [
  ['currencies', 'Currencies', 'EUR, USD'],
  ['countries', 'Countries of the payer', 'DE, FR'],
  ['methods', 'Methods', 'card, upi'],
  ['customers', 'Payers', '@example.com, ada@example.org'],
] as const satisfies readonly (readonly [keyof RoutingConditions, label: string, placeholder: string])[]

function ConditionFields(props: { readonly when: RoutingConditions; readonly problem: ProblemAt }) {
  const { when, problem } = props
  const amount = { inputMode: 'decimal', problem } as const
  return (
    <>
      <div className="grid gap-x-4 sm:grid-cols-2">
        {LISTS.map(([name, label, placeholder]) => (
          <PlacedField
            key={name}
            at={`/${name}`}
            {...{ label, placeholder, problem }}
            defaultValue={listText(when[name])}
          />
        ))}
        <PlacedField
          at="/amount"
          name="amount-min"
          label="At least"
          hint="In one currency"
          defaultValue={when.amount?.min}
          {...amount}
        />
        <PlacedField at="/amount/max" label="At most" defaultValue={when.amount?.max} {...amount} />
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
  const daily = { type: 'time', problem } as const
  const once = { type: 'datetime-local', problem } as const
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
        <PlacedField at="/from" label="From" defaultValue={time.from} {...daily} />
        <PlacedField at="/to" label="To" defaultValue={time.to} {...daily} />
      </div>
      <PlacedField
        at="/time_zone"
        label="By the clock of"
        placeholder="UTC"
        hint="A time zone’s name, such as Asia/Kolkata"
        defaultValue={time.timeZone}
        problem={problem}
      />
      <div className="grid gap-x-4 sm:grid-cols-2">
        <PlacedField at="/starts_at" label="Not before" defaultValue={localText(time.startsAt)} {...once} />
        <PlacedField at="/ends_at" label="Until" defaultValue={localText(time.endsAt)} {...once} />
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

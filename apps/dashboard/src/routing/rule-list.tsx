'use client'

import type { RoutingRule } from 'onerouter'
import { Badge } from '../ui/badge.tsx'
import { buttonStyle } from '../ui/button.tsx'
import { Empty } from '../ui/states.tsx'
import { conditionsInWords, routeInWords } from './in-words.ts'
import { type Problems, problemAt } from './problems.ts'

interface RuleListProps {
  readonly rules: readonly RoutingRule[]
  readonly problems: Problems
  readonly onChange: (rules: readonly RoutingRule[]) => void
  readonly onEdit: (place: number) => void
}

/** The rules in the order in which they are asked; the first that matches decides. */
export function RuleList({ rules, problems, onChange, onEdit }: RuleListProps) {
  if (rules.length === 0) {
    return (
      <Empty title="No rules">
        Every payment that names no provider takes the first that can have it, in the default order.
      </Empty>
    )
  }
  const replace = (place: number, ...by: readonly RoutingRule[]) =>
    onChange([...rules.slice(0, place), ...by, ...rules.slice(place + 1)])
  const swap = (place: number) => {
    const [first, second] = [rules[place], rules[place + 1]]
    if (first === undefined || second === undefined) return
    onChange([...rules.slice(0, place), second, first, ...rules.slice(place + 2)])
  }
  return (
    <ol className="divide-y divide-line">
      {rules.map((rule, place) => (
        <li key={rule.name} className="px-4 py-4 sm:px-5">
          <RuleWords rule={rule} place={place} problem={problemAt(problems, `/rules/${place}`)} />
          <div className="mt-3 flex flex-wrap gap-2">
            <button type="button" className={buttonStyle('plain')} onClick={() => onEdit(place)}>
              Edit<span className="sr-only"> {rule.name}</span>
            </button>
            <button
              type="button"
              className={buttonStyle('quiet')}
              disabled={place === 0}
              onClick={() => swap(place - 1)}
            >
              Earlier<span className="sr-only">: {rule.name}</span>
            </button>
            <button
              type="button"
              className={buttonStyle('quiet')}
              disabled={place === rules.length - 1}
              onClick={() => swap(place)}
            >
              Later<span className="sr-only">: {rule.name}</span>
            </button>
            <button
              type="button"
              className={buttonStyle('quiet')}
              onClick={() => replace(place, { ...rule, enabled: rule.enabled === false })}
            >
              {rule.enabled === false ? 'Switch on' : 'Switch off'}
              <span className="sr-only">: {rule.name}</span>
            </button>
            <button type="button" className={buttonStyle('quiet')} onClick={() => replace(place)}>
              Remove<span className="sr-only"> {rule.name}</span>
            </button>
          </div>
        </li>
      ))}
    </ol>
  )
}

function RuleWords(props: {
  readonly rule: RoutingRule
  readonly place: number
  readonly problem: string | undefined
}) {
  const { rule, place, problem } = props
  const conditions = conditionsInWords(rule.when)
  return (
    <>
      <div className="flex flex-wrap items-center gap-2">
        <span aria-hidden="true" className="text-sm tabular-nums text-muted">
          {place + 1}.
        </span>
        <h3 className="min-w-0 break-words font-medium">{rule.name}</h3>
        {rule.enabled === false && <Badge tone="calm">Off</Badge>}
        {problem !== undefined && <Badge tone="bad">Refused</Badge>}
      </div>
      <p className="mt-1 break-words text-sm text-muted">
        {conditions.length === 0 ? 'All payments' : `Payments ${conditions.join(', ')}`}
      </p>
      <p className="break-words text-sm">→ {routeInWords(rule.use)}</p>
      {problem !== undefined && <p className="mt-1 break-words text-sm text-bad">{problem}</p>}
    </>
  )
}

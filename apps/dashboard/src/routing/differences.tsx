import { Badge, type Tone } from '../ui/badge.tsx'
import type { Difference } from './diff.ts'

const KINDS = {
  added: ['good', 'Added'],
  removed: ['bad', 'Removed'],
  changed: ['wait', 'Changed'],
  moved: ['calm', 'Moved'],
} as const satisfies Record<Difference['kind'], readonly [Tone, string]>

/** What is no longer there and what came instead, rule by rule. */
export function Differences({ found }: { readonly found: readonly Difference[] }) {
  if (found.length === 0) return <p className="text-sm">Nothing: the rules are the same.</p>
  return (
    <ul className="grid gap-3">
      {found.map(({ name, kind, gone, come }) => (
        <li key={`${kind} ${name}`} className="rounded-lg border border-line p-3 text-sm">
          <p className="flex flex-wrap items-center gap-2">
            <span className="min-w-0 break-words font-medium">{name}</span>
            <Badge tone={KINDS[kind][0]}>{KINDS[kind][1]}</Badge>
          </p>
          <Lines sign="−" said="No longer" lines={gone} style="text-bad" />
          <Lines sign="+" said="Now" lines={come} style="text-good" />
        </li>
      ))}
    </ul>
  )
}

function Lines(props: {
  readonly sign: string
  readonly said: string
  readonly lines: readonly string[]
  readonly style: string
}) {
  return props.lines.map((line) => (
    <p key={line} className={`mt-1 break-words ${props.style}`}>
      <span aria-hidden="true">{props.sign} </span>
      <span className="sr-only">{props.said}: </span>
      {line}
    </p>
  ))
}

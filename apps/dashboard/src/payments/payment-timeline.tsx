import type { TimelineEntry } from 'onerouter'
import { Time } from '../ui/time.tsx'

const KINDS = {
  transition: ['Event', 'bg-accent-fill'],
  operation: ['Operation', 'bg-calm'],
  provider_call: ['Provider call', 'bg-muted'],
  webhook: ['Webhook', 'bg-good'],
} as const satisfies Record<TimelineEntry['kind'], readonly [string, string]>

/** Everything in order; each entry opens to what was recorded of it. */
export function PaymentTimeline({ entries }: { readonly entries: readonly TimelineEntry[] }) {
  if (entries.length === 0) return <p className="px-5 py-8 text-sm text-muted">Nothing has happened yet.</p>
  return (
    <ol className="divide-y divide-line">
      {entries.map((entry, index) => (
        // Entries are only ever added, so their place names them.
        // biome-ignore lint/suspicious/noArrayIndexKey: see above
        <li key={index}>
          <Entry entry={entry} />
        </li>
      ))}
    </ol>
  )
}

function Entry({ entry }: { readonly entry: TimelineEntry }) {
  const [label, dot] = KINDS[entry.kind]
  return (
    <details className="group px-4 py-3 sm:px-5">
      <summary className="flex cursor-pointer list-none flex-wrap items-baseline gap-x-3 gap-y-1 text-sm">
        <span className={`size-2 shrink-0 self-center rounded-full ${dot}`} aria-hidden="true" />
        <span className="min-w-0 break-words font-medium">{entry.summary}</span>
        <span className="text-xs text-muted">{label}</span>
        <span className="ml-auto text-xs text-muted">
          <Time at={entry.at} seconds />
        </span>
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrollable region must be reachable by keyboard */}
      <pre tabIndex={0} className="mt-3 max-h-80 overflow-auto rounded-lg bg-raised p-3 font-mono text-xs">
        {JSON.stringify(entry.data, null, 2)}
      </pre>
    </details>
  )
}

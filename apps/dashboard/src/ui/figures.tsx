import type { ReactNode } from 'react'

export interface Figure {
  readonly label: string
  readonly value: ReactNode
  /** Beside it, small: what it was before, or of what it is a part. */
  readonly note?: string
}

/** So many fit into one row. */
const FEW = 4

/** A few numbers that say most, each under its name. */
export function Figures({ label, figures }: { readonly label: string; readonly figures: readonly Figure[] }) {
  return (
    <dl
      aria-label={label}
      className={`grid grid-cols-2 gap-3 sm:gap-4 ${figures.length === FEW ? 'lg:grid-cols-4' : 'lg:grid-cols-3 2xl:grid-cols-6'}`}
    >
      {figures.map(({ label: name, value, note }) => (
        <div key={name} className="min-w-0 rounded-xl border border-line bg-surface p-4">
          <dt className="text-sm text-muted">{name}</dt>
          <dd className="mt-1 break-words text-xl font-semibold tabular-nums">{value}</dd>
          {note !== undefined && <dd className="mt-1 break-words text-xs text-muted">{note}</dd>}
        </div>
      ))}
    </dl>
  )
}

import type { ReactNode } from 'react'
import { buttonStyle } from './button.tsx'

/** Nothing here yet, and what to do about it. */
export function Empty({
  title,
  children,
  action,
}: {
  readonly title: string
  readonly children?: ReactNode
  readonly action?: ReactNode
}) {
  return (
    <div className="px-5 py-14 text-center">
      <p className="font-medium">{title}</p>
      {children !== undefined && <p className="mx-auto mt-1 max-w-md text-sm text-muted">{children}</p>}
      {action !== undefined && <div className="mt-5">{action}</div>}
    </div>
  )
}

const BARS = ['w-3/4', 'w-2/3', 'w-5/6', 'w-1/2', 'w-3/5'] as const

/** As much room as the content will take, so that nothing jumps. */
export function Loading() {
  return (
    <div role="status" className="px-5 py-4">
      <span className="sr-only">Loading…</span>
      {BARS.map((width) => (
        <div key={width} aria-hidden="true" className={`my-4 h-4 animate-pulse rounded bg-raised ${width}`} />
      ))}
    </div>
  )
}

export function Failed({ problem, onRetry }: { readonly problem: string; readonly onRetry?: () => void }) {
  return (
    <div
      role="alert"
      className="m-4 flex flex-wrap items-center gap-3 rounded-lg bg-bad-fill px-4 py-3 text-sm text-bad"
    >
      <span className="min-w-0 flex-1 break-words">{problem}</span>
      {onRetry !== undefined && (
        <button type="button" onClick={onRetry} className={buttonStyle('plain')}>
          Try again
        </button>
      )}
    </div>
  )
}

import type { ReactNode } from 'react'

const STYLES = { bad: 'bg-bad-fill text-bad', good: 'bg-good-fill text-good' } as const

/** A sentence that screen readers hear when it appears. */
export function Notice({
  kind,
  children,
}: {
  readonly kind: keyof typeof STYLES
  readonly children: ReactNode
}) {
  return (
    <p
      role={kind === 'bad' ? 'alert' : 'status'}
      className={`mt-4 rounded-lg px-3 py-2 text-sm ${STYLES[kind]}`}
    >
      {children}
    </p>
  )
}

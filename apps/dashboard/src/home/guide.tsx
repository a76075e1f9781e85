import Link from 'next/link'
import { buttonStyle } from '../ui/button.tsx'
import type { Step } from './look-around.ts'

/** The way from a fresh installation to live payments; gone once all of it is done. */
export function Guide({ steps }: { readonly steps: readonly Step[] }) {
  const next = steps.findIndex(({ done }) => !done)
  if (next === -1) return null
  return (
    <section aria-label="Getting started" className="rounded-xl border border-line bg-surface p-4 sm:p-5">
      <div className="mb-4 flex items-baseline justify-between gap-4">
        <h2 className="font-semibold">Getting started</h2>
        <p className="text-sm text-muted">
          {steps.filter(({ done }) => done).length} of {steps.length} done
        </p>
      </div>
      <ol className="grid gap-3 sm:grid-cols-2 2xl:grid-cols-4">
        {steps.map((step, index) => (
          <li
            key={step.title}
            className={`flex flex-col rounded-lg border p-4 text-sm ${
              index === next ? 'border-accent' : 'border-line'
            }`}
          >
            <p className="font-medium">
              <span aria-hidden="true" className={step.done ? 'text-good' : 'text-muted'}>
                {step.done ? '✓ ' : `${index + 1}. `}
              </span>
              {step.title}
              {step.done && <span className="sr-only"> (done)</span>}
            </p>
            <p className="mb-4 mt-1 break-words text-muted">{step.text}</p>
            {!step.done && (
              <Link
                href={step.href}
                prefetch={false}
                className={`mt-auto self-start ${buttonStyle(index === next ? 'main' : 'plain')}`}
              >
                {step.action}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}

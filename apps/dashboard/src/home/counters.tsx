import Link from 'next/link'
import type { Counter } from './look-around.ts'

export function Counters({ counters }: { readonly counters: readonly Counter[] }) {
  return (
    <ul aria-label="At a glance" className="grid grid-cols-2 gap-3 sm:gap-4 xl:grid-cols-4">
      {counters.map(({ label, count, href, attention }) => (
        <li key={label}>
          <Link
            href={href}
            prefetch={false}
            className="block rounded-xl border border-line bg-surface p-4 hover:bg-raised"
          >
            <span className="block text-sm text-muted">{label}</span>
            <span
              className={`mt-1 block text-2xl font-semibold tabular-nums ${
                attention && count !== '0' ? 'text-bad' : ''
              }`}
            >
              {count}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  )
}

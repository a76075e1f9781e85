import { grouped } from './grouped.ts'

/** An exact amount as the API wrote it, grouped as the reader's language does. It never becomes a number. */
export function Money({ amount, currency }: { readonly amount: string; readonly currency: string }) {
  return (
    <span className="whitespace-nowrap tabular-nums">
      {grouped(amount)} <span className="text-muted">{currency}</span>
    </span>
  )
}

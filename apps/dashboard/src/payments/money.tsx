const DECIMAL = /^-?\d+(?:\.(\d+))?$/

/** An exact amount as the API wrote it, grouped as the reader's language does. It never becomes a number. */
export function Money({ amount, currency }: { readonly amount: string; readonly currency: string }) {
  return (
    <span className="whitespace-nowrap tabular-nums">
      {grouped(amount)} <span className="text-muted">{currency}</span>
    </span>
  )
}

export function grouped(amount: string, locale?: string): string {
  const [, fraction] = DECIMAL.exec(amount) ?? []
  if (!DECIMAL.test(amount)) return amount
  const digits = fraction?.length ?? 0
  const format = new Intl.NumberFormat(locale, {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
  // A decimal string is formatted exactly (ECMA-402, Intl.NumberFormat.format); the pattern above proved its form.
  return format.format(amount as `${number}`)
}

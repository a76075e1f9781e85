const DECIMAL = /^-?\d+(?:\.(\d+))?$/

/** A decimal string as the reader’s language groups it; what is no decimal stays as it is. */
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

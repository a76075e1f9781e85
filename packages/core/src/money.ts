import { type Currency, exponentOf } from './currency.ts'

/** An exact amount: integer minor units (cents, paise, yen) of an ISO 4217 currency. Never negative. */
export interface Money {
  readonly minor: bigint
  readonly currency: Currency
}

/** Largest amount accepted anywhere: it survives a JSON number, a bigint column and every provider's field. */
export const AMOUNT_MINOR_MAX = 999_999_999_999_999n

export function money(minor: bigint, currency: Currency): Money {
  if (minor < 0n) throw new RangeError('money is never negative')
  return { minor, currency }
}

export function sameMoney(a: Money, b: Money): boolean {
  return a.minor === b.minor && a.currency === b.currency
}

/** `50000` minor units of USD → `"500.00"`; JPY has no point. */
export function formatMajor(minor: bigint, currency: Currency): string {
  return formatDecimal(minor, exponentOf(currency))
}

/** Minor units as decimal text with exactly `exponent` decimals. */
export function formatDecimal(minor: bigint, exponent: number): string {
  if (minor < 0n) throw new RangeError('money is never negative')
  if (exponent === 0) return minor.toString()
  const digits = minor.toString().padStart(exponent + 1, '0')
  return `${digits.slice(0, -exponent)}.${digits.slice(-exponent)}`
}

const DECIMAL = /^(0|[1-9][0-9]*)(?:\.([0-9]+))?$/

/**
 * Reads decimal text into minor units of `exponent` decimals, or `undefined` when the text is not a plain
 * non-negative decimal or carries more precision than the currency has. Never rounds.
 */
export function parseDecimal(text: string, exponent: number): bigint | undefined {
  if (text.length > 32) return undefined
  const match = DECIMAL.exec(text)
  if (match === null) return undefined
  const whole = match[1] ?? ''
  const fraction = match[2] ?? ''
  const kept = fraction.slice(0, exponent).padEnd(exponent, '0')
  if (/[1-9]/.test(fraction.slice(exponent))) return undefined
  return BigInt(whole + kept)
}

export type AmountProblem = 'not_a_decimal' | 'too_precise' | 'not_positive' | 'too_large'

/** Reads a caller's `amount` in major units; exact or refused. */
export function parseMajor(text: string, currency: Currency): Money | AmountProblem {
  if (text.length > 32 || !DECIMAL.test(text)) return 'not_a_decimal'
  const minor = parseDecimal(text, exponentOf(currency))
  if (minor === undefined) return 'too_precise'
  return checkedMinor(minor, currency)
}

/** Reads a caller's `amount_minor`. */
export function checkedMinor(minor: bigint, currency: Currency): Money | AmountProblem {
  if (minor <= 0n) return 'not_positive'
  if (minor > AMOUNT_MINOR_MAX) return 'too_large'
  return money(minor, currency)
}

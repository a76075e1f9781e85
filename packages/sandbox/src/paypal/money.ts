/**
 * PayPal's money: decimal text with the exponent PayPal gives the currency, which is not always ISO 4217's
 * (HUF and TWD take no decimals). PayPal REST API reference, "Currency codes".
 */

export interface Money {
  readonly currency_code: string
  readonly value: string
}

const TWO_DECIMALS = 'AUD BRL CAD CNY CZK DKK EUR HKD ILS MYR MXN NZD NOK PHP PLN GBP SGD SEK CHF THB USD'
const NO_DECIMALS = 'HUF JPY TWD'

const EXPONENTS: ReadonlyMap<string, 0 | 2> = new Map([
  ...TWO_DECIMALS.split(' ').map((code): [string, 2] => [code, 2]),
  ...NO_DECIMALS.split(' ').map((code): [string, 0] => [code, 0]),
])

/** How many decimals PayPal takes in `currency`; `undefined` when it does not take the currency at all. */
export const exponentOf = (currency: string): 0 | 2 | undefined => EXPONENTS.get(currency)

const VALUE = /^(-?)(\d*)(?:\.(\d+))?$/
const MAX_INTEGER_DIGITS = 15

export type MoneyProblem =
  | 'INVALID_PARAMETER_SYNTAX'
  | 'INVALID_STRING_LENGTH'
  | 'INVALID_CURRENCY_CODE'
  | 'DECIMALS_NOT_SUPPORTED'
  | 'DECIMAL_PRECISION'
  | 'MAX_VALUE_EXCEEDED'

/** Decimal text to minor units of PayPal's own exponent, or the issue code PayPal would answer. */
export function parseValue(
  currency: string,
  value: string,
): { readonly ok: true; readonly minor: bigint } | { readonly ok: false; readonly problem: MoneyProblem } {
  if (value.length > 32) return { ok: false, problem: 'INVALID_STRING_LENGTH' }
  const match = VALUE.exec(value)
  const [, sign = '', whole = '', decimals] = match ?? []
  if (match === null || (whole === '' && decimals === undefined)) {
    return { ok: false, problem: 'INVALID_PARAMETER_SYNTAX' }
  }
  const exponent = exponentOf(currency)
  if (exponent === undefined) return { ok: false, problem: 'INVALID_CURRENCY_CODE' }
  if (exponent === 0 && decimals !== undefined) return { ok: false, problem: 'DECIMALS_NOT_SUPPORTED' }
  if ((decimals ?? '').length > 2) return { ok: false, problem: 'DECIMAL_PRECISION' }
  if (whole.replace(/^0+/, '').length > MAX_INTEGER_DIGITS)
    return { ok: false, problem: 'MAX_VALUE_EXCEEDED' }
  const minor = BigInt(`${whole}${(decimals ?? '').padEnd(exponent, '0')}`)
  return { ok: true, minor: sign === '-' ? -minor : minor }
}

/** Minor units of an amount that was validated when it came in. */
export function toMinor(money: Money): bigint {
  const parsed = parseValue(money.currency_code, money.value)
  if (!parsed.ok) throw new RangeError(`stored amount ${money.value} ${money.currency_code} is not valid`)
  return parsed.minor
}

/** Minor units to the text PayPal answers with, e.g. 1000n USD → `10.00`, 1000n JPY → `1000`. */
export function fromMinor(currency: string, minor: bigint): Money {
  const exponent = exponentOf(currency) ?? 2
  if (exponent === 0) return { currency_code: currency, value: String(minor) }
  const digits = String(minor < 0n ? -minor : minor).padStart(3, '0')
  const value = `${minor < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
  return { currency_code: currency, value }
}

export const sum = (amounts: Iterable<Money>): bigint => {
  let total = 0n
  for (const amount of amounts) total += toMinor(amount)
  return total
}

/** 3.49 % + 0.49 of the currency (PayPal merchant fees, "PayPal Checkout"), half up, at most the gross. */
export function paypalFee(currency: string, gross: bigint): bigint {
  const fixed = exponentOf(currency) === 0 ? 0n : 49n
  const fee = (gross * 349n + 5000n) / 10000n + fixed
  return fee > gross ? gross : fee
}

/** What may be captured or reauthorized at most: 115 % of the authorized amount, rounded down. */
export const overage = (authorized: bigint): bigint => (authorized * 115n) / 100n

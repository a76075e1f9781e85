import { type Currency, exponentOf, type Money, money, parseCurrency } from '@onerouter/core'

/**
 * Stripe counts in its own smallest unit. Mostly it is ISO's minor unit; the exceptions below are Stripe API
 * reference, "Supported currencies": zero-decimal currencies, the special cases ISK and UGX (sent with two
 * decimals that must be zero) and three-decimal currencies (the last digit must be zero).
 */
const ZERO_DECIMAL = 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF'
const ZERO_DECIMAL_SENT_AS_TWO = 'ISK UGX'
const THREE_DECIMAL = 'BHD JOD KWD OMR TND'
const TWO_DECIMAL =
  'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP ' +
  'CRC CVE CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD KES ' +
  'KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR ' +
  'NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD SZL THB TJS TOP TRY TTD ' +
  'TWD TZS UAH USD UYU UZS WST XCD XCG YER ZAR ZMW'

interface Unit {
  /** Decimals of the integer on the wire. */
  readonly exponent: number
  /** Wire amounts must be a multiple of it. */
  readonly step: bigint
}

const unitsOf = (codes: string, unit: Unit) => codes.split(' ').map((code) => [code, unit] as const)

const UNITS: ReadonlyMap<string, Unit> = new Map([
  ...unitsOf(ZERO_DECIMAL, { exponent: 0, step: 1n }),
  // Always a multiple of 100, because ISO gives these two no decimals to begin with.
  ...unitsOf(ZERO_DECIMAL_SENT_AS_TWO, { exponent: 2, step: 1n }),
  ...unitsOf(THREE_DECIMAL, { exponent: 3, step: 10n }),
  ...unitsOf(TWO_DECIMAL, { exponent: 2, step: 1n }),
])

/** Stripe API reference, PaymentIntent `amount`: at most twelve digits in any currency. */
const WIRE_MAX = 999_999_999_999n

export type WireAmount =
  | { readonly ok: true; readonly amount: string; readonly currency: string }
  | { readonly ok: false; readonly reason: 'unsupported_currency' | 'inexact' | 'too_large' }

/** Exact or refused, never rounded: MGA 10.50 and KWD 1.234 have no wire amount at Stripe. */
export function toWireAmount(value: Money): WireAmount {
  const unit = UNITS.get(value.currency)
  if (unit === undefined) return { ok: false, reason: 'unsupported_currency' }
  const amount = shift(value.minor, unit.exponent - exponentOf(value.currency))
  if (amount === undefined || amount % unit.step !== 0n) return { ok: false, reason: 'inexact' }
  if (amount > WIRE_MAX) return { ok: false, reason: 'too_large' }
  return { ok: true, amount: amount.toString(), currency: value.currency.toLowerCase() }
}

/** Reads an amount Stripe states; `undefined` for anything that is not an exact amount of a known currency. */
export function fromWireAmount(amount: unknown, currencyCode: unknown): Money | undefined {
  if (typeof amount !== 'number' || !Number.isSafeInteger(amount) || amount < 0) return undefined
  const currency = typeof currencyCode === 'string' ? parseCurrency(currencyCode) : undefined
  if (currency === undefined) return undefined
  const unit = UNITS.get(currency)
  if (unit === undefined) return undefined
  const minor = shift(BigInt(amount), exponentOf(currency) - unit.exponent)
  return minor === undefined ? undefined : money(minor, currency)
}

export function isSupported(currency: Currency): boolean {
  return UNITS.has(currency)
}

function shift(value: bigint, decimals: number): bigint | undefined {
  if (decimals >= 0) return value * 10n ** BigInt(decimals)
  const divisor = 10n ** BigInt(-decimals)
  return value % divisor === 0n ? value / divisor : undefined
}

import { parseCurrency } from '@onerouter/core'
import { refuse } from './errors.ts'
import type { WireAmount } from './state.ts'

/** Razorpay docs, International Payments: Supported Currencies. Unlike Stripe's, its exponents are ISO's. */
const ZERO_DECIMALS = new Set('BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF'.split(' '))
const THREE_DECIMALS = new Set('BHD IQD JOD KWD OMR TND'.split(' '))

/** Minimum charge; other currencies publish none. */
const MINIMUM: Readonly<Record<string, WireAmount>> = { INR: 100 }

export const minimumOf = (currency: string): WireAmount => MINIMUM[currency] ?? 1

export function checkCurrency(value: unknown): string {
  if (typeof value === 'string' && /^[A-Z]{3}$/.test(value) && parseCurrency(value) !== undefined)
    return value
  return refuse('currency: validation_failure: BAD_REQUEST_INVALID_CURRENCY.', { field: 'currency' })
}

/** Three-decimal currencies are charged to the hundredth: the last digit is always 0. */
export function checkStep(amount: WireAmount, currency: string): void {
  if (THREE_DECIMALS.has(currency) && amount % 10 !== 0) {
    refuse(`The amount for ${currency} must be a multiple of 10.`, { field: 'amount' })
  }
}

/** One made-up rate for every foreign currency: real enough to show that fees are in rupees. */
const PAISE_PER_MAJOR_UNIT = 8_000n

/** Foreign payments are settled, and their fee is charged, in paise. */
export function baseAmount(amount: WireAmount, currency: string): WireAmount {
  if (currency === 'INR') return amount
  const scale = ZERO_DECIMALS.has(currency) ? 1n : THREE_DECIMALS.has(currency) ? 1_000n : 100n
  return Number((BigInt(amount) * PAISE_PER_MAJOR_UNIT) / scale)
}

const percent = (amount: bigint, rate: bigint): bigint => (amount * rate + 50n) / 100n

/** 2 % of the settled amount and 18 % GST on that; `fee` includes `tax`, as in the payment entity. */
export function feeOf(base: WireAmount): { readonly fee: WireAmount; readonly tax: WireAmount } {
  const net = percent(BigInt(base), 2n)
  const tax = percent(net, 18n)
  return { fee: Number(net + tax), tax: Number(tax) }
}

/** `₹500.00`-like text for pay pages; never parsed back. */
export function displayAmount(amount: WireAmount, currency: string): string {
  const decimals = ZERO_DECIMALS.has(currency) ? 0 : THREE_DECIMALS.has(currency) ? 3 : 2
  const digits = String(amount).padStart(decimals + 1, '0')
  return decimals === 0
    ? `${currency} ${digits}`
    : `${currency} ${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`
}

import type { Money } from '@onerouter/core'
import { parseCurrency } from '@onerouter/core'
import type { Unacceptable } from '../spec.ts'

/**
 * The currencies Razorpay takes, by the decimals it counts them in (Razorpay docs, International payments,
 * Supported currencies; zero-decimal currencies since the change of May 2024). LYD and others that are not
 * listed are refused, because a wrong guess of the decimals would be wrong by a factor of ten.
 */
const BY_DECIMALS = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF',
  2:
    'AED ALL AMD AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BZD CAD CHF CNY COP CRC CUP ' +
    'CVE CZK DKK DOP DZD EGP ETB EUR FJD GBP GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD KES ' +
    'KGS KHR KYD KZT LAK LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO ' +
    'NOK NPR NZD PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SCR SEK SGD SOS SVC SZL THB TRY TTD TWD TZS ' +
    'UAH USD UYU UZS XCD YER ZAR ZMW',
  3: 'BHD IQD JOD KWD OMR TND',
} as const

interface Rule {
  readonly decimals: number
  /** Every wire amount is a multiple of it: card networks carry two decimals of a three-decimal currency. */
  readonly step: bigint
}

const RULES: ReadonlyMap<string, Rule> = new Map(
  Object.entries(BY_DECIMALS).flatMap(([decimals, codes]) => {
    const rule = { decimals: Number.parseInt(decimals, 10), step: decimals === '3' ? 10n : 1n }
    return codes.split(' ').map((code) => [code, rule] as const)
  }),
)

/** The least Razorpay takes; only the rupee's minimum is documented (Razorpay API, Create an order). */
const INR_MIN = 100n

/** Razorpay's decimals are those of ISO 4217 in every listed currency; a test holds the table to that. */
export const DECIMALS: ReadonlyMap<string, number> = new Map(
  [...RULES].map(([code, { decimals }]) => [code, decimals] as const),
)

/** The exact wire integer, or `undefined` where Razorpay cannot express the amount. */
export function toWireAmount(money: Money): number | undefined {
  const rule = RULES.get(money.currency)
  if (rule === undefined || money.minor <= 0n || money.minor % rule.step !== 0n) return undefined
  // JSON has numbers only; below 2^53 every integer is one exactly.
  return money.minor <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(money.minor) : undefined
}

/** Reads a wire integer, which some answers write as text; `undefined` for anything inexact or unknown. */
export function fromWireAmount(amount: unknown, code: unknown): Money | undefined {
  const currency = typeof code === 'string' ? parseCurrency(code) : undefined
  const minor = minorOf(amount)
  if (currency === undefined || minor === undefined || !RULES.has(currency)) return undefined
  return { minor, currency }
}

/** A non-negative wire integer; `undefined` for anything else. */
export function minorOf(amount: unknown): bigint | undefined {
  if (typeof amount === 'number') {
    return Number.isSafeInteger(amount) && amount >= 0 ? BigInt(amount) : undefined
  }
  return typeof amount === 'string' && /^[0-9]{1,16}$/.test(amount) ? BigInt(amount) : undefined
}

export function refuseAmount(money: Money): Unacceptable | null {
  const rule = RULES.get(money.currency)
  if (rule === undefined) {
    return { code: 'unsupported_currency', message: `Razorpay does not take ${money.currency}.` }
  }
  if (money.minor <= 0n) {
    return { code: 'invalid_amount', message: 'Razorpay takes amounts above zero only.' }
  }
  if (money.minor % rule.step !== 0n) {
    return { code: 'invalid_amount', message: `The last digit of an amount in ${money.currency} must be 0.` }
  }
  if (money.currency === 'INR' && money.minor < INR_MIN) {
    return { code: 'invalid_amount', message: 'Razorpay takes at least INR 1.00.' }
  }
  return toWireAmount(money) === undefined
    ? { code: 'invalid_amount', message: 'The amount is too large for Razorpay.' }
    : null
}

import { formatDecimal, parseCurrency } from '@onerouter/core'
import { badParameter } from './errors.ts'

/** Currencies whose smallest unit is the currency itself (Stripe docs, Supported currencies). */
const ZERO_DECIMAL = new Set('bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf'.split(' '))
const THREE_DECIMAL = new Set('bhd jod kwd omr tnd'.split(' '))
/** Sent with two decimals for compatibility although they have none: the last two digits must be 00. */
const EFFECTIVELY_ZERO_DECIMAL = new Set(['isk', 'ugx'])

/** Least amount of one charge, in wire units (Stripe docs, Minimum and maximum charge amounts). */
const MINIMUM: Readonly<Record<string, number>> = {
  usd: 50,
  eur: 50,
  aud: 50,
  cad: 50,
  chf: 50,
  nzd: 50,
  sgd: 50,
  brl: 50,
  inr: 50,
  gbp: 30,
  jpy: 50,
  krw: 50,
  aed: 200,
  myr: 200,
  pln: 200,
  ron: 200,
  dkk: 250,
  nok: 300,
  sek: 300,
  hkd: 400,
  mxn: 1000,
  thb: 1000,
  czk: 1500,
  huf: 17500,
}
/** Digits an amount may have; eight where nothing else is documented. */
const MAX_DIGITS: Readonly<Record<string, number>> = { inr: 9, cop: 10, idr: 12 }
const SYMBOL: Readonly<Record<string, string>> = {
  usd: '$',
  aud: '$',
  cad: '$',
  nzd: '$',
  sgd: '$',
  hkd: '$',
  mxn: '$',
  eur: '€',
  gbp: '£',
  jpy: '¥',
  inr: '₹',
}

function wireExponent(currency: string): number {
  if (ZERO_DECIMAL.has(currency)) return 0
  return THREE_DECIMAL.has(currency) ? 3 : 2
}

/** `2000 usd` → `$20.00`; other currencies without a symbol. */
export function display(amount: number, currency: string): string {
  return `${SYMBOL[currency] ?? ''}${formatDecimal(BigInt(amount), wireExponent(currency))}`
}

/** Three lower-case letters of a currency Stripe charges in, or the documented refusal. */
export function checkCurrency(currency: string, param: string): string {
  const known = /^[a-z]{3}$/.test(currency) && parseCurrency(currency) !== undefined
  if (known) return currency
  const message =
    `Invalid currency: ${currency}. Stripe currently supports these currencies, as lower-case ISO codes: ` +
    'usd, aed, afn, all, amd, ang, aoa, ars, aud, awg, azn, …'
  throw badParameter(message, param)
}

/** Refuses what Stripe would refuse to charge: too little, too much, or more precise than the currency. */
export function checkAmount(amount: number, currency: string, param: string): void {
  const code = currency.toUpperCase()
  if (THREE_DECIMAL.has(currency) && amount % 10 !== 0) {
    throw badParameter(`Invalid amount. Charged amounts in ${code} must be evenly divisible by 10.`, param)
  }
  if (EFFECTIVELY_ZERO_DECIMAL.has(currency) && amount % 100 !== 0) {
    const message =
      `Invalid amount. Currency ${code} has become effectively zero-decimal and charged amounts must be ` +
      'evenly divisible by 100.'
    throw badParameter(message, param)
  }
  const least = MINIMUM[currency] ?? 1
  if (amount < least) {
    const message = `Amount must be at least ${display(least, currency)} ${currency}`
    throw badParameter(message, param, 'amount_too_small')
  }
  const most = 10 ** (MAX_DIGITS[currency] ?? 8) - 1
  if (amount > most) {
    const message = `Amount must be no more than ${display(most, currency)}`
    throw badParameter(message, param, 'amount_too_large')
  }
}

/** What a card cannot be charged for: less is carried over on the customer's balance (Stripe docs, Invoicing). */
export function leastCharge(currency: string): number {
  return MINIMUM[currency] ?? 1
}

/** The sandbox's price list: 2.9 % rounded half up, plus 30 of the currency's smallest wire unit. */
export function processingFee(amount: number): number {
  return Number((BigInt(amount) * 29n + 500n) / 1000n + 30n) // at most 12 digits: exact
}

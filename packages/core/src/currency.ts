/**
 * ISO 4217 list one (active currencies, without funds codes, precious metals and test codes), grouped by the
 * number of decimals of the minor unit. Providers deviate from it in places; their deviations live in their folders.
 */
const BY_EXPONENT = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF',
  2:
    'AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF ' +
    'CNY COP CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF ' +
    'IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR ' +
    'MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD ' +
    'SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ' +
    'ZAR ZMW ZWG',
  3: 'BHD IQD JOD KWD LYD OMR TND',
} as const

declare const brand: unique symbol
/** An ISO 4217 code in upper case that passed `parseCurrency`. */
export type Currency = string & { readonly [brand]: 'Currency' }

const EXPONENT: ReadonlyMap<string, number> = new Map(
  Object.entries(BY_EXPONENT).flatMap(([exponent, codes]) =>
    codes.split(' ').map((code) => [code, Number.parseInt(exponent, 10)] as const),
  ),
)

/** Every currency OneRouter knows, in alphabetical order. */
export const CURRENCIES: readonly Currency[] = [...EXPONENT.keys()].sort() as Currency[] // branded by the table itself

/** Reads a code in either case; `undefined` for anything that is not an active ISO 4217 currency. */
export function parseCurrency(text: string): Currency | undefined {
  const code = text.toUpperCase()
  return EXPONENT.has(code) ? (code as Currency) : undefined // the lookup is the proof
}

/** A code known to be good, such as a literal in code or a value from our own database. */
export function currency(code: string): Currency {
  const parsed = parseCurrency(code)
  if (parsed === undefined) throw new RangeError(`not an ISO 4217 currency: ${code}`)
  return parsed
}

/** Decimals of the minor unit: 2 for USD, 0 for JPY, 3 for KWD. */
export function exponentOf(code: Currency): number {
  const exponent = EXPONENT.get(code)
  if (exponent === undefined) throw new RangeError(`not an ISO 4217 currency: ${code}`)
  return exponent
}

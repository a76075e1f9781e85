import {
  type Currency,
  exponentOf,
  formatDecimal,
  type Money,
  parseCurrency,
  parseDecimal,
} from '@onerouter/core'
import type { Unacceptable } from '../spec.ts'

export interface WireMoney {
  readonly currency_code: string
  readonly value: string
}

/**
 * Currencies PayPal takes and the decimals it allows (PayPal REST API, Currency codes). HUF and TWD have two
 * decimals in ISO 4217 but none here. BRL, CNY and MYR work for accounts of those countries only.
 */
const DECIMALS: ReadonlyMap<string, number> = new Map([
  ...'HUF JPY TWD'.split(' ').map((code) => [code, 0] as const),
  ...'AUD BRL CAD CHF CNY CZK DKK EUR GBP HKD ILS MXN MYR NOK NZD PHP PLN SEK SGD THB USD'
    .split(' ')
    .map((code) => [code, 2] as const),
])

/** The exact wire amount, or `undefined` where PayPal cannot express it. */
export function toWireAmount(money: Money): WireMoney | undefined {
  const decimals = DECIMALS.get(money.currency)
  if (decimals === undefined) return undefined
  const step = stepOf(money.currency, decimals)
  if (money.minor % step !== 0n) return undefined
  return { currency_code: money.currency, value: formatDecimal(money.minor / step, decimals) }
}

/** Reads what PayPal wrote: `"10"` and `"10.00"` are the same, more precision than ISO 4217 is refused. */
export function fromWireAmount(wire: WireMoney): Money | undefined {
  const currency = parseCurrency(wire.currency_code)
  if (currency === undefined) return undefined
  const minor = parseDecimal(wire.value, exponentOf(currency))
  return minor === undefined ? undefined : { minor, currency }
}

export function refuseAmount(money: Money): Unacceptable | null {
  const decimals = DECIMALS.get(money.currency)
  if (decimals === undefined) {
    return { code: 'unsupported_currency', message: `PayPal does not take ${money.currency}.` }
  }
  if (money.minor <= 0n) return { code: 'invalid_amount', message: 'PayPal takes amounts above zero only.' }
  if (money.minor % stepOf(money.currency, decimals) !== 0n) {
    return { code: 'invalid_amount', message: `PayPal takes whole amounts of ${money.currency} only.` }
  }
  return null
}

/** ISO minor units in PayPal's smallest amount. */
function stepOf(currency: Currency, decimals: number): bigint {
  return 10n ** BigInt(exponentOf(currency) - decimals)
}

import { money, parseCurrency } from '@onerouter/core'
import type { PaymentMethod, Payments } from '@onerouter/providers'

export interface Place {
  /** ISO 3166-1, in either case. */
  readonly country?: string
  /** ISO 4217, in either case. */
  readonly currency?: string
}

/** Minor units that every currency can carry at every provider: what is asked is the currency, not the amount. */
const PLENTY = 1_000_000n

/** Whether a payer there, with that currency, can pay this way: by the method's own lists and by what the provider takes. */
export function reaches(payments: Payments<object>, method: PaymentMethod, place: Place): boolean {
  return isKnownIn(method, place.country) && takes(payments, method, place.currency)
}

function isKnownIn({ countries }: PaymentMethod, country: string | undefined): boolean {
  return country === undefined || (countries?.includes(country.toUpperCase()) ?? true)
}

function takes(payments: Payments<object>, method: PaymentMethod, code: string | undefined): boolean {
  if (code === undefined) return true
  const currency = parseCurrency(code.toUpperCase())
  if (currency === undefined || !(method.currencies?.includes(currency) ?? true)) return false
  const asked = { amount: money(PLENTY, currency), capture: 'automatic', method: method.name } as const
  const refusal = payments.accepts(asked)
  return refusal === null || refusal.code === 'invalid_amount'
}

import type { Money, Service, Uuid } from '@onerouter/core'

/** What routing sees of a payment. */
export interface RoutedPayment {
  /** Decides draws, so that the same payment always goes the same way. */
  readonly id: Uuid
  readonly amount: Money
  readonly method: string | null
  /** Where the payer is, ISO 3166-1 in upper case. */
  readonly country: string | null
  /** The id of a stored customer, where the payment names one. */
  readonly customerId: string | null
  /** In lower case. */
  readonly email: string | null
  readonly metadata: Readonly<Record<string, string>>
  readonly atMs: number
}

/** `half_open`: was out of order and may be tried with one payment. */
export type Health = 'closed' | 'open' | 'half_open'

/** A provider as it stands for one payment, before any rule is asked. */
export interface Candidate {
  readonly provider: Service
  /** Why it cannot take the payment whatever the rules say; `null` = it can. */
  readonly refusal: string | null
  readonly health: Health
}

/** Rupees go where rupees are at home; everything else follows the default order. */
const DEFAULT_ORDER: readonly Service[] = ['stripe', 'paypal', 'razorpay']
const ORDER_BY_CURRENCY: Readonly<Record<string, readonly Service[]>> = {
  INR: ['razorpay', 'stripe', 'paypal'],
}

/** Every provider that payments can be routed to, best first where no rule says otherwise. */
export function defaultOrder(currency: string): readonly Service[] {
  return ORDER_BY_CURRENCY[currency] ?? DEFAULT_ORDER
}

export const ROUTABLE: readonly Service[] = DEFAULT_ORDER

import type { PaymentMethod } from '../payment-methods.ts'

/**
 * What `method` may ask of PayPal; absent means `paypal`. Pay Later opens the same wallet, in any currency: PayPal offers
 * it there to payers it finds eligible. The eight countries, each with its own currency, are those of
 * docs.paypal.ai/payments/methods/pay-later/overview, "Country-specific details"; they are shown, nobody is refused by them.
 */
export const METHODS = [
  { name: 'paypal', label: 'PayPal', kind: 'wallet', currencies: null, countries: null },
  {
    name: 'pay_later',
    label: 'Pay Later',
    kind: 'pay_later',
    currencies: ['AUD', 'CAD', 'EUR', 'GBP', 'USD'],
    countries: ['AU', 'CA', 'DE', 'ES', 'FR', 'GB', 'IT', 'US'],
  },
  {
    name: 'paypal_classic',
    label: 'PayPal (deprecated order style)',
    kind: 'wallet',
    currencies: null,
    countries: null,
  },
] as const satisfies readonly PaymentMethod[]
export type PaypalMethod = (typeof METHODS)[number]['name']

export function isPaypalMethod(method: string): method is PaypalMethod {
  return METHODS.some(({ name }) => name === method)
}

import type { PaymentMethod } from '../payment-methods.ts'

const INDIA = { currencies: ['INR'], countries: ['IN'], closed: true } as const

/**
 * What `method` may ask of Razorpay; absent means the payer chooses. Checkout opens at the method asked for
 * (Razorpay docs, Standard Checkout, `prefill.method`). All but cards are domestic.
 */
export const METHODS = [
  { name: 'card', label: 'Cards', kind: 'card', currencies: null, countries: null },
  { name: 'upi', label: 'UPI', kind: 'upi', ...INDIA },
  { name: 'netbanking', label: 'Netbanking', kind: 'bank_redirect', ...INDIA },
  { name: 'wallet', label: 'Wallets', kind: 'wallet', ...INDIA },
  { name: 'emi', label: 'EMI', kind: 'emi', ...INDIA },
  { name: 'cardless_emi', label: 'Cardless EMI', kind: 'emi', ...INDIA },
  { name: 'paylater', label: 'Pay later', kind: 'pay_later', ...INDIA },
  { name: 'payment_link', label: "Razorpay's own page", kind: 'page', currencies: null, countries: null },
] as const satisfies readonly PaymentMethod[]
export type RazorpayMethod = (typeof METHODS)[number]['name']

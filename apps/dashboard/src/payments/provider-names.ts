import type { Service } from 'onerouter'

/** As the companies write themselves. */
export const PROVIDER_NAMES = {
  stripe: 'Stripe',
  paypal: 'PayPal',
  razorpay: 'Razorpay',
  twilio: 'Twilio',
} as const satisfies Record<Service, string>

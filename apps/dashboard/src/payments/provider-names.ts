import type { Service } from 'onerouter'
import type { Option } from '../ui/field.tsx'

/** As the companies write themselves. */
export const PROVIDER_NAMES = {
  stripe: 'Stripe',
  paypal: 'PayPal',
  razorpay: 'Razorpay',
  twilio: 'Twilio',
} as const satisfies Record<Service, string>

export const SERVICES: readonly Service[] = ['stripe', 'paypal', 'razorpay', 'twilio']
/** Those that take payments. */
export const PAYMENT_PROVIDERS: readonly Service[] = ['stripe', 'paypal', 'razorpay']
export const providerOptions = (services: readonly Service[]): readonly Option[] =>
  services.map((service) => [service, PROVIDER_NAMES[service]])

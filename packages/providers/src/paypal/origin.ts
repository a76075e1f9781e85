import type { Environment } from '@onerouter/core'

/** PayPal's REST hosts (PayPal REST API, "API requests"). */
export const ORIGIN = {
  test: 'https://api-m.sandbox.paypal.com',
  live: 'https://api-m.paypal.com',
} as const satisfies Record<Environment, string>

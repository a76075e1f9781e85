import { defineProvider } from '../spec.ts'
import { credentials, type PaypalCredentials } from './credentials.ts'
import { disputes } from './disputes.ts'
import { isGone, listEvents } from './lists.ts'
import { ORIGIN } from './origin.ts'
import { payments } from './payments.ts'
import { raw } from './raw.ts'
import { refunds } from './refunds.ts'
import { savedMethods } from './saved-methods.ts'
import { subscriptions } from './subscriptions.ts'
import { walletDomains } from './wallet-domains.ts'
import { webhooks } from './webhooks.ts'

export type { PaypalCredentials } from './credentials.ts'

/** PayPal: Orders API v2, Payments API v2, Webhooks API v1. */
export const paypal = defineProvider<PaypalCredentials>({
  name: 'paypal',
  label: 'PayPal',
  origin: ORIGIN,
  credentials,
  payments: { ...payments, isGone },
  refunds,
  disputes,
  savedMethods,
  walletDomains,
  subscriptions,
  webhooks: { ...webhooks, listEvents },
  raw,
})

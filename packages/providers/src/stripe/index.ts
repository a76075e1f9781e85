import { defineProvider } from '../spec.ts'
import { credentials, type StripeCredentials } from './credentials.ts'
import { disputes } from './disputes.ts'
import { listEvents, listPayments, listRefunds } from './lists.ts'
import { payments } from './payments.ts'
import { raw } from './raw.ts'
import { refunds } from './refunds.ts'
import { savedMethods } from './saved-methods.ts'
import { subscriptions } from './subscriptions.ts'
import { webhooks } from './webhooks.ts'

export type { StripeCredentials } from './credentials.ts'

/** Checkout Sessions are how payers pay; PaymentIntents are read, captured and canceled. */
export const stripe = defineProvider<StripeCredentials>({
  name: 'stripe',
  label: 'Stripe',
  origin: { test: 'https://api.stripe.com', live: 'https://api.stripe.com' },
  credentials,
  payments: { ...payments, listSince: listPayments },
  refunds: { ...refunds, listSince: listRefunds },
  disputes,
  savedMethods,
  subscriptions,
  webhooks: { ...webhooks, listEvents },
  raw,
})

import { defineProvider } from '../spec.ts'
import { credentials } from './credentials.ts'
import { disputes } from './disputes.ts'
import { ORIGIN } from './hosted.ts'
import { listPayments, listRefunds } from './lists.ts'
import { payments } from './payments.ts'
import { raw } from './raw.ts'
import { refunds } from './refunds.ts'
import { subscriptions } from './subscriptions.ts'
import { webhooks } from './webhooks.ts'

/** Razorpay: orders, Checkout and payment links, refunds, webhooks. Test and live share one host. */
export const razorpay = defineProvider({
  name: 'razorpay',
  label: 'Razorpay',
  origin: { test: ORIGIN, live: ORIGIN },
  credentials,
  payments: { ...payments, listSince: listPayments },
  refunds: { ...refunds, listSince: listRefunds },
  disputes,
  subscriptions,
  webhooks,
  raw,
})

import { BASE62 } from '../kernel/random.ts'
import type { CreateEmulator } from '../kernel/types.ts'
import { registerSubscriptionTasks } from './billing/cycle.ts'
import { chargesOf, simulateSubscription, subscriptionsOf } from './billing/simulate.ts'
import { CHECKOUT_PATHS, checkout } from './checkout.ts'
import { errorBody } from './errors.ts'
import { registerLinkTasks } from './links.ts'
import { payPages } from './pages.ts'
import { registerPaymentTasks } from './payments.ts'
import { registerRefundTasks } from './refunds.ts'
import { answer } from './routes.ts'
import { book, simulate } from './simulate.ts'
import { createContext } from './state.ts'
import { disableWebhook, signWebhook } from './webhooks.ts'

/** Razorpay: orders, payments, refunds, customers, payment links, subscriptions, webhooks and the checkout, emulated. */
export const createRazorpay: CreateEmulator = (world) => {
  const rzp = createContext(world)
  registerPaymentTasks(rzp)
  registerRefundTasks(rzp)
  registerLinkTasks(rzp)
  registerSubscriptionTasks(rzp)
  return {
    provider: 'razorpay',
    payerPaths: CHECKOUT_PATHS,
    api: (request) =>
      CHECKOUT_PATHS.test(new URL(request.url).pathname) ? checkout(rzp, request) : answer(rzp, request),
    pages: (request) => payPages(rzp, request, '/razorpay'),
    newCredentials: (random) => ({
      key_id: `rzp_test_${random.text(BASE62, 14)}`,
      key_secret: random.text(BASE62, 24),
    }),
    signWebhook,
    simulate: (account, ref, action) => simulate(rzp, account, ref, action),
    book: (account) => book(rzp, account),
    simulateSubscription: (account, ref, action) => simulateSubscription(rzp, account, ref, action),
    subscriptions: (account) => subscriptionsOf(rzp, account),
    subscriptionCharges: (account) => chargesOf(rzp, account),
    errorBody,
    deliveryExhausted: (delivery) => disableWebhook(rzp, delivery),
  }
}

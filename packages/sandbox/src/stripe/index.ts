import type { CreateEmulator, Emulator, Random, World } from '../kernel/types.ts'
import { createApi } from './api.ts'
import { chargesOf, subscriptionsOf } from './billing/books.ts'
import { invoiceRoutes } from './billing/invoices.ts'
import { methodRoutes } from './billing/methods.ts'
import { setupIntentRoutes } from './billing/setup-intents.ts'
import { ownerOf, simulateSubscription } from './billing/simulate.ts'
import { subscriptionRoutes } from './billing/subscriptions.ts'
import { bookOf } from './book.ts'
import { checkoutSessionRoutes } from './checkout-sessions.ts'
import { customerRoutes } from './customers.ts'
import { createPages } from './pages.ts'
import { paymentIntentRoutes } from './payment-intents.ts'
import { paymentLinkRoutes } from './payment-links.ts'
import { priceRoutes, productRoutes } from './products.ts'
import { recordRoutes } from './records.ts'
import { refundRoutes } from './refunds.ts'
import { savedMethodsOf, simulateMethod } from './saved-methods.ts'
import { signDelivery } from './signature.ts'
import { contextFor, simulateOn } from './simulate.ts'
import { openStore, systemContext } from './state.ts'
import { registerTasks } from './tasks.ts'
import { webhookEndpointRoutes } from './webhook-endpoints.ts'

const ROUTES = [
  ...paymentIntentRoutes,
  ...checkoutSessionRoutes,
  ...refundRoutes,
  ...recordRoutes,
  ...customerRoutes,
  ...productRoutes,
  ...priceRoutes,
  ...paymentLinkRoutes,
  ...webhookEndpointRoutes,
  ...subscriptionRoutes,
  ...invoiceRoutes,
  ...methodRoutes,
  ...setupIntentRoutes,
]

/** Stripe's payments and billing API at version 2026-10-28.endive: what a merchant's server and a payer's browser see. */
export const createStripe: CreateEmulator = (world: World): Emulator => {
  const store = openStore(world)
  registerTasks(world, store)
  return {
    provider: 'stripe',
    api: createApi(world, store, ROUTES),
    pages: createPages(world, store),
    newCredentials,
    signWebhook: (delivery, nowMs) => signDelivery(store, delivery, nowMs),
    simulate: (accountId, orderRef, action) => {
      const context = contextFor({ world, store, accountId, cause: null }, orderRef)
      if (context !== undefined) return simulateOn(context, orderRef, action)
      return { ok: false, reason: `no such session or payment intent: ${orderRef}` }
    },
    book: (accountId) => bookOf(store, accountId),
    simulateSubscription: (accountId, ref, action) => {
      const owner = ownerOf(store, accountId, ref)
      if (owner !== undefined) return simulateSubscription(systemContext(world, store, owner), ref, action)
      return { ok: false, reason: `no such session or subscription: ${ref}` }
    },
    simulateMethod: (accountId, ref, action) => simulateMethod(world, store, { accountId, ref, action }),
    savedMethods: (accountId) => savedMethodsOf(store, accountId),
    subscriptions: (accountId) => subscriptionsOf(store, accountId),
    subscriptionCharges: (accountId) => chargesOf(store, accountId),
    errorBody,
  }
}

const ALPHANUMERIC = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

function newCredentials(random: Random): Record<string, string> {
  const account = `51${random.text(ALPHANUMERIC, 14)}`
  return {
    secret_key: `sk_test_${account}${random.text(ALPHANUMERIC, 83)}`,
    publishable_key: `pk_test_${account}${random.text(ALPHANUMERIC, 83)}`,
  }
}

/** What Stripe itself would say when it is overloaded or broken. */
function errorBody(status: number): object {
  if (status !== 429) return { error: { type: 'api_error', message: 'An unknown error occurred.' } }
  const message =
    'Request rate limit exceeded. Learn more about rate limits here https://stripe.com/docs/rate-limits.'
  return { error: { type: 'invalid_request_error', code: 'rate_limit', message } }
}

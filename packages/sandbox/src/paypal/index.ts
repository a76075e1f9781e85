import type { CreateEmulator } from '../kernel/types.ts'
import { handleApi } from './api.ts'
import { onDue, SUBSCRIPTION_DUE } from './billing/cycle.ts'
import { chargesOf, simulateSubscription, subscriptionsOf } from './billing/simulate.ts'
import { book } from './book.ts'
import { SETTLE_CAPTURE, SETTLE_REFUND, settleCapture, settleRefund } from './funds.ts'
import { clientId, clientSecret } from './ids.ts'
import { handlePages } from './pages.ts'
import { ORDER_EXPIRY, onOrderExpiry } from './payer.ts'
import { signatureHeaders } from './signature.ts'
import { simulate } from './simulate.ts'
import { openTables } from './state.ts'
import { savedMethodsOf, simulateMethod } from './vault/simulate.ts'
import { SAVE_ORDER_WALLET, saveWallet } from './vault/tokens.ts'

/** PayPal: Orders v2, Payments v2, Subscriptions v1 and webhooks, as PayPal's REST references describe them. */
export const createPaypal: CreateEmulator = (world) => {
  const paypal = openTables(world)
  world.onTask(ORDER_EXPIRY, ({ id }) => onOrderExpiry(paypal, String(id)))
  world.onTask(SETTLE_CAPTURE, ({ id }) => void settleCapture(paypal, String(id), true))
  world.onTask(SETTLE_REFUND, ({ id }) => void settleRefund(paypal, String(id), true))
  world.onTask(SAVE_ORDER_WALLET, ({ id }) => {
    const order = paypal.orders.get(String(id))
    if (order !== undefined) saveWallet(paypal, order)
  })
  world.onTask(SUBSCRIPTION_DUE, ({ id, at }) => onDue(paypal, String(id), Number(at)))
  return {
    provider: 'paypal',
    api: (request) => handleApi(paypal, request),
    pages: (request) => handlePages(paypal, request),
    newCredentials: (random) => ({ client_id: clientId(random), client_secret: clientSecret(random) }),
    signWebhook: ({ signing, body }, nowMs) =>
      signatureHeaders(paypal, signing.webhook_id ?? '', body, nowMs),
    simulate: (accountId, orderRef, action) => simulate(paypal, accountId, orderRef, action),
    book: (accountId) => book(paypal, accountId),
    simulateSubscription: (accountId, ref, action) => simulateSubscription(paypal, accountId, ref, action),
    subscriptions: (accountId) => subscriptionsOf(paypal, accountId),
    simulateMethod: (accountId, ref, action) => simulateMethod(paypal, accountId, ref, action),
    savedMethods: (accountId) => savedMethodsOf(paypal, accountId),
    subscriptionCharges: (accountId) => chargesOf(paypal, accountId),
  }
}

import { BILLING_ROUTES } from './billing/routes.ts'
import {
  getSaleCapture,
  getSaleCaptureRefund,
  orOnSale,
  orOnSaleRefund,
  refundSaleCapture,
  replaySaleCaptureRefund,
} from './billing/sale-captures.ts'
import { getDispute, listDisputes } from './disputes.ts'
import type { Scope } from './oauth.ts'
import {
  authorizeApprovedOrder,
  captureApprovedOrder,
  confirmPaymentSource,
  createdAnswer,
  createOrder,
  getOrder,
  paidAnswer,
} from './orders.ts'
import { patchOrder } from './patch.ts'
import {
  captureAuthorization,
  getAuthorization,
  getCapture,
  getRefund,
  reauthorize,
  refundCapture,
  replayAuthorization,
  replayCapture,
  replayRefund,
  voidAnswer,
  voidAuthorization,
} from './payments.ts'
import { listTransactions } from './reporting.ts'
import type { Route } from './route.ts'
import { simulateEvent } from './simulate-event.ts'
import type { Answer, Call } from './state.ts'
import { VAULT_ROUTES } from './vault/routes.ts'
import { verifySignature } from './verify.ts'
import { listWalletDomains, registerWalletDomain, unregisterWalletDomain } from './wallet-domains.ts'
import { getEvent, listEvents, resendEvent } from './webhook-events.ts'
import {
  createWebhook,
  deleteWebhook,
  getWebhook,
  listAllEventTypes,
  listWebhookEventTypes,
  listWebhooks,
  patchWebhook,
} from './webhooks.ts'

const HOUR = 3_600_000
/** PayPal "Idempotency": Orders v2 keeps request ids 6 hours, Payments v2 45 days. */
const ORDERS_RETENTION_MS = 6 * HOUR
const PAYMENTS_RETENTION_MS = 45 * 24 * HOUR

const orders = (replay: (call: Call, id: string) => Answer) => ({ retentionMs: ORDERS_RETENTION_MS, replay })
const payments = (replay: (call: Call, id: string) => Answer) => ({
  retentionMs: PAYMENTS_RETENTION_MS,
  replay,
})

const ORDER = '/v2/checkout/orders/{}'
const AUTHORIZATION = '/v2/payments/authorizations/{}'
const CAPTURE = '/v2/payments/captures/{}'
const NOTIFICATIONS = '/v1/notifications'

const route = (
  method: Route['method'],
  template: string,
  scope: Scope,
  handle: Route['handle'],
  more: Omit<Route, 'method' | 'template' | 'scope' | 'handle'> = {},
): Route => ({ method, template, scope, handle, ...more })

const refundAtPath = (call: Call): Answer =>
  orOnSaleRefund(getSaleCaptureRefund, getRefund)(call, call.params[0] ?? '')

export const ROUTES: readonly Route[] = [
  route('POST', '/v2/checkout/orders', 'payments', createOrder, {
    operation: 'orders.create',
    repeat: orders(createdAnswer),
  }),
  route('GET', ORDER, 'payments', getOrder, { operation: 'orders.get' }),
  route('PATCH', ORDER, 'payments', patchOrder, { operation: 'orders.patch' }),
  route('POST', `${ORDER}/confirm-payment-source`, 'payments', confirmPaymentSource, {
    operation: 'orders.confirm',
  }),
  route('POST', `${ORDER}/capture`, 'payments', captureApprovedOrder, {
    operation: 'orders.capture',
    repeat: orders(paidAnswer),
  }),
  route('POST', `${ORDER}/authorize`, 'payments', authorizeApprovedOrder, {
    operation: 'orders.authorize',
    repeat: orders(paidAnswer),
  }),
  route('GET', AUTHORIZATION, 'authcapture', getAuthorization, { operation: 'authorizations.get' }),
  route('POST', `${AUTHORIZATION}/capture`, 'authcapture', captureAuthorization, {
    operation: 'authorizations.capture',
    repeat: payments(replayCapture),
  }),
  route('POST', `${AUTHORIZATION}/reauthorize`, 'authcapture', reauthorize, {
    operation: 'authorizations.reauthorize',
    repeat: payments(replayAuthorization),
  }),
  route('POST', `${AUTHORIZATION}/void`, 'authcapture', voidAuthorization, {
    operation: 'authorizations.void',
    repeat: payments(voidAnswer),
    exclusive: true,
  }),
  route('GET', CAPTURE, 'authcapture', orOnSale(getSaleCapture, getCapture), { operation: 'captures.get' }),
  route('POST', `${CAPTURE}/refund`, 'refund', orOnSale(refundSaleCapture, refundCapture), {
    operation: 'captures.refund',
    repeat: payments(orOnSaleRefund(replaySaleCaptureRefund, replayRefund)),
    exclusive: true,
  }),
  route('GET', '/v2/payments/refunds/{}', 'refund', refundAtPath, { operation: 'refunds.get' }),
  route('GET', '/v1/customer/disputes', 'disputes', listDisputes),
  route('GET', '/v1/customer/disputes/{}', 'disputes', getDispute),
  route('POST', `${NOTIFICATIONS}/webhooks`, 'webhooks', createWebhook),
  route('GET', `${NOTIFICATIONS}/webhooks`, 'webhooks', listWebhooks),
  route('GET', `${NOTIFICATIONS}/webhooks/{}`, 'webhooks', getWebhook),
  route('PATCH', `${NOTIFICATIONS}/webhooks/{}`, 'webhooks', patchWebhook),
  route('DELETE', `${NOTIFICATIONS}/webhooks/{}`, 'webhooks', deleteWebhook),
  route('GET', `${NOTIFICATIONS}/webhooks/{}/event-types`, 'webhooks', listWebhookEventTypes),
  route('GET', `${NOTIFICATIONS}/webhooks-event-types`, 'webhooks', listAllEventTypes),
  route('GET', `${NOTIFICATIONS}/webhooks-events`, 'webhooks', listEvents),
  route('GET', `${NOTIFICATIONS}/webhooks-events/{}`, 'webhooks', getEvent),
  route('POST', `${NOTIFICATIONS}/webhooks-events/{}/resend`, 'webhooks', resendEvent),
  route('POST', `${NOTIFICATIONS}/simulate-event`, 'webhooks', simulateEvent),
  route('POST', `${NOTIFICATIONS}/verify-webhook-signature`, 'webhooks', verifySignature, { basic: true }),
  route('POST', '/v1/customer/wallet-domains', 'payments', registerWalletDomain),
  route('GET', '/v1/customer/wallet-domains', 'payments', listWalletDomains),
  route('POST', '/v1/customer/unregister-wallet-domain', 'payments', unregisterWalletDomain),
  route('GET', '/v1/reporting/transactions', 'reporting', listTransactions),
  ...BILLING_ROUTES,
  ...VAULT_ROUTES,
]

export type Found =
  | { readonly kind: 'route'; readonly route: Route; readonly params: readonly string[] }
  | { readonly kind: 'wrong_method' }
  | { readonly kind: 'unknown' }

/** Matches a path; a trailing slash is forgiven. */
export function findRoute(method: string, pathname: string): Found {
  const parts = pathname.replace(/\/+$/, '').split('/')
  let pathKnown = false
  for (const candidate of ROUTES) {
    const wanted = candidate.template.split('/')
    if (wanted.length !== parts.length) continue
    if (!wanted.every((segment, index) => segment === '{}' || segment === parts[index])) continue
    pathKnown = true
    if (candidate.method !== method) continue
    const params = parts.filter((_, index) => wanted[index] === '{}').map(decode)
    return { kind: 'route', route: candidate, params }
  }
  return { kind: pathKnown ? 'wrong_method' : 'unknown' }
}

/** A malformed escape names no resource, so it is kept as it is and found nowhere. */
function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}

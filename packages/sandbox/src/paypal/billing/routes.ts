import type { Route } from '../route.ts'
import { patchSubscription } from './patch.ts'
import {
  activatePlan,
  createPlan,
  deactivatePlan,
  getPlan,
  listPlans,
  patchPlan,
  replayPlan,
  updatePricing,
} from './plans.ts'
import { createProduct, getProduct, listProducts, patchProduct, replayProduct } from './products.ts'
import { getSale, getSaleRefund, refundSale, replaySaleRefund } from './sales.ts'
import {
  activateRoute,
  cancelRoute,
  captureRoute,
  createSubscription,
  getSubscription,
  listSubscriptions,
  listTransactions,
  replayCaptured,
  replaySubscription,
  reviseRoute,
  suspendRoute,
} from './subscriptions.ts'
import { paymentsV1Body, refusedV1 } from './v1-refusals.ts'
import { inV1Words } from './words.ts'

/** PayPal "Idempotency": products, plans and subscriptions keep request ids 72 hours. */
const DAY_MS = 86_400_000
const kept = (days: number, replay: NonNullable<Route['repeat']>['replay']) => ({
  repeat: { retentionMs: days * DAY_MS, replay },
})

const PRODUCTS = '/v1/catalogs/products'
const PLANS = '/v1/billing/plans'
const SUBSCRIPTIONS = '/v1/billing/subscriptions'

const route = (
  method: Route['method'],
  template: string,
  handle: Route['handle'],
  more: Partial<Route> = {},
): Route => ({ method, template, scope: 'subscriptions', handle, translate: inV1Words, ...more })

/** Payments v1 keeps request ids of 78 characters for 30 days (reference, "Refund sale"). */
const payment = (
  method: Route['method'],
  template: string,
  handle: Route['handle'],
  more: Pick<Route, 'scope' | 'repeat' | 'exclusive'>,
): Route => ({ method, template, handle, errorBody: paymentsV1Body, ...more })

export const BILLING_ROUTES: readonly Route[] = [
  route('POST', PRODUCTS, createProduct, kept(3, replayProduct)),
  route('GET', PRODUCTS, listProducts),
  route('GET', `${PRODUCTS}/{}`, getProduct),
  route('PATCH', `${PRODUCTS}/{}`, patchProduct),
  route('POST', PLANS, createPlan, kept(3, replayPlan)),
  route('GET', PLANS, listPlans),
  route('GET', `${PLANS}/{}`, getPlan),
  route('PATCH', `${PLANS}/{}`, patchPlan),
  route('POST', `${PLANS}/{}/activate`, activatePlan),
  route('POST', `${PLANS}/{}/deactivate`, deactivatePlan),
  route('POST', `${PLANS}/{}/update-pricing-schemes`, updatePricing),
  route('POST', SUBSCRIPTIONS, createSubscription, kept(3, replaySubscription)),
  route('GET', SUBSCRIPTIONS, listSubscriptions),
  route('GET', `${SUBSCRIPTIONS}/{}`, getSubscription),
  route('PATCH', `${SUBSCRIPTIONS}/{}`, patchSubscription),
  route('POST', `${SUBSCRIPTIONS}/{}/revise`, reviseRoute),
  route('POST', `${SUBSCRIPTIONS}/{}/suspend`, suspendRoute),
  route('POST', `${SUBSCRIPTIONS}/{}/activate`, activateRoute),
  route('POST', `${SUBSCRIPTIONS}/{}/cancel`, cancelRoute),
  route('POST', `${SUBSCRIPTIONS}/{}/capture`, captureRoute, { ...kept(3, replayCaptured), exclusive: true }),
  route('GET', `${SUBSCRIPTIONS}/{}/transactions`, listTransactions),
  payment('GET', '/v1/payments/sale/{}', getSale, { scope: 'authcapture' }),
  payment('POST', '/v1/payments/sale/{}/refund', refundSale, {
    repeat: {
      retentionMs: 30 * DAY_MS,
      replay: replaySaleRefund,
      maxLength: 78,
      otherBody: () => refusedV1('DUPLICATE_REQUEST_ID'),
    },
    scope: 'refund',
    exclusive: true,
  }),
  payment('GET', '/v1/payments/refund/{}', getSaleRefund, { scope: 'refund' }),
]

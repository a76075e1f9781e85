import { emit } from '../events.ts'
import { exponentOf, fromMinor, toMinor } from '../money.ts'
import type { Paypal } from '../state.ts'
import type { Plan, Sale, SaleRefund, Subscription } from './rows.ts'
import { planView, saleRefundView, saleReversalView, saleView, subscriptionView } from './views.ts'

const SUMMARIES = {
  CREATED: 'A billing subscription was created.',
  ACTIVATED: 'Subscription activated',
  UPDATED: 'Subscription updated',
  SUSPENDED: 'A billing agreement was suspended.',
  'RE-ACTIVATED': 'A billing subscription was re-activated.',
  CANCELLED: 'A billing subscription was cancelled.',
  EXPIRED: 'A billing agreement has expired.',
  'PAYMENT.FAILED': 'Subscription payment failed',
} as const

export function tellSubscription(paypal: Paypal, row: Subscription, what: keyof typeof SUMMARIES): void {
  emit(paypal, row.accountId, {
    eventType: `BILLING.SUBSCRIPTION.${what}`,
    resourceType: 'subscription',
    resourceId: row.id,
    summary: SUMMARIES[what],
    resource: subscriptionView(paypal, row),
  })
}

const PLAN_SUMMARIES = {
  CREATED: 'A billing plan was created.',
  UPDATED: 'A billing plan was updated.',
  ACTIVATED: 'A billing plan was activated.',
  DEACTIVATED: 'A billing plan was deactivated.',
  'PRICING-CHANGE.ACTIVATED': 'A price change for a billing plan was activated.',
} as const

export function tellPlan(paypal: Paypal, plan: Plan, what: keyof typeof PLAN_SUMMARIES): void {
  emit(paypal, plan.accountId, {
    eventType: `BILLING.PLAN.${what}`,
    resourceType: 'plan',
    resourceId: plan.id,
    summary: PLAN_SUMMARIES[what],
    resource: planView(paypal, plan),
  })
}

/** Sales are v1 resources: no `resource_version`, and amounts are `{total, currency}`. */
export function tellSale(paypal: Paypal, sale: Sale): void {
  const { currency_code: currency, value } = sale.amount
  emit(paypal, sale.accountId, {
    eventType: 'PAYMENT.SALE.COMPLETED',
    resourceType: 'sale',
    resourceVersion: null,
    resourceId: sale.id,
    summary: `Payment completed for ${currency} ${value} ${currency}`,
    resource: saleView(paypal, sale, paypal.subscriptions.get(sale.subscriptionId)?.customId ?? null),
  })
}

export function tellSaleRefund(paypal: Paypal, refund: SaleRefund): void {
  const { currency_code: currency } = refund.amount
  const shown = exponentOf(currency) === 0 ? refund.amount : fromMinor(currency, toMinor(refund.amount))
  emit(paypal, refund.accountId, {
    eventType: 'PAYMENT.SALE.REFUNDED',
    resourceType: 'sale',
    resourceVersion: null,
    resourceId: refund.id,
    summary: `A ${shown.value} ${currency} sale payment was refunded`,
    resource: saleRefundView(paypal, refund, true),
  })
}

/** PayPal's sample of this event names neither the sale nor the subscription: nothing but the reversal itself. */
export function tellSaleReversal(paypal: Paypal, reversal: SaleRefund): void {
  const { currency_code: currency, value } = reversal.amount
  emit(paypal, reversal.accountId, {
    eventType: 'PAYMENT.SALE.REVERSED',
    resourceType: 'sale',
    resourceVersion: null,
    resourceId: reversal.id,
    summary: `A ${value} ${currency} sale payment was reversed`,
    resource: saleReversalView(paypal, reversal),
  })
}

import { type Call, own } from '../call.ts'
import { collectionOf, listQuery, pageOf } from '../lists.ts'
import { cancelScheduledChanges, scheduledChanges, updateSubscription } from './changes.ts'
import { invoiceEntity, planEntity, subscriptionEntity } from './entities.ts'
import { createPlan } from './plans.ts'
import type { SubscriptionRow } from './rows.ts'
import {
  cancelSubscription,
  createSubscription,
  pauseSubscription,
  resumeSubscription,
} from './subscriptions.ts'

const subscriptionAt = (call: Call): SubscriptionRow => own(call, call.rzp.state.subscriptions, 'sub')

function listPlans({ rzp, account, query }: Call): object {
  const rows = pageOf(rzp.state.plans.values(), listQuery(query), (plan) => plan.account === account)
  return collectionOf(rows.map(planEntity))
}

function listSubscriptions({ rzp, account, query }: Call): object {
  const list = listQuery(query, { filters: ['plan_id'] })
  const { plan_id: plan } = list.filters
  const rows = pageOf(
    rzp.state.subscriptions.values(),
    list,
    (row) => row.account === account && (plan === undefined || row.planId === plan),
  )
  return collectionOf(rows.map((row) => subscriptionEntity(rzp, row)))
}

function listInvoices({ rzp, account, query }: Call): object {
  const list = listQuery(query, {
    filters: ['subscription_id', 'payment_id', 'customer_id', 'type', 'receipt'],
  })
  const { subscription_id: subscription, payment_id: payment, receipt } = list.filters
  const rows = pageOf(
    rzp.state.invoices.values(),
    list,
    (row) =>
      row.account === account &&
      receipt === undefined && // invoices of subscriptions have none
      (subscription === undefined || row.subscriptionId === subscription) &&
      (payment === undefined || row.paymentId === payment),
  )
  return collectionOf(rows.map((row) => invoiceEntity(rzp, row)))
}

export const BILLING_ROUTES = [
  ['POST', /^\/v1\/plans$/, (call: Call) => createPlan(call.rzp, call.account, call.fields)],
  ['GET', /^\/v1\/plans$/, listPlans],
  ['GET', /^\/v1\/plans\/([^/]+)$/, (call: Call) => planEntity(own(call, call.rzp.state.plans, 'plan'))],
  ['POST', /^\/v1\/subscriptions$/, (call: Call) => createSubscription(call.rzp, call.account, call.fields)],
  ['GET', /^\/v1\/subscriptions$/, listSubscriptions],
  [
    'GET',
    /^\/v1\/subscriptions\/([^/]+)$/,
    (call: Call) => subscriptionEntity(call.rzp, subscriptionAt(call)),
  ],
  [
    'PATCH',
    /^\/v1\/subscriptions\/([^/]+)$/,
    (call: Call) => updateSubscription(call.rzp, subscriptionAt(call), call.fields),
  ],
  [
    'POST',
    /^\/v1\/subscriptions\/([^/]+)\/cancel$/,
    (call: Call) => cancelSubscription(call.rzp, subscriptionAt(call), call.fields),
  ],
  [
    'POST',
    /^\/v1\/subscriptions\/([^/]+)\/pause$/,
    (call: Call) => pauseSubscription(call.rzp, subscriptionAt(call), call.fields),
  ],
  [
    'POST',
    /^\/v1\/subscriptions\/([^/]+)\/resume$/,
    (call: Call) => resumeSubscription(call.rzp, subscriptionAt(call), call.fields),
  ],
  [
    'GET',
    /^\/v1\/subscriptions\/([^/]+)\/retrieve_scheduled_changes$/,
    (call: Call) => scheduledChanges(call.rzp, subscriptionAt(call)),
  ],
  [
    'POST',
    /^\/v1\/subscriptions\/([^/]+)\/cancel_scheduled_changes$/,
    (call: Call) => cancelScheduledChanges(call.rzp, subscriptionAt(call)),
  ],
  ['GET', /^\/v1\/invoices$/, listInvoices],
  [
    'GET',
    /^\/v1\/invoices\/([^/]+)$/,
    (call: Call) => invoiceEntity(call.rzp, own(call, call.rzp.state.invoices, 'inv')),
  ],
] as const

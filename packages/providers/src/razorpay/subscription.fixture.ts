import type { CreateSubscription, SubscriptionHandle } from '../subscriptions.ts'
import { inr, NOW_S, PAYMENT_ID, paymentBody, REFERENCE } from './scripted.fixture.ts'

export const PLAN_ID = 'plan_LocAlEmul0001A'
export const OTHER_PLAN_ID = 'plan_LocAlEmul0002A'
export const SUBSCRIPTION_ID = 'sub_LocAlEmul0001A'
export const INVOICE_ID = 'inv_LocAlEmul0001A'
export const PLAN_REFERENCE = 'plan_01jd0000000000000000000000'
export const PERIOD_END_S = 1_766_492_000

export function plan(over: Partial<CreateSubscription['plan']> = {}): CreateSubscription['plan'] {
  return {
    reference: PLAN_REFERENCE,
    name: 'Gold',
    amount: inr(69_900n),
    interval: 'month',
    intervalCount: 1,
    planRef: PLAN_ID,
    refs: {},
    ...over,
  }
}

export function subscriptionRequest(over: Partial<CreateSubscription> = {}): CreateSubscription {
  return {
    reference: REFERENCE,
    plan: plan(),
    quantity: 1,
    trialDays: 0,
    startAtMs: null,
    totalCount: null,
    returnUrl: 'https://router.example/return',
    cancelUrl: 'https://router.example/cancel',
    ...over,
  }
}

export function subscriptionHandle(over: Partial<SubscriptionHandle> = {}): SubscriptionHandle {
  return { reference: REFERENCE, orderRef: null, subscriptionRef: SUBSCRIPTION_ID, refs: {}, ...over }
}

type Body = Readonly<Record<string, unknown>>

export const planBody = (over: Body = {}): Body => ({
  id: PLAN_ID,
  entity: 'plan',
  interval: 1,
  period: 'monthly',
  item: { id: 'item_LocAlEmul0001A', active: true, name: 'Gold', amount: 69_900, currency: 'INR' },
  notes: { onerouter_ref: PLAN_REFERENCE },
  created_at: NOW_S,
  ...over,
})

export const subscriptionBody = (over: Body = {}): Body => ({
  id: SUBSCRIPTION_ID,
  entity: 'subscription',
  plan_id: PLAN_ID,
  customer_id: 'cust_LocAlEmul0001A',
  status: 'active',
  current_start: NOW_S,
  current_end: PERIOD_END_S,
  ended_at: null,
  quantity: 1,
  notes: { onerouter_ref: REFERENCE },
  charge_at: PERIOD_END_S,
  start_at: NOW_S,
  end_at: 1_795_004_000,
  auth_attempts: 0,
  total_count: 12,
  paid_count: 1,
  customer_notify: false,
  created_at: NOW_S,
  expire_by: null,
  short_url: 'https://rzp.io/rzp/LocSub1',
  has_scheduled_changes: false,
  change_scheduled_at: null,
  source: 'api',
  remaining_count: 11,
  ...over,
})

export const createdBody = (over: Body = {}): Body =>
  subscriptionBody({
    status: 'created',
    current_start: null,
    current_end: null,
    customer_id: null,
    paid_count: 0,
    ...over,
  })

export const invoiceBody = (over: Body = {}): Body => ({
  id: INVOICE_ID,
  entity: 'invoice',
  subscription_id: SUBSCRIPTION_ID,
  order_id: 'order_LocAlEmul0002A',
  payment_id: PAYMENT_ID,
  status: 'paid',
  amount: 69_900,
  amount_paid: 69_900,
  amount_due: 0,
  currency: 'INR',
  billing_start: NOW_S,
  billing_end: PERIOD_END_S,
  issued_at: NOW_S,
  paid_at: NOW_S + 4,
  created_at: NOW_S,
  ...over,
})

export const renewalBody = (over: Body = {}): Body =>
  paymentBody({
    amount: 69_900,
    base_amount: 69_900,
    order_id: 'order_LocAlEmul0002A',
    invoice_id: INVOICE_ID,
    ...over,
  })

import { formatId, uuidV7 } from '@onerouter/core'
import type { CreateSubscription, SubscriptionHandle } from '../subscriptions.ts'
import { NOW_MS, usd } from './scripted.fixture.ts'

export const PLAN_ID = 'P-5ML4271244454362WXNWU5NQ'
export const OTHER_PLAN_ID = 'P-GZAP82KR7GXGQS5V78C85HHN'
export const SUBSCRIPTION_ID = 'I-BW452GLLEP1G'
/** Its time is its own: the first of November. */
export const REFERENCE = formatId('operation', uuidV7(Date.UTC(2026, 10, 1), new Uint8Array(10)))
export const APPROVE_URL =
  'https://www.sandbox.paypal.com/webapps/billing/subscriptions?ba_token=BA-2M539689T3856352J'
export const NEXT_BILLING = '2027-01-01T10:00:00Z'

export function plan(over: Partial<CreateSubscription['plan']> = {}): CreateSubscription['plan'] {
  return {
    reference: 'plan_01jd0000000000000000000000',
    name: 'Gold',
    amount: usd(1_000n),
    interval: 'month',
    intervalCount: 1,
    planRef: PLAN_ID,
    refs: { product: 'ONEROUTER-SUBSCRIPTIONS' },
    ...over,
  }
}

export function subscriptionRequest(over: Partial<CreateSubscription> = {}): CreateSubscription {
  return {
    reference: 'op_1',
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
  return { reference: 'op_1', orderRef: null, subscriptionRef: SUBSCRIPTION_ID, refs: {}, ...over }
}

type Body = Readonly<Record<string, unknown>>
const dollars = (value: string) => ({ currency_code: 'USD', value })

export const productBody: Body = { id: 'ONEROUTER-SUBSCRIPTIONS', name: 'Subscriptions', type: 'SERVICE' }

export const planBody = (over: Body = {}): Body => ({
  id: PLAN_ID,
  product_id: 'ONEROUTER-SUBSCRIPTIONS',
  name: 'Gold',
  status: 'ACTIVE',
  billing_cycles: [
    {
      frequency: { interval_unit: 'MONTH', interval_count: 1 },
      tenure_type: 'REGULAR',
      sequence: 1,
      total_cycles: 0,
      pricing_scheme: { version: 1, fixed_price: dollars('10') },
    },
  ],
  quantity_supported: true,
  ...over,
})

export const billingInfo = (over: Body = {}): Body => ({
  outstanding_balance: dollars('0.0'),
  cycle_executions: [
    { tenure_type: 'REGULAR', sequence: 1, cycles_completed: 2, cycles_remaining: 0, total_cycles: 0 },
  ],
  last_payment: { amount: dollars('10.00'), time: '2026-12-01T10:00:00Z' },
  next_billing_time: NEXT_BILLING,
  failed_payments_count: 0,
  ...over,
})

export const subscriptionBody = (over: Body = {}): Body => ({
  id: SUBSCRIPTION_ID,
  status: 'ACTIVE',
  status_update_time: '2026-11-01T10:00:00Z',
  plan_id: PLAN_ID,
  plan_overridden: false,
  start_time: '2026-11-01T10:00:00Z',
  quantity: '1',
  custom_id: 'op_1',
  subscriber: { email_address: 'buyer@example.com', payer_id: 'N7KN9DEGHUQVZ' },
  billing_info: billingInfo(),
  create_time: '2026-11-01T09:00:00Z',
  links: [{ href: 'https://api.sandbox.paypal.com/v1/billing/subscriptions/x', rel: 'self', method: 'GET' }],
  ...over,
})

export const pendingBody = (over: Body = {}): Body =>
  subscriptionBody({
    status: 'APPROVAL_PENDING',
    start_time: new Date(NOW_MS).toISOString(),
    subscriber: {},
    billing_info: undefined,
    links: [{ href: APPROVE_URL, rel: 'approve', method: 'GET' }],
    ...over,
  })

export const transactionBody = (over: Body = {}): Body => ({
  id: '1A615453BF810315T',
  status: 'COMPLETED',
  amount_with_breakdown: {
    gross_amount: dollars('10.00'),
    fee_amount: dollars('0.84'),
    net_amount: dollars('9.16'),
  },
  payer_email: 'buyer@example.com',
  time: '2026-12-01T10:00:00.000Z',
  ...over,
})

import { currency, type Money } from '@onerouter/core'
import type { HttpRequest, HttpResult } from '../spec.ts'
import type { CreateSubscription, SubscriptionHandle } from '../subscriptions.ts'
import { createTokenCache } from '../token-cache.ts'
import type { StripeContext } from './call.ts'

export const NOW_S = 1_763_900_000
export const PERIOD_END_S = 1_766_492_000
export const REFERENCE = 'op_01jd0000000000000000000000'
export const PLAN_REFERENCE = 'plan_01jd0000000000000000000000'
export const usd = (minor: bigint): Money => ({ minor, currency: currency('USD') })

export function answer(status: number, body: unknown = ''): HttpResult {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { ok: true, response: { status, headers: {}, text } }
}

export const refusal = (code: string | null, message: string, status = 400): HttpResult =>
  answer(status, {
    error: { type: 'invalid_request_error', ...(code === null ? {} : { code }), message },
  })

export const notSent: HttpResult = { ok: false, sent: false, reason: 'connect' }
export const lost: HttpResult = { ok: false, sent: true, reason: 'timeout' }

/** A Stripe that gives these answers in order. */
export function scripted(answers: readonly HttpResult[], send: 'first' | 'later' = 'first') {
  const sent: HttpRequest[] = []
  const queue = [...answers]
  const ctx: StripeContext = {
    credentials: { secret_key: 'sk_test_4eC39HqLyjWDarjtT1zdp7dc' },
    environment: 'test',
    baseUrl: 'https://api.stripe.com',
    send,
    http: (request) => {
      sent.push(request)
      const result = queue.shift()
      if (result === undefined) throw new Error(`no answer scripted for ${request.method} ${request.path}`)
      return Promise.resolve(result)
    },
    tokens: createTokenCache(),
    now: () => NOW_S * 1000,
  }
  return { ctx, sent, calls: () => sent.map(({ method, path }) => `${method} ${path.split('?')[0]}`) }
}

export function formOf(request: HttpRequest | undefined): Readonly<Record<string, string>> {
  const body = request?.body
  return body !== undefined && 'form' in body ? Object.fromEntries(body.form) : {}
}

export function plan(over: Partial<CreateSubscription['plan']> = {}): CreateSubscription['plan'] {
  return {
    reference: PLAN_REFERENCE,
    name: 'Gold',
    amount: usd(2_000n),
    interval: 'month',
    intervalCount: 1,
    planRef: 'price_1',
    refs: { product: 'prod_1' },
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

export function handle(over: Partial<SubscriptionHandle> = {}): SubscriptionHandle {
  return { reference: REFERENCE, orderRef: 'cs_test_1', subscriptionRef: 'sub_1', refs: {}, ...over }
}

type Body = Readonly<Record<string, unknown>>

export const priceBody = (over: Body = {}): Body => ({
  id: 'price_1',
  object: 'price',
  active: true,
  currency: 'usd',
  lookup_key: PLAN_REFERENCE,
  metadata: { onerouter_ref: PLAN_REFERENCE },
  product: 'prod_1',
  recurring: { interval: 'month', interval_count: 1, usage_type: 'licensed' },
  type: 'recurring',
  unit_amount: 2000,
  ...over,
})

export const itemBody = (over: Body = {}): Body => ({
  id: 'si_1',
  object: 'subscription_item',
  current_period_start: NOW_S,
  current_period_end: PERIOD_END_S,
  price: priceBody(),
  quantity: 1,
  ...over,
})

export const list = (...data: readonly unknown[]): Body => ({ object: 'list', data, has_more: false })

export const subscriptionBody = (over: Body = {}): Body => ({
  id: 'sub_1',
  object: 'subscription',
  billing_cycle_anchor: NOW_S,
  cancel_at: null,
  cancel_at_period_end: false,
  customer: 'cus_1',
  ended_at: null,
  items: list(itemBody()),
  metadata: { onerouter_ref: REFERENCE },
  pause_collection: null,
  status: 'active',
  trial_end: null,
  ...over,
})

export const sessionBody = (over: Body = {}): Body => ({
  id: 'cs_test_1',
  object: 'checkout.session',
  mode: 'subscription',
  status: 'open',
  payment_status: 'unpaid',
  amount_total: 2000,
  currency: 'usd',
  metadata: { onerouter_ref: REFERENCE },
  subscription: null,
  line_items: list({ id: 'li_1', object: 'item', price: priceBody(), quantity: 1 }),
  url: 'https://checkout.stripe.com/c/pay/cs_test_1#fidkdWxOYHwnPyd1blpxYHZxWjA0',
  ...over,
})

export const invoiceBody = (over: Body = {}): Body => ({
  id: 'in_1',
  object: 'invoice',
  amount_due: 2000,
  amount_paid: 2000,
  attempted: true,
  created: NOW_S,
  currency: 'usd',
  lines: list({
    id: 'il_1',
    object: 'line_item',
    period: { start: NOW_S, end: PERIOD_END_S },
    parent: { type: 'subscription_item_details', subscription_item_details: { proration: false } },
  }),
  payments: list({
    id: 'inpay_1',
    object: 'invoice_payment',
    is_default: true,
    status: 'paid',
    payment: { type: 'payment_intent', payment_intent: 'pi_1' },
  }),
  status: 'paid',
  status_transitions: { paid_at: NOW_S + 3 },
  ...over,
})

export const intentBody = (over: Body = {}): Body => ({
  id: 'pi_1',
  object: 'payment_intent',
  amount: 2000,
  amount_received: 2000,
  currency: 'usd',
  latest_charge: {
    id: 'ch_1',
    object: 'charge',
    amount_refunded: 500,
    balance_transaction: {
      id: 'txn_1',
      object: 'balance_transaction',
      currency: 'usd',
      fee: 88,
      fee_details: [{ type: 'stripe_fee', amount: 88 }],
    },
  },
  metadata: {},
  status: 'succeeded',
  ...over,
})

import { currency, type Money } from '@onerouter/core'
import type { CreatePayment, HttpRequest, HttpResult, PaymentHandle } from '../spec.ts'
import { createTokenCache } from '../token-cache.ts'
import type { RazorpayContext } from './call.ts'
import type { RazorpayCredentials } from './credentials.ts'

export const KEY_ID = 'rzp_test_LocalEmulat0r'
export const KEY_SECRET = 'LocalSecret000000000000A'
export const WEBHOOK_SECRET = 'whsec_rzp_local_0123456789'
export const CREDENTIALS: RazorpayCredentials = {
  key_id: KEY_ID,
  key_secret: KEY_SECRET,
  webhook_secret: WEBHOOK_SECRET,
}
export const NOW_S = 1_763_900_000
export const REFERENCE = 'op_01jd0000000000000000000000'
export const ORDER_ID = 'order_LocAlEmul0001A'
export const PAYMENT_ID = 'pay_LocAlEmul0001A'
export const REFUND_ID = 'rfnd_LocAlEmul0001A'
export const LINK_ID = 'plink_LocAlEmul001A'

export const inr = (minor: bigint): Money => ({ minor, currency: currency('INR') })

export function answer(status: number, body: unknown = ''): HttpResult {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { ok: true, response: { status, headers: {}, text } }
}

export function refusal(
  description: string,
  over: Readonly<Record<string, unknown>> = {},
  status = 400,
): HttpResult {
  const error = {
    code: 'BAD_REQUEST_ERROR',
    description,
    source: 'NA',
    step: 'NA',
    reason: 'NA',
    metadata: {},
  }
  return answer(status, { error: { ...error, ...over } })
}

export const notSent: HttpResult = { ok: false, sent: false, reason: 'connect' }
export const lost: HttpResult = { ok: false, sent: true, reason: 'timeout' }

export interface Script {
  readonly ctx: RazorpayContext
  readonly sent: HttpRequest[]
  calls(): string[]
}

/** A Razorpay that gives these answers in order. */
export function scripted(answers: readonly HttpResult[], over: Partial<RazorpayContext> = {}): Script {
  const sent: HttpRequest[] = []
  const queue = [...answers]
  const ctx: RazorpayContext = {
    credentials: CREDENTIALS,
    environment: 'test',
    baseUrl: 'https://api.razorpay.com',
    send: 'first',
    http: (request) => {
      sent.push(request)
      const result = queue.shift()
      if (result === undefined) throw new Error(`no answer scripted for ${request.method} ${request.path}`)
      return Promise.resolve(result)
    },
    tokens: createTokenCache(),
    now: () => NOW_S * 1000,
    ...over,
  }
  return { ctx, sent, calls: () => sent.map(({ method, path }) => `${method} ${path}`) }
}

export function paymentRequest(over: Partial<CreatePayment> = {}): CreatePayment {
  return {
    reference: REFERENCE,
    amount: inr(50_000n),
    capture: 'automatic',
    description: 'Order 42',
    customer: { name: 'Asha Rao', email: 'asha@example.com', phone: '+91 90000 90000' },
    returnUrl: 'https://router.example/return',
    cancelUrl: 'https://router.example/cancel',
    ...over,
  }
}

export function handle(over: Partial<PaymentHandle> = {}): PaymentHandle {
  return {
    reference: REFERENCE,
    amount: inr(50_000n),
    capture: 'automatic',
    orderRef: ORDER_ID,
    paymentRef: null,
    refs: {},
    ...over,
  }
}

type Body = Readonly<Record<string, unknown>>

export function orderBody(over: Body = {}): Body {
  return {
    id: ORDER_ID,
    entity: 'order',
    amount: 50_000,
    amount_paid: 0,
    amount_due: 50_000,
    currency: 'INR',
    receipt: REFERENCE,
    offer_id: null,
    status: 'created',
    attempts: 0,
    notes: { onerouter_ref: REFERENCE },
    created_at: NOW_S,
    ...over,
  }
}

export function paymentBody(over: Body = {}): Body {
  return {
    id: PAYMENT_ID,
    entity: 'payment',
    amount: 50_000,
    currency: 'INR',
    base_amount: 50_000,
    status: 'captured',
    order_id: ORDER_ID,
    international: false,
    method: 'upi',
    amount_refunded: 0,
    refund_status: null,
    captured: true,
    notes: [],
    fee: 1180,
    tax: 180,
    error_code: null,
    error_description: null,
    error_reason: null,
    created_at: NOW_S,
    ...over,
  }
}

export const failedBody = (over: Body = {}): Body =>
  paymentBody({
    status: 'failed',
    captured: false,
    fee: null,
    tax: null,
    error_code: 'BAD_REQUEST_ERROR',
    error_reason: 'insufficient_funds',
    ...over,
  })

export const heldBody = (over: Body = {}): Body =>
  paymentBody({ status: 'authorized', captured: false, fee: null, tax: null, ...over })

export function refundBody(over: Body = {}): Body {
  return {
    id: REFUND_ID,
    entity: 'refund',
    amount: 20_000,
    currency: 'INR',
    payment_id: PAYMENT_ID,
    notes: { onerouter_ref: 're_1' },
    receipt: 're_1',
    acquirer_data: { arn: null },
    created_at: NOW_S,
    batch_id: null,
    status: 'processed',
    speed_processed: 'normal',
    speed_requested: 'normal',
    ...over,
  }
}

export function linkBody(over: Body = {}): Body {
  return {
    id: LINK_ID,
    accept_partial: false,
    amount: 50_000,
    amount_paid: 0,
    currency: 'INR',
    created_at: NOW_S,
    notes: null,
    payments: null,
    reference_id: REFERENCE,
    short_url: 'https://rzp.io/rzp/Local2',
    status: 'created',
    ...over,
  }
}

export const collection = (...items: readonly unknown[]): Body => ({
  entity: 'collection',
  count: items.length,
  items,
})

import { currency, type Money } from '@onerouter/core'
import type { HttpRequest, HttpResult, PaymentHandle } from '../spec.ts'
import { createTokenCache } from '../token-cache.ts'
import type { PaypalContext } from './api.ts'
import type { PaypalCredentials } from './credentials.ts'

export const SECRET = 'EJx3secret-never-shown'
export const CREDENTIALS: PaypalCredentials = {
  client_id: 'AZclient-identifier-0001',
  client_secret: SECRET,
  webhook_id: '8PT597110X687430L',
}
export const NOW_MS = Date.UTC(2026, 11, 1, 12)
export const ORDER_ID = '5O190127TN364715T'
export const CAPTURE_ID = '41U19903S66342642'
export const AUTHORIZATION_ID = '0VF52814937998046'

export const TOKEN_ANSWER = answer(200, {
  access_token: 'A21AA-first',
  token_type: 'Bearer',
  expires_in: 32400,
})

export function answer(status: number, body: unknown = ''): HttpResult {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return { ok: true, response: { status, headers: { 'paypal-debug-id': 'f2a7d4b6c0e11' }, text } }
}

export function issue(status: number, code: string, name = 'UNPROCESSABLE_ENTITY'): HttpResult {
  return answer(status, {
    name,
    message: 'The requested action could not be performed.',
    debug_id: 'f2a7d4b6c0e11',
    details: [{ issue: code, description: `About ${code}.` }],
    links: [],
  })
}

export const notSent: HttpResult = { ok: false, sent: false, reason: 'connect' }
export const lost: HttpResult = { ok: false, sent: true, reason: 'timeout' }

export interface Script {
  readonly ctx: PaypalContext
  /** Everything sent, token requests included. */
  readonly sent: HttpRequest[]
  /** Method and path of everything sent but token requests. */
  calls(): string[]
}

/** A PayPal that gives these answers in order; tokens are free unless `tokens` scripts them too. */
export function scripted(
  answers: readonly HttpResult[],
  options: {
    readonly tokens?: readonly HttpResult[]
    readonly ctx?: Partial<PaypalContext>
  } = {},
): Script {
  const sent: HttpRequest[] = []
  const queue = [...answers]
  const tokenQueue = options.tokens === undefined ? undefined : [...options.tokens]
  const next = (from: HttpResult[], request: HttpRequest): HttpResult => {
    const result = from.shift()
    if (result === undefined) throw new Error(`no answer scripted for ${request.method} ${request.path}`)
    return result
  }
  const http = (request: HttpRequest): Promise<HttpResult> => {
    sent.push(request)
    if (request.path !== '/v1/oauth2/token') return Promise.resolve(next(queue, request))
    return Promise.resolve(tokenQueue === undefined ? TOKEN_ANSWER : next(tokenQueue, request))
  }
  const ctx: PaypalContext = {
    credentials: CREDENTIALS,
    environment: 'test',
    baseUrl: 'https://api-m.sandbox.paypal.com',
    send: 'first',
    http,
    tokens: createTokenCache(),
    now: () => NOW_MS,
    ...options.ctx,
  }
  const calls = () =>
    sent.filter(({ path }) => path !== '/v1/oauth2/token').map(({ method, path }) => `${method} ${path}`)
  return { ctx, sent, calls }
}

export const usd = (minor: bigint): Money => ({ minor, currency: currency('USD') })

export function handle(changes: Partial<PaymentHandle> = {}): PaymentHandle {
  return {
    reference: 'op_1',
    amount: usd(10_000n),
    capture: 'automatic',
    orderRef: ORDER_ID,
    paymentRef: null,
    refs: { payer_url: 'https://www.sandbox.paypal.com/checkoutnow?token=5O190127TN364715T' },
    ...changes,
  }
}

const dollars = (value: string) => ({ currency_code: 'USD', value })

export function captureBody(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: CAPTURE_ID,
    status: 'COMPLETED',
    amount: dollars('100.00'),
    custom_id: 'op_1',
    invoice_id: 'op_1',
    final_capture: true,
    seller_receivable_breakdown: {
      gross_amount: dollars('100.00'),
      paypal_fee: dollars('3.98'),
      net_amount: dollars('96.02'),
    },
    ...changes,
  }
}

export function authorizationBody(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: AUTHORIZATION_ID,
    status: 'CREATED',
    amount: dollars('100.00'),
    custom_id: 'op_1',
    expiration_time: '2026-12-30T12:00:00Z',
    ...changes,
  }
}

export function refundBody(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    id: '1JU08902781691411',
    status: 'COMPLETED',
    amount: dollars('10.00'),
    custom_id: 're_1',
    invoice_id: 're_1',
    create_time: '2026-11-30T05:00:00-07:00',
    ...changes,
  }
}

export function orderBody(
  status: string,
  payments?: {
    readonly captures?: readonly unknown[]
    readonly authorizations?: readonly unknown[]
    readonly refunds?: readonly unknown[]
  },
): Record<string, unknown> {
  const href = `https://api.sandbox.paypal.com/v2/checkout/orders/${ORDER_ID}`
  const payerUrl = `https://www.sandbox.paypal.com/checkoutnow?token=${ORDER_ID}`
  const open = status === 'CREATED' || status === 'PAYER_ACTION_REQUIRED'
  return {
    id: ORDER_ID,
    status,
    intent: 'CAPTURE',
    payment_source: { paypal: {} },
    purchase_units: [
      {
        reference_id: 'default',
        amount: dollars('100.00'),
        custom_id: 'op_1',
        invoice_id: 'op_1',
        ...(payments === undefined ? {} : { payments }),
      },
    ],
    links: [
      { href, rel: 'self', method: 'GET' },
      ...(open
        ? [{ href: payerUrl, rel: status === 'CREATED' ? 'approve' : 'payer-action', method: 'GET' }]
        : []),
    ],
  }
}

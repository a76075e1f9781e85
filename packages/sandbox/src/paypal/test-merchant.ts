import { expect } from 'vitest'
import type { Emulator, SandboxAccount, Simulation } from '../kernel/types.ts'
import { createKernel, type Kernel } from '../kernel/world.ts'
import { createPaypal } from './index.ts'
import { specProblems } from './test-spec.ts'

/** Test support: one merchant of one emulated PayPal, with a clock and a webhook receiver. */

export const START = Date.UTC(2026, 0, 2, 3, 4, 5)
export const HOUR = 3_600_000
export const DAY = 24 * HOUR
const API = 'http://127.0.0.1:8013'
const PAGES = 'http://127.0.0.1:8010'

export const FORM = 'application/x-www-form-urlencoded'

export interface Reply {
  readonly status: number
  // Tests read deep into answers; the schemas have judged their shape before.
  // biome-ignore lint/suspicious/noExplicitAny: see above
  readonly body: any
  readonly headers: Headers
}

export interface Received {
  readonly url: string
  readonly headers: Headers
  readonly body: string
}

export interface Merchant {
  readonly kernel: Kernel
  readonly emulator: Emulator
  readonly accountId: string
  readonly credentials: Readonly<Record<string, string>>
  readonly received: Received[]
  token: string
  raw(
    method: string,
    path: string,
    init?: { body?: string; headers?: Record<string, string> },
  ): Promise<Reply>
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>
  page(path: string, action?: string): Promise<Response>
  simulate(orderId: string, action: Simulation): void
  /** Moves the clock through everything scheduled on the way. */
  advance(ms: number): Promise<void>
  /** A new token: tokens live nine hours. `account` signs in as another merchant from here on. */
  signIn(account?: SandboxAccount): Promise<void>
  book(): ReturnType<Emulator['book']>
  eventTypes(): string[]
}

export const basic = (credentials: Readonly<Record<string, string>>): string =>
  `Basic ${btoa(`${credentials.client_id}:${credentials.client_secret}`)}`

export async function openMerchant(answer: () => number = () => 200): Promise<Merchant> {
  const received: Received[] = []
  const kernel = createKernel({
    clock: { now: () => START },
    seed: 7,
    urls: { pages: PAGES, api: { stripe: '', razorpay: '', paypal: API, twilio: '' } },
    fetch: async (url, init) => {
      received.push({ url: String(url), headers: new Headers(init?.headers), body: String(init?.body) })
      return new Response(null, { status: answer() })
    },
    timeoutSignal: () => new AbortController().signal,
    deliveryConcurrency: 1,
    emulator: (name) => (name === 'paypal' ? emulator : undefined),
    warn: (message) => expect.fail(message),
  })
  const emulator = createPaypal(kernel.world)
  const account = kernel.accounts.create(emulator)
  const merchant: Merchant = {
    kernel,
    emulator,
    accountId: account.id,
    credentials: account.credentials,
    received,
    token: '',
    async raw(method, path, init = {}) {
      const headers = { authorization: `Bearer ${merchant.token}`, ...init.headers }
      const request = new Request(`${API}${path}`, {
        method,
        headers,
        ...(init.body === undefined ? {} : { body: init.body }),
      })
      const response = await emulator.api(request)
      const text = await response.text()
      const body = text === '' ? undefined : JSON.parse(text)
      const { pathname } = new URL(request.url)
      if (body?.error === undefined) {
        expect(specProblems(method, pathname, response.status, body), `${method} ${path}: ${text}`).toEqual(
          [],
        )
      }
      return { status: response.status, body, headers: response.headers }
    },
    call: (method, path, body, headers = {}) =>
      merchant.raw(method, path, {
        headers: { 'content-type': 'application/json', ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    page: (path, action) =>
      emulator.pages(
        new Request(`${PAGES}${path}`, {
          method: action === undefined ? 'GET' : 'POST',
          ...(action === undefined ? {} : { body: new URLSearchParams({ action }) }),
        }),
      ),
    simulate(orderId, action) {
      expect(emulator.simulate(account.id, orderId, action)).toMatchObject({ ok: true })
    },
    advance: (ms) => kernel.advance(ms),
    async signIn(as = account) {
      const headers = { authorization: basic(as.credentials), 'content-type': FORM }
      const body = 'grant_type=client_credentials'
      merchant.token = (await merchant.raw('POST', '/v1/oauth2/token', { body, headers })).body.access_token
    },
    book: () => emulator.book(account.id),
    eventTypes: () => received.map((delivery) => JSON.parse(delivery.body).event_type),
  }
  await merchant.signIn()
  return merchant
}

export const FULL = { prefer: 'return=representation' }

export const unit = (value = '10.00', currency = 'USD', more: object = {}) => ({
  amount: { currency_code: currency, value },
  ...more,
})

export async function createOrder(
  merchant: Merchant,
  intent: 'CAPTURE' | 'AUTHORIZE' = 'CAPTURE',
  units: object[] = [unit()],
): Promise<string> {
  const { body } = await merchant.call('POST', '/v2/checkout/orders', {
    intent,
    purchase_units: units,
    application_context: {
      return_url: 'https://shop.example/done?x=1',
      cancel_url: 'https://shop.example/back',
    },
  })
  return body.id
}

/** An order captured whole; answers the capture as the order shows it. */
export async function capturedOrder(merchant: Merchant, units: object[] = [unit()]) {
  const id = await createOrder(merchant, 'CAPTURE', units)
  merchant.simulate(id, 'succeed')
  const { body } = await merchant.call('POST', `/v2/checkout/orders/${id}/capture`, {}, FULL)
  return { id, capture: body.purchase_units[0].payments.captures[0] }
}

export async function authorizedOrder(merchant: Merchant, units: object[] = [unit('100.00')]) {
  const id = await createOrder(merchant, 'AUTHORIZE', units)
  merchant.simulate(id, 'succeed')
  const { body } = await merchant.call('POST', `/v2/checkout/orders/${id}/authorize`, {}, FULL)
  return { id, authorization: body.purchase_units[0].payments.authorizations[0] }
}

export async function addWebhook(merchant: Merchant, names: string[] = ['*']): Promise<string> {
  const { body } = await merchant.call('POST', '/v1/notifications/webhooks', {
    url: 'http://127.0.0.1:9/hooks/paypal',
    event_types: names.map((name) => ({ name })),
  })
  return body.id
}

export const issuesOf = (reply: Reply): string[] =>
  (reply.body.details ?? []).map((detail: { issue: string }) => detail.issue)

export interface PlanForm {
  readonly price?: string
  readonly currency?: string
  readonly product?: string
  readonly trial?: object
  readonly total?: number
  readonly preferences?: object
  readonly more?: object
}

/** A monthly plan of `price`, with a product of its own unless one is named. */
export async function newPlan(merchant: Merchant, form: PlanForm = {}): Promise<string> {
  const made =
    form.product === undefined ? await merchant.call('POST', '/v1/catalogs/products', PRODUCT) : undefined
  const fixed_price = { currency_code: form.currency ?? 'USD', value: form.price ?? '10.00' }
  const regular = {
    frequency: { interval_unit: 'MONTH', interval_count: 1 },
    tenure_type: 'REGULAR',
    sequence: form.trial === undefined ? 1 : 2,
    total_cycles: form.total ?? 0,
    pricing_scheme: { fixed_price },
  }
  const { body } = await merchant.call('POST', '/v1/billing/plans', {
    product_id: form.product ?? made?.body.id,
    name: 'Gold',
    billing_cycles: [...(form.trial === undefined ? [] : [form.trial]), regular],
    payment_preferences: form.preferences ?? {},
    quantity_supported: true,
    ...form.more,
  })
  return body.id
}
const PRODUCT = { name: 'Gold', type: 'SERVICE' }

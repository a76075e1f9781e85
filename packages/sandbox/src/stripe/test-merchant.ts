import { createSandbox, type Sandbox } from '../index.ts'
import { createStripe } from './index.ts'
import { checkAnswer } from './spec-check.ts'
import { API_VERSION } from './wire.ts'

export const START_MS = Date.UTC(2026, 10, 24)
export type Json = Record<string, unknown>
export interface Answer {
  readonly status: number
  readonly headers: Headers
  // Tests read deep into answers whose shape ajv has checked.
  // biome-ignore lint/suspicious/noExplicitAny: the shape is checked against the specification instead
  readonly body: any
}
export interface Delivered {
  readonly url: string
  readonly headers: Headers
  readonly body: string
}

export interface Merchant {
  readonly sandbox: Sandbox
  readonly key: string
  readonly accountId: string
  /** Webhook attempts, in order of arrival. */
  readonly delivered: Delivered[]
  /** Real time, which stands still unless a test moves it; the sandbox's own runs ahead of it by what it was advanced. */
  readonly real: { ms: number }
  /** What the receiver answers from now on. */
  receiverStatus: number
  get(path: string, headers?: Record<string, string>): Promise<Answer>
  post(path: string, form?: string, headers?: Record<string, string>): Promise<Answer>
  delete(path: string): Promise<Answer>
  /** A payer's browser: never follows redirects. */
  browse(url: string, action?: Record<string, string>): Promise<Response>
  eventTypes(): Promise<string[]>
}

/** One account on a standing clock; every answer is checked against the specification where it is present. */
export function openMerchant(): Merchant {
  const delivered: Delivered[] = []
  const real = { ms: START_MS }
  const sandbox = createSandbox({
    clock: { now: () => real.ms },
    seed: 7,
    emulators: { stripe: createStripe },
    fetch: async (input, init) => {
      const request = new Request(input, init)
      delivered.push({ url: request.url, headers: request.headers, body: await request.text() })
      return new Response('', { status: merchant.receiverStatus })
    },
  })
  const account = sandbox.account('stripe')
  const key = account.credentials.secret_key ?? ''
  const send = sandbox.fetch('stripe')
  async function call(method: string, path: string, form?: string, headers: Record<string, string> = {}) {
    const defaults = { authorization: `Bearer ${key}`, 'stripe-version': API_VERSION }
    const request = new Request(`http://stripe.test${path}`, {
      method,
      headers: { ...defaults, ...headers },
      ...(form === undefined ? {} : { body: form }),
    })
    const response = await send(request)
    const body = await response.json()
    checkAnswer(method, path, response.status, body)
    return { status: response.status, headers: response.headers, body }
  }
  const merchant: Merchant = {
    sandbox,
    key,
    accountId: account.id,
    delivered,
    real,
    receiverStatus: 200,
    get: (path, headers) => call('GET', path, undefined, headers),
    post: (path, form = '', headers) => call('POST', path, form, headers),
    delete: (path) => call('DELETE', path),
    browse: (url, action) =>
      sandbox.pages(
        new Request(url, action === undefined ? {} : { method: 'POST', body: new URLSearchParams(action) }),
      ),
    eventTypes: async () => {
      const { body } = await call('GET', '/v1/events?limit=100')
      return body.data.map((event: { type: string }) => event.type).reverse()
    },
  }
  return merchant
}

export const CONFIRMED =
  'confirm=true&payment_method=pm_card_visa&automatic_payment_methods[enabled]=true' +
  '&automatic_payment_methods[allow_redirects]=never'
export const SESSION =
  'mode=payment&line_items[0][price_data][currency]=usd&line_items[0][price_data][unit_amount]=50000' +
  '&line_items[0][price_data][product_data][name]=Order%2042&line_items[0][quantity]=1' +
  '&success_url=https%3A%2F%2Fshop.example%2Fok%3Fs%3D%7BCHECKOUT_SESSION_ID%7D' +
  '&cancel_url=https%3A%2F%2Fshop.example%2Fcancel&metadata[note]=session'

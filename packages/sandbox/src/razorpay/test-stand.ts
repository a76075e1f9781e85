import { createSandbox, type Sandbox } from '../index.ts'
import { isRecord } from '../kernel/http.ts'
import type { Simulation } from '../kernel/types.ts'
import { createRazorpay } from './index.ts'

/** What a receiver saw of one delivery attempt. */
export interface Received {
  readonly at: number
  readonly headers: Headers
  readonly body: string
  readonly event: string
}

export interface Answer {
  readonly status: number
  readonly body: Record<string, unknown>
  readonly text: string
}

export const START_MS = 1_763_900_000_000

/** A sandbox on virtual time with one Razorpay account and a webhook receiver, for tests. */
export function createStand(options: { receive?: () => number } = {}) {
  let nowMs = START_MS
  const received: Received[] = []
  const sandbox: Sandbox = createSandbox({
    clock: { now: () => nowMs },
    seed: 7,
    emulators: { razorpay: createRazorpay },
    timeoutSignal: () => new AbortController().signal,
    sleep: async () => {},
    async fetch(_url, init) {
      const body = String(init?.body)
      const { event } = JSON.parse(body) as { event: string } // our own emulator wrote it
      received.push({ at: sandbox.now(), headers: new Headers(init?.headers), body, event })
      return new Response('ok', { status: options.receive?.() ?? 200 })
    },
  })
  const { id: accountId, credentials } = sandbox.account('razorpay')
  const { key_id: keyId = '', key_secret: keySecret = '' } = credentials
  const authorization = `Basic ${Buffer.from(`${keyId}:${keySecret}`).toString('base64')}`
  const api = sandbox.fetch('razorpay')

  async function call(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const request = new Request(`http://razorpay.test${path}`, {
      method,
      headers: { authorization, 'content-type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const response = await api(request)
    const text = await response.text()
    const parsed: unknown = text.startsWith('{') ? JSON.parse(text) : {}
    return { status: response.status, body: isRecord(parsed) ? parsed : {}, text }
  }

  async function order(fields: Record<string, unknown> = {}): Promise<string> {
    const { status, body, text } = await call('POST', '/v1/orders', {
      amount: 50_000,
      currency: 'INR',
      payment: { capture: 'automatic', capture_options: { automatic_expiry_period: 12 } },
      ...fields,
    })
    if (status !== 200) throw new Error(text)
    return String(body['id'])
  }

  return {
    sandbox,
    accountId,
    keyId,
    keySecret,
    received,
    api,
    call,
    order,
    act: (ref: string, action: Simulation) => sandbox.simulate('razorpay', accountId, ref, action),
    /** The order's newest payment. */
    async payment(orderId: string): Promise<Record<string, unknown>> {
      const { body } = await call('GET', `/v1/orders/${orderId}/payments`)
      const items = Array.isArray(body['items']) ? body['items'] : []
      const last: unknown = items.at(-1)
      return isRecord(last) ? last : {}
    },
    /** An order with an authorised, uncaptured payment. */
    async authorized(fields: Record<string, unknown> = {}) {
      const orderId = await order({ payment: { capture: 'manual' }, ...fields })
      sandbox.simulate('razorpay', accountId, orderId, 'succeed')
      return { orderId, paymentId: String((await this.payment(orderId))['id']) }
    },
    async captured(fields: Record<string, unknown> = {}) {
      const orderId = await order(fields)
      sandbox.simulate('razorpay', accountId, orderId, 'succeed')
      return { orderId, paymentId: String((await this.payment(orderId))['id']) }
    },
    subscribe: (...events: string[]) =>
      call('POST', '/v1/webhooks', {
        url: 'http://receiver.test/hook',
        secret: 'hook-secret',
        events: Object.fromEntries(events.map((name) => [name, true])),
      }),
    /** Moves the base clock, as real time would. */
    wait(ms: number) {
      nowMs += ms
    },
  }
}

/** The documented text of a refusal. */
export const textOf = ({ body }: Answer): unknown =>
  isRecord(body['error']) ? body['error']['description'] : undefined

import type { ClientOptions } from '../options.ts'
import { settingsFrom } from '../options.ts'
import { analytics } from '../resources/analytics.ts'
import { audit } from '../resources/audit.ts'
import { customers } from '../resources/customers.ts'
import { disputes } from '../resources/disputes.ts'
import { domains } from '../resources/domains.ts'
import { events } from '../resources/events.ts'
import { keys } from '../resources/keys.ts'
import { logs } from '../resources/logs.ts'
import { paymentLinks } from '../resources/payment-links.ts'
import { paymentMethods } from '../resources/payment-methods.ts'
import { payments } from '../resources/payments.ts'
import { plans } from '../resources/plans.ts'
import { providers } from '../resources/providers.ts'
import { reconciliation } from '../resources/reconciliation.ts'
import { refunds } from '../resources/refunds.ts'
import { review } from '../resources/review.ts'
import { routing } from '../resources/routing.ts'
import { savedPaymentMethods } from '../resources/saved-payment-methods.ts'
import { services } from '../resources/services.ts'
import { simulations } from '../resources/simulations.ts'
import { sms } from '../resources/sms.ts'
import { subscriptions } from '../resources/subscriptions.ts'
import { webhooks } from '../resources/webhooks.ts'
import { createCall } from '../send.ts'
import type { System } from '../system.ts'

export interface Seen {
  readonly method: string
  readonly url: URL
  readonly headers: Headers
  readonly body: string | null
  readonly signal: AbortSignal | null | undefined
  readonly redirect: string | undefined
}

/** What the server does next: an answer, a failure of the connection, or silence. */
export type Step = Response | Error | 'silence' | (() => Response)

export const KEY = 'unf_test_0123456789abcdefghijABCDEFGHIJ01234567'

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(body), { status, headers: { 'request-id': 'req_1', ...headers } })
}

export function problem(
  status: number,
  code: string,
  more: object = {},
  headers: Record<string, string> = {},
): Response {
  const document = {
    type: `/docs/errors/${code}`,
    title: 'No',
    status,
    code,
    detail: `It is ${code}.`,
    ...more,
  }
  return json(document, status, { 'content-type': 'application/problem+json', ...headers })
}

/**
 * A client whose server follows a script, and whose clock never makes anybody wait: pauses end at once and are
 * written down. `timeouts` lets the deadline of every try pass at once too.
 */
export function scripted(
  steps: readonly Step[],
  options: ClientOptions = {},
  world: { timeouts?: boolean; random?: number } = {},
) {
  const seen: Seen[] = []
  const waits: number[] = []
  let made = 0
  const deadline = options.timeoutMs ?? 30_000
  const system: System = {
    async fetch(input, init) {
      const step = steps[seen.length]
      seen.push({
        method: init?.method ?? 'GET',
        url: new URL(String(input)),
        headers: new Headers(init?.headers),
        body: typeof init?.body === 'string' ? init.body : null,
        signal: init?.signal,
        redirect: init?.redirect,
      })
      if (step === undefined) throw new Error('the script has ended')
      if (step === 'silence') return new Promise<never>(() => {})
      if (step instanceof Error) throw step
      return typeof step === 'function' ? step() : step
    },
    now: () => Date.parse('2026-11-24T12:00:00Z'),
    random: () => world.random ?? 0.5,
    newIdempotencyKey: () => `key-${++made}`,
    after(ms, callback) {
      if (ms === deadline && world.timeouts !== true) return () => {}
      let canceled = false
      if (ms !== deadline) waits.push(ms)
      queueMicrotask(() => canceled || callback())
      return () => {
        canceled = true
      }
    },
    env: () => undefined,
  }
  const call = createCall(settingsFrom({ apiKey: KEY, ...options }, system))
  const client = {
    payments: payments(call),
    refunds: refunds(call),
    paymentLinks: paymentLinks(call),
    customers: customers(call),
    savedPaymentMethods: savedPaymentMethods(call),
    plans: plans(call),
    subscriptions: subscriptions(call),
    disputes: disputes(call),
    sms: sms(call),
    providers: providers(call),
    services: services(call),
    domains: domains(call),
    paymentMethods: paymentMethods(call),
    routing: routing(call),
    keys: keys(call),
    events: events(call),
    simulations: simulations(call),
    webhooks: webhooks(call),
    reconciliation: reconciliation(call),
    review: review(call),
    analytics: analytics(call),
    audit: audit(call),
    logs: logs(call),
  }
  return { client, seen, waits }
}

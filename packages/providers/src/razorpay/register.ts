import type { Outcome } from '@onerouter/core'
import { ok } from '@onerouter/core'
import type { WebhookRegistration } from '../spec.ts'
import { ask, type Call, type RazorpayContext } from './call.ts'
import { hmacHex } from './signature.ts'
import { isRecord, readItems, textOf } from './wire.ts'

const PATH = '/v1/webhooks'

/** What the engine wants to hear; links are told of as the payments made through them. */
const EVENTS = [
  'payment.authorized',
  'payment.captured',
  'payment.failed',
  'payment.dispute.created',
  'payment.dispute.under_review',
  'payment.dispute.action_required',
  'payment.dispute.won',
  'payment.dispute.lost',
  'payment.dispute.closed',
  'order.paid',
  'refund.created',
  'refund.processed',
  'refund.failed',
  'refund.speed_changed',
  'payment_link.paid',
  'payment_link.partially_paid',
  'payment_link.cancelled',
  'payment_link.expired',
  'subscription.authenticated',
  'subscription.activated',
  'subscription.charged',
  'subscription.pending',
  'subscription.halted',
  'subscription.paused',
  'subscription.resumed',
  'subscription.updated',
  'subscription.completed',
  'subscription.cancelled',
  'invoice.paid',
  'invoice.expired',
] as const

/**
 * Finds the webhook with our address, or the one of before, or creates it, by the API that Razorpay's own WooCommerce plugin uses
 * but its reference does not list. Accounts that may not use it get a refusal, and the merchant follows the
 * instructions. A secret cannot be read back, so a stored one is kept, and a new one is derived from the
 * key secret: running twice writes the same secret twice.
 */
export async function register(
  ctx: RazorpayContext,
  url: string,
  earlier: string | null = null,
): Promise<Outcome<WebhookRegistration>> {
  const listed = await send(ctx, { method: 'GET', path: `${PATH}?count=100` }, readItems)
  if (listed.kind !== 'ok') return listed
  const all = listed.value.flatMap((item) => readRegistered(item) ?? [])
  const known = all.find((webhook) => webhook.url === url) ?? all.find(({ id }) => id === earlier)
  const { webhook_secret: stored, key_secret: keySecret } = ctx.credentials
  const secret = stored ?? hmacHex(keySecret, `onerouter webhook ${url}`)
  const json = { url, active: true, secret, events: Object.fromEntries(EVENTS.map((name) => [name, true])) }
  const call: Call =
    known === undefined
      ? { method: 'POST', path: PATH, json }
      : { method: 'PUT', path: `${PATH}/${known.id}`, json }
  const written = await send(ctx, call, readRegistered)
  return written.kind === 'ok'
    ? ok({ ref: written.value.id, credentials: { webhook_secret: secret } })
    : written
}

/** The interface that `register` uses knows no deletion: the webhook is switched off. */
export async function unregister(ctx: RazorpayContext, ref: string): Promise<Outcome<object>> {
  const listed = await send(ctx, { method: 'GET', path: `${PATH}?count=100` }, readItems)
  if (listed.kind !== 'ok') return listed
  const known = listed.value.flatMap((item) => readRegistered(item) ?? []).find(({ id }) => id === ref)
  if (known === undefined) {
    return {
      kind: 'rejected',
      reason: 'not_found',
      providerCode: null,
      message: 'Razorpay has no such webhook.',
    }
  }
  const json = {
    url: known.url,
    active: false,
    events: Object.fromEntries(EVENTS.map((name) => [name, true])),
  }
  return send(ctx, { method: 'PUT', path: `${PATH}/${known.id}`, json }, readRegistered)
}

/** Nothing here moves money, so a refusal nobody documents is a refusal all the same. */
async function send<T>(
  ctx: RazorpayContext,
  call: Call,
  read: (body: unknown) => T | undefined,
): Promise<Outcome<T>> {
  let status = 0
  const watched: RazorpayContext = {
    ...ctx,
    http: async (request) => {
      const result = await ctx.http(request)
      status = result.ok ? result.response.status : 0
      return result
    },
  }
  const { outcome } = await ask(watched, call, read)
  const isRefusal = status >= 400 && status < 500 && status !== 408 && status !== 425 && status !== 429
  if (outcome.kind !== 'unknown' || !isRefusal) return outcome
  return {
    kind: 'rejected',
    reason: 'account_problem',
    providerCode: String(status),
    message: 'Razorpay does not let this account manage webhooks through its API.',
  }
}

function readRegistered(body: unknown): { readonly id: string; readonly url: string } | undefined {
  if (!isRecord(body)) return undefined
  const id = textOf(body.id)
  const url = textOf(body.url)
  return id === null || url === null || !/^[A-Za-z0-9_]{1,48}$/.test(id) ? undefined : { id, url }
}

import { createHash } from 'node:crypto'
import { type Outcome, ok } from '@onerouter/core'
import type { ProviderEvent, RawWebhook, Verdict, WebhookRegistration, Webhooks } from '../spec.ts'
import { API_VERSION, call, type Form, path, type StripeContext } from './call.ts'
import type { StripeCredentials } from './credentials.ts'
import { verifySignature } from './signature.ts'
import { subscriptionOfInvoice } from './subscription-wire.ts'
import { endpointForm, eventFields } from './to-wire.ts'
import {
  type Fields,
  fields,
  idOf,
  readEndpoint,
  readList,
  referenceOf,
  text,
  type WireEndpoint,
} from './wire.ts'

type About = ProviderEvent['about']
const OTHER: About = { kind: 'other' }

/** The events we subscribe to, and what each names. */
const EVENTS: Readonly<Record<string, (object: Fields) => About>> = {
  'payment_intent.created': aboutIntent,
  'payment_intent.requires_action': aboutIntent,
  'payment_intent.processing': aboutIntent,
  'payment_intent.amount_capturable_updated': aboutIntent,
  'payment_intent.succeeded': aboutIntent,
  'payment_intent.payment_failed': aboutIntent,
  'payment_intent.canceled': aboutIntent,
  'charge.succeeded': aboutCharge,
  'charge.failed': aboutCharge,
  'charge.captured': aboutCharge,
  // The fee arrives with it, because automatic_async books the charge later.
  'charge.updated': aboutCharge,
  'charge.refunded': aboutCharge,
  'refund.created': aboutRefund,
  'refund.updated': aboutRefund,
  'refund.failed': aboutRefund,
  'charge.dispute.created': aboutDispute,
  'charge.dispute.updated': aboutDispute,
  'charge.dispute.closed': aboutDispute,
  'charge.dispute.funds_withdrawn': aboutDispute,
  'charge.dispute.funds_reinstated': aboutDispute,
  'checkout.session.completed': aboutSession,
  'checkout.session.async_payment_succeeded': aboutSession,
  'checkout.session.async_payment_failed': aboutSession,
  'checkout.session.expired': aboutSession,
  'customer.subscription.created': aboutSubscription,
  'customer.subscription.updated': aboutSubscription,
  'customer.subscription.paused': aboutSubscription,
  'customer.subscription.resumed': aboutSubscription,
  'customer.subscription.deleted': aboutSubscription,
  'invoice.created': aboutInvoice,
  'invoice.paid': aboutInvoice,
  'invoice.payment_failed': aboutInvoice,
  'invoice.payment_action_required': aboutInvoice,
  'invoice.marked_uncollectible': aboutInvoice,
  'invoice.voided': aboutInvoice,
}
export const EVENT_TYPES = Object.keys(EVENTS)

export const webhooks: Webhooks<StripeCredentials> = {
  verify,
  parse,
  register,
  unregister,
  // Stripe, Receive events in your webhook endpoint, "Automatic retries": up to three days in live mode.
  patience: { ms: 3 * 86_400_000, ending: 'drops the event' },
  instructions:
    'In the Stripe Dashboard open Developers → Webhooks → Add destination, choose API version ' +
    `${API_VERSION}, paste the URL shown here, select the events ${EVENT_TYPES.join(', ')}, ` +
    'and copy the signing secret (whsec_…) back into OneRouter.',
}

async function verify(ctx: StripeContext, webhook: RawWebhook): Promise<Verdict> {
  const secret = ctx.credentials.webhook_secret
  if (secret === undefined) return { ok: false, reason: 'no_secret' }
  const header = webhook.headers['stripe-signature']
  const verdict = verifySignature(secret, header, webhook.body, webhook.receivedAtMs)
  if (verdict !== 'valid') return { ok: false, reason: verdict }
  // The event's id stays the same over retries and over two endpoints at one URL; the signature does not.
  const id = parse(webhook.body)?.id ?? createHash('sha256').update(webhook.body).digest('hex')
  return { ok: true, dedupeKeys: [stripeDedupeKey(id)] }
}

export const stripeDedupeKey = (eventId: string): string => `event:${eventId}`

function parse(body: Uint8Array): ProviderEvent | null {
  return eventOf(parseJson(body))
}

/** The event in the engine's words; `null` when the value is none. */
export function eventOf(value: unknown): ProviderEvent | null {
  const event = fields(value)
  const id = text(event?.id)
  const type = text(event?.type)
  if (event === undefined || id === null || type === null || event.object !== 'event') return null
  const object = fields(fields(event.data)?.object)
  const about = Object.hasOwn(EVENTS, type) ? EVENTS[type] : undefined
  return {
    id,
    type,
    occurredAtMs: Number.isSafeInteger(event.created) ? Number(event.created) * 1000 : null,
    livemode: typeof event.livemode === 'boolean' ? event.livemode : null,
    about: object === undefined || about === undefined ? OTHER : about(object),
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(body))
  } catch {
    return undefined
  }
}

function aboutIntent(intent: Fields): About {
  const paymentRef = text(intent.id)
  return paymentRef === null
    ? OTHER
    : { kind: 'payment', reference: referenceOf(intent), orderRef: null, paymentRef }
}

/** A charge carries its PaymentIntent's metadata; one without a PaymentIntent is none of ours. */
function aboutCharge(charge: Fields): About {
  const paymentRef = idOf(charge.payment_intent)
  return paymentRef === null
    ? OTHER
    : { kind: 'payment', reference: referenceOf(charge), orderRef: null, paymentRef }
}

function aboutRefund(refund: Fields): About {
  const refundRef = text(refund.id)
  const paymentRef = idOf(refund.payment_intent)
  return refundRef === null
    ? OTHER
    : { kind: 'refund', refundRef, reference: referenceOf(refund), orderRef: null, paymentRef }
}

function aboutDispute(dispute: Fields): About {
  const disputeRef = text(dispute.id)
  const paymentRef = idOf(dispute.payment_intent)
  return disputeRef === null
    ? OTHER
    : { kind: 'dispute', disputeRef, reference: null, orderRef: null, paymentRef }
}

function aboutSession(session: Fields): About {
  const orderRef = text(session.id)
  if (orderRef === null) return OTHER
  const reference = referenceOf(session)
  if (session.mode === 'subscription') {
    return { kind: 'subscription', reference, orderRef, subscriptionRef: idOf(session.subscription) }
  }
  if (session.mode !== 'payment') return OTHER
  return { kind: 'payment', reference, orderRef, paymentRef: idOf(session.payment_intent) }
}

function aboutSubscription(subscription: Fields): About {
  const subscriptionRef = text(subscription.id)
  return subscriptionRef === null
    ? OTHER
    : { kind: 'subscription', reference: referenceOf(subscription), orderRef: null, subscriptionRef }
}

/** Invoices that belong to no subscription are the merchant's own. */
function aboutInvoice(invoice: Fields): About {
  const { subscriptionRef, reference } = subscriptionOfInvoice(invoice)
  return subscriptionRef === null
    ? OTHER
    : { kind: 'subscription', reference, orderRef: null, subscriptionRef }
}

/**
 * One endpoint per URL, pinned to our version. An endpoint's secret is shown only at its creation, so one whose
 * secret we do not hold, or whose version is another, is replaced; one that was disabled, has an address of before or
 * misses events that an older version of ours did not ask for is changed, and keeps its secret.
 */
async function register(
  ctx: StripeContext,
  url: string,
  earlier: string | null = null,
): Promise<Outcome<WebhookRegistration>> {
  const listed = await call(ctx, { method: 'GET', path: path(['webhook_endpoints'], LIST_QUERY) }, (body) =>
    readList(body, readEndpoint),
  )
  if (listed.kind !== 'ok') return listed
  const own = listed.value.data.filter((endpoint) => endpoint.url === url || endpoint.id === earlier)
  const held = ctx.credentials.webhook_secret !== undefined
  const usable = held ? own.find(({ apiVersion }) => apiVersion === API_VERSION) : undefined
  for (const stale of own.filter((endpoint) => endpoint !== usable)) {
    const deleted = await call(ctx, { method: 'DELETE', path: path(['webhook_endpoints', stale.id]) }, fields)
    if (deleted.kind !== 'ok') return deleted
  }
  if (usable !== undefined) return settle(ctx, usable, url)
  const form = endpointForm(url, EVENT_TYPES)
  return call(ctx, { method: 'POST', path: path(['webhook_endpoints']), form }, (body) => {
    const endpoint = readEndpoint(body)
    if (endpoint === undefined || endpoint.secret === null) return undefined
    return { ref: endpoint.id, credentials: { webhook_secret: endpoint.secret } }
  })
}

async function settle(
  ctx: StripeContext,
  endpoint: WireEndpoint,
  url: string,
): Promise<Outcome<WebhookRegistration>> {
  const registration = { ref: endpoint.id, credentials: {} }
  const hearsAll = hearsWhatWeAsk(endpoint)
  if (endpoint.url === url && endpoint.status === 'enabled' && hearsAll) return ok(registration)
  const form: Form = [['url', url], ['disabled', 'false'], ...(hearsAll ? [] : eventFields(EVENT_TYPES))]
  return call(ctx, { method: 'POST', path: path(['webhook_endpoints', endpoint.id]), form }, (body) =>
    readEndpoint(body) === undefined ? undefined : registration,
  )
}

/** Stripe API reference, "Delete a webhook endpoint". */
async function unregister(ctx: StripeContext, ref: string): Promise<Outcome<object>> {
  return call(ctx, { method: 'DELETE', path: path(['webhook_endpoints', ref]) }, fields)
}

const LIST_QUERY: Form = [['limit', '100']]

const hearsWhatWeAsk = ({ enabledEvents }: WireEndpoint): boolean =>
  enabledEvents.includes('*') || EVENT_TYPES.every((type) => enabledEvents.includes(type))

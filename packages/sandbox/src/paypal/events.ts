import type { WebhookDelivery } from '../kernel/types.ts'
import type { JsonObject } from './errors.ts'
import { eventId } from './ids.ts'
import { exponentOf, fromMinor, type Money, toMinor } from './money.ts'
import type { Authorization, Capture, EventRecord, Order, Paypal, Refund, Webhook } from './state.ts'
import { authorizationView, captureView, disputeView, link, orderView, refundView } from './views.ts'

/** Events: their envelopes, and sending them to the webhooks that want them. */

const MINUTE = 60_000
/** 25 retries over 3 days (PayPal webhooks guide). The spacing is unpublished: close first, then even. */
const RETRY_DELAYS_MS: readonly number[] = [
  ...[2, 4, 8, 16, 32].map((minutes) => minutes * MINUTE),
  ...Array.from({ length: 20 }, () => 12_774_000),
]
const DELIVERY_TIMEOUT_MS = 30_000
/** PayPal shows events for 30 days. */
const RETENTION_MS = 30 * 24 * 3_600_000

export interface Occurrence {
  readonly eventType: string
  readonly resourceType: string
  readonly resourceId: string
  readonly summary: string
  /** 2.0 unless told; null for resources of the v1 APIs, whose events name no version. */
  readonly resourceVersion?: '3.0' | null
  readonly resource: JsonObject
}

/** The envelope's text; `id` is given by the caller because simulated events keep theirs between runs. */
export function envelope(paypal: Paypal, id: string, createTime: string, event: Occurrence): string {
  const self = `${paypal.world.urls.api.paypal}/v1/notifications/webhooks-events/${id}`
  return JSON.stringify({
    id,
    event_version: '1.0',
    create_time: createTime,
    resource_type: event.resourceType,
    ...(event.resourceVersion === null ? {} : { resource_version: event.resourceVersion ?? '2.0' }),
    event_type: event.eventType,
    summary: event.summary,
    resource: event.resource,
    links: [link(self, 'self'), link(`${self}/resend`, 'resend', 'POST')],
  })
}

export const wants = (webhook: Webhook, eventType: string): boolean =>
  webhook.eventTypes.includes('*') || webhook.eventTypes.includes(eventType)

export const webhooksOf = (paypal: Paypal, accountId: string): Webhook[] =>
  [...paypal.webhooks.values()].filter((webhook) => webhook.accountId === accountId)

export function emit(paypal: Paypal, accountId: string, event: Occurrence): void {
  const now = paypal.world.clock.now()
  for (const [id, row] of paypal.events) {
    // Rows are in order of creation, so the first young one ends the clearing.
    if (row.createdAt > now - RETENTION_MS) break
    paypal.events.delete(id)
  }
  const id = eventId(paypal.world.random)
  const record: EventRecord = {
    id,
    accountId,
    eventType: event.eventType,
    resourceId: event.resourceId,
    createdAt: now,
    body: envelope(paypal, id, new Date(now).toISOString(), event),
  }
  paypal.events.set(id, record)
  for (const webhook of webhooksOf(paypal, accountId)) {
    if (wants(webhook, event.eventType)) send(paypal, record, webhook.url, webhook.id)
  }
}

/** Queues one delivery; `webhookId` is what the signature binds it to. */
export function send(
  paypal: Paypal,
  record: Pick<EventRecord, 'id' | 'accountId' | 'eventType' | 'body'>,
  url: string,
  webhookId: string,
): void {
  const delivery: WebhookDelivery = {
    provider: 'paypal',
    accountId: record.accountId,
    url,
    eventId: record.id,
    eventType: record.eventType,
    body: record.body,
    signing: { webhook_id: webhookId },
    retryDelaysMs: RETRY_DELAYS_MS,
    timeoutMs: DELIVERY_TIMEOUT_MS,
  }
  paypal.world.deliver(delivery)
}

/** PayPal's summaries print `$ 10.0 USD`: trailing zeros go, one decimal stays. */
function spoken(money: Money): string {
  if (exponentOf(money.currency_code) === 0) return `${money.value} ${money.currency_code}`
  const short = fromMinor(money.currency_code, toMinor(money)).value.replace(/0$/, '')
  return `${money.currency_code === 'USD' ? '$ ' : ''}${short} ${money.currency_code}`
}

const ORDER_SUMMARIES = {
  'CHECKOUT.ORDER.APPROVED': 'An order has been approved by buyer',
  'CHECKOUT.ORDER.COMPLETED': 'Checkout Order Completed',
  'CHECKOUT.PAYMENT-APPROVAL.REVERSED': 'A payment has been reversed after approval.',
} as const
export type OrderEvent = keyof typeof ORDER_SUMMARIES

export function orderEvent(paypal: Paypal, order: Order, eventType: OrderEvent): Occurrence {
  const full = orderView(paypal, order, 'event')
  const reversed = eventType === 'CHECKOUT.PAYMENT-APPROVAL.REVERSED'
  return {
    eventType,
    resourceType: 'checkout-order',
    resourceId: order.id,
    summary: ORDER_SUMMARIES[eventType],
    resource: reversed ? { order_id: order.id, purchase_units: full.purchase_units } : full,
  }
}

const CAPTURE_SUMMARIES = {
  'PAYMENT.CAPTURE.COMPLETED': (amount: string) => `Payment completed for ${amount}`,
  'PAYMENT.CAPTURE.PENDING': (amount: string) => `Payment pending for ${amount}`,
  'PAYMENT.CAPTURE.DECLINED': (amount: string) => `A payment capture for ${amount} was declined.`,
  'PAYMENT.CAPTURE.DENIED': (amount: string) => `Payment denied for ${amount}`,
} as const
export type CaptureEvent = keyof typeof CAPTURE_SUMMARIES

export function captureEvent(paypal: Paypal, capture: Capture, eventType: CaptureEvent): Occurrence {
  return {
    eventType,
    resourceType: 'capture',
    resourceId: capture.id,
    summary: CAPTURE_SUMMARIES[eventType](spoken(capture.amount)),
    resource: captureView(paypal, capture, 'event'),
  }
}

const AUTHORIZATION_SUMMARIES = {
  'PAYMENT.AUTHORIZATION.CREATED': 'A payment authorization was created',
  'PAYMENT.AUTHORIZATION.VOIDED': 'A payment authorization was voided',
} as const
export type AuthorizationEvent = keyof typeof AUTHORIZATION_SUMMARIES

export function authorizationEvent(
  paypal: Paypal,
  authorization: Authorization,
  eventType: AuthorizationEvent,
): Occurrence {
  return {
    eventType,
    resourceType: 'authorization',
    resourceId: authorization.id,
    summary: AUTHORIZATION_SUMMARIES[eventType],
    resource: authorizationView(paypal, authorization, 'event'),
  }
}

const REFUND_SUMMARIES = {
  'PAYMENT.CAPTURE.REFUNDED': (amount: string) => `A ${amount} capture payment was refunded`,
  'PAYMENT.CAPTURE.REVERSED': (amount: string) => `A ${amount} capture payment was reversed`,
  'PAYMENT.REFUND.PENDING': (amount: string) => `A ${amount} refund is pending`,
  'PAYMENT.REFUND.FAILED': (amount: string) => `A ${amount} refund failed`,
} as const
export type RefundEvent = keyof typeof REFUND_SUMMARIES

export function refundEvent(paypal: Paypal, refund: Refund, eventType: RefundEvent): Occurrence {
  return {
    eventType,
    resourceType: 'refund',
    resourceId: refund.id,
    summary: REFUND_SUMMARIES[eventType](spoken(refund.amount)),
    resource: refundView(paypal, refund),
  }
}

export type DisputeEvent = 'CUSTOMER.DISPUTE.CREATED' | 'CUSTOMER.DISPUTE.RESOLVED'

export function disputeEvent(paypal: Paypal, capture: Capture, eventType: DisputeEvent): Occurrence {
  const resolved = eventType === 'CUSTOMER.DISPUTE.RESOLVED'
  return {
    eventType,
    resourceType: 'dispute',
    resourceId: capture.dispute?.id ?? '',
    summary: resolved ? 'A dispute was resolved' : 'A new dispute opened with the buyer',
    resource: capture.dispute === null ? {} : disputeView(paypal, capture, capture.dispute),
  }
}

import type { ProviderEvent } from '../spec.ts'
import { idInLink, idOf, isRecord, linkOf, recordsOf, textOf, timeOf } from './wire.ts'

type Resource = Readonly<Record<string, unknown>>
type About = ProviderEvent['about']

/**
 * The event in the engine's words, or `null` when the bytes are none. A signature binds only 32 bits of the body,
 * so nothing but ids is taken from it.
 */
export function parseEvent(body: Uint8Array): ProviderEvent | null {
  return eventOf(parseJson(body))
}

/** An event's dedupe key names its type too, because PayPal's simulator gives different events one id. */
export const eventKey = (event: Pick<ProviderEvent, 'id' | 'type'>): string =>
  `paypal:event:${event.id}:${event.type}`

export function eventOf(value: unknown): ProviderEvent | null {
  if (!isRecord(value)) return null
  const id = textOf(value.id)
  const type = textOf(value.event_type)
  if (id === null || type === null || id.length > 128 || type.length > 128) return null
  return {
    id,
    type,
    occurredAtMs: timeOf(value.create_time),
    livemode: null,
    about: isRecord(value.resource) ? aboutOf(type, value.resource) : { kind: 'other' },
  }
}

/** Strict UTF-8, as the bytes go back to PayPal unchanged when it is asked about the signature. */
export function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
  } catch {
    return undefined
  }
}

/** The longest matching beginning of the event type decides; a v1 sale is a charge of a subscription. */
const READERS: readonly (readonly [string, (resource: Resource) => About])[] = [
  ['PAYMENT.CAPTURE.REFUNDED', aboutRefund],
  ['PAYMENT.CAPTURE.REVERSED', aboutRefund],
  ['PAYMENT.REFUND.', aboutRefund],
  ['PAYMENT.CAPTURE.', aboutPayment],
  ['PAYMENT.AUTHORIZATION.', aboutPayment],
  ['CHECKOUT.ORDER.', aboutOrder],
  ['CHECKOUT.PAYMENT-APPROVAL.', aboutApproval],
  ['BILLING.SUBSCRIPTION.', aboutSubscription],
  ['PAYMENT.SALE.REVERSED', aboutReversal],
  ['PAYMENT.SALE.', aboutSale],
  ['CUSTOMER.DISPUTE.', aboutDispute],
]

function aboutOf(type: string, resource: Resource): About {
  const reader = READERS.find(([beginning]) => type.startsWith(beginning))
  return reader?.[1](resource) ?? { kind: 'other' }
}

function aboutOrder(resource: Resource): About {
  const unit = recordsOf(resource.purchase_units)[0] ?? {}
  return paymentOrOther({
    reference: referenceOf(unit),
    orderRef: idOf(resource.id),
    paymentRef: null,
  })
}

/** The approval lapsed or was undone; the order is named, not enclosed. */
function aboutApproval(resource: Resource): About {
  const unit = recordsOf(resource.purchase_units)[0] ?? {}
  return paymentOrOther({
    reference: referenceOf(unit),
    orderRef: idOf(resource.order_id) ?? idOf(resource.id),
    paymentRef: null,
  })
}

function aboutPayment(resource: Resource): About {
  return paymentOrOther({
    reference: referenceOf(resource),
    orderRef: orderOf(resource),
    paymentRef: idOf(resource.id),
  })
}

/** Refund events name their capture only in the link upwards, and the order, if at all, among related ids. */
function aboutRefund(resource: Resource): About {
  const refundRef = idOf(resource.id)
  if (refundRef === null) return { kind: 'other' }
  return {
    kind: 'refund',
    refundRef,
    reference: referenceOf(resource),
    orderRef: orderOf(resource),
    paymentRef: idInLink(linkOf(resource.links, 'up'), 'captures') ?? relatedId(resource, 'capture_id'),
  }
}

function aboutSubscription(resource: Resource): About {
  const subscriptionRef = idOf(resource.id)
  if (subscriptionRef === null) return { kind: 'other' }
  return { kind: 'subscription', reference: textOf(resource.custom_id), orderRef: null, subscriptionRef }
}

/** A sale names its subscription as the "agreement"; what was given back of it names only the sale. */
function aboutSale(resource: Resource): About {
  const subscriptionRef = idOf(resource.billing_agreement_id)
  if (subscriptionRef !== null) {
    return { kind: 'subscription', reference: textOf(resource.custom), orderRef: null, subscriptionRef }
  }
  const refundRef = idOf(resource.id)
  const paymentRef = idOf(resource.sale_id) ?? idInLink(linkOf(resource.links, 'sale'), 'sale')
  if (refundRef === null || paymentRef === null) return { kind: 'other' }
  return { kind: 'refund', refundRef, reference: null, orderRef: null, paymentRef }
}

/** What PayPal took back by itself names nothing but itself: whose it was is asked (`Refunds.paymentOf`). */
function aboutReversal(resource: Resource): About {
  const about = aboutSale(resource)
  const refundRef = idOf(resource.id)
  if (about.kind !== 'other' || refundRef === null) return about
  return { kind: 'refund', refundRef, reference: null, orderRef: null, paymentRef: null }
}

function aboutDispute(resource: Resource): About {
  const disputeRef = idOf(resource.dispute_id)
  if (disputeRef === null) return { kind: 'other' }
  const transaction = recordsOf(resource.disputed_transactions)[0] ?? {}
  return {
    kind: 'dispute',
    disputeRef,
    reference: textOf(transaction.custom),
    orderRef: null,
    paymentRef: idOf(transaction.seller_transaction_id),
  }
}

function paymentOrOther(ids: {
  readonly reference: string | null
  readonly orderRef: string | null
  readonly paymentRef: string | null
}): About {
  const named = ids.reference !== null || ids.orderRef !== null || ids.paymentRef !== null
  return named ? { kind: 'payment', ...ids } : { kind: 'other' }
}

function orderOf(resource: Resource): string | null {
  return relatedId(resource, 'order_id') ?? idInLink(linkOf(resource.links, 'up'), 'orders')
}

function relatedId(resource: Resource, name: string): string | null {
  const supplementary = isRecord(resource.supplementary_data) ? resource.supplementary_data : {}
  return isRecord(supplementary.related_ids) ? idOf(supplementary.related_ids[name]) : null
}

function referenceOf(resource: Resource): string | null {
  return textOf(resource.custom_id) ?? textOf(resource.invoice_id)
}

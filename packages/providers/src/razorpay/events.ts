import type { ProviderEvent } from '../spec.ts'
import { sha256Hex } from './signature.ts'
import { idOf, isRecord, type Json, noteOf, secondsOf, textOf } from './wire.ts'

/** Deeper than any event Razorpay documents, shallow enough to walk without harm. */
const DEPTH_MAX = 32
/** Razorpay's events hold three entities at most. */
const SUBJECTS_MAX = 8

/** An event's envelope (Razorpay docs, Webhooks, Payloads). */
export interface Envelope {
  readonly type: string
  readonly entities: Readonly<Record<string, Json>>
  /** Unix seconds; `refund.speed_changed` carries it inside the payload. 0 = the event does not say. */
  readonly createdAt: number
  /** Which entities the event is about, by name and id. */
  readonly subjects: readonly string[]
}

/** `undefined` when the bytes are no event of Razorpay's. */
export function readEnvelope(body: Uint8Array): Envelope | undefined {
  const event = parseJson(body)
  if (!isRecord(event)) return undefined
  const type = textOf(event.event)
  if (type === null || type.length > 100) return undefined
  const payload = isRecord(event.payload) ? event.payload : {}
  const entities: Record<string, Json> = Object.create(null)
  for (const [name, holder] of Object.entries(payload)) {
    if (isRecord(holder) && isRecord(holder.entity)) entities[name] = holder.entity
  }
  const subjects = Object.entries(entities).flatMap(([name, { id }]) =>
    typeof id === 'string' && id !== '' ? [`${name}=${id.slice(0, 64)}`] : [],
  )
  const createdAt = secondsOf(event.created_at) || secondsOf(payload.created_at)
  return { type, entities, createdAt, subjects: subjects.slice(0, SUBJECTS_MAX).toSorted() }
}

/** What an event is about. Only ids are read: amounts and statuses come from the API. */
export function parseEvent(body: Uint8Array): ProviderEvent | null {
  const envelope = readEnvelope(body)
  if (envelope === undefined) return null
  return {
    id: eventKey(envelope) ?? `${envelope.type}:${sha256Hex(body)}`,
    type: envelope.type,
    occurredAtMs: envelope.createdAt === 0 ? null : envelope.createdAt * 1000,
    livemode: null,
    about: aboutOf(envelope),
  }
}

/**
 * Names the event by what is signed: its type, its entities and its second. All entities count, because a
 * link may be paid twice within a second, by two payments. `null` where that names nothing in particular.
 */
export function eventKey({ type, subjects, createdAt }: Envelope): string | null {
  return subjects.length === 0 || createdAt === 0 ? null : `${type}:${subjects.join('+')}:${createdAt}`
}

function aboutOf({ type, entities }: Envelope): ProviderEvent['about'] {
  const { payment, refund } = entities
  const paymentRef = idOf(payment?.id, 'pay_')
  if (type.startsWith('refund.')) {
    const refundRef = idOf(refund?.id, 'rfnd_')
    if (refundRef === null) return { kind: 'other' }
    return {
      kind: 'refund',
      refundRef,
      reference: noteOf(refund?.notes) ?? textOf(refund?.receipt),
      orderRef: idOf(payment?.order_id, 'order_'),
      paymentRef: idOf(refund?.payment_id, 'pay_') ?? paymentRef,
    }
  }
  if (type.startsWith('payment.dispute.')) return aboutDispute(entities)
  if (type.startsWith('payment_link.')) return aboutLink(entities, paymentRef)
  if (type.startsWith('subscription.')) return aboutSubscription(entities)
  if (type.startsWith('invoice.')) return aboutInvoice(entities)
  const ours = type.startsWith('payment.') || type.startsWith('order.')
  // `payment.downtime.*` is about a bank, and carries no payment.
  if (!ours || (payment === undefined && entities.order === undefined)) return { kind: 'other' }
  const orderRef = idOf(payment?.order_id, 'order_') ?? idOf(entities.order?.id, 'order_')
  const reference = noteOf(payment?.notes) ?? noteOf(entities.order?.notes) ?? textOf(entities.order?.receipt)
  if (paymentRef === null && orderRef === null) return { kind: 'other' }
  return { kind: 'payment', reference, orderRef, paymentRef }
}

function aboutDispute({ dispute, payment }: Envelope['entities']): ProviderEvent['about'] {
  const disputeRef = idOf(dispute?.id, 'disp_')
  if (disputeRef === null) return { kind: 'other' }
  return {
    kind: 'dispute',
    disputeRef,
    reference: noteOf(payment?.notes),
    orderRef: idOf(payment?.order_id, 'order_'),
    paymentRef: idOf(dispute?.payment_id, 'pay_') ?? idOf(payment?.id, 'pay_'),
  }
}

/** The order in these events is a raw row without the prefix of its id; the link is what we know. */
function aboutLink(entities: Envelope['entities'], paymentRef: string | null): ProviderEvent['about'] {
  const link = entities.payment_link
  const orderRef = idOf(link?.id, 'plink_')
  if (orderRef === null) return { kind: 'other' }
  const reference = textOf(link?.reference_id) ?? noteOf(link?.notes)
  return { kind: 'payment', reference, orderRef, paymentRef }
}

function aboutSubscription({ subscription }: Envelope['entities']): ProviderEvent['about'] {
  const subscriptionRef = idOf(subscription?.id, 'sub_')
  if (subscriptionRef === null) return { kind: 'other' }
  return { kind: 'subscription', reference: noteOf(subscription?.notes), orderRef: null, subscriptionRef }
}

/** Invoices that belong to no subscription are the merchant's own. */
function aboutInvoice({ invoice }: Envelope['entities']): ProviderEvent['about'] {
  const subscriptionRef = idOf(invoice?.subscription_id, 'sub_')
  return subscriptionRef === null
    ? { kind: 'other' }
    : { kind: 'subscription', reference: null, orderRef: null, subscriptionRef }
}

function parseJson(body: Uint8Array): unknown {
  try {
    const value: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body))
    return isShallow(value, 0) ? value : undefined
  } catch {
    return undefined
  }
}

function isShallow(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return depth < DEPTH_MAX && Object.values(value).every((item) => isShallow(item, depth + 1))
}

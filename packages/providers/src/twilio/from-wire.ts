import { parseCurrency, parseDecimal, type SmsStatus } from '@onerouter/core'
import type { MessageCost, MessageFailure, MessageSnapshot } from '../messages.ts'
import { explain, SENTENCES } from './errors.ts'
import type { Message } from './wire.ts'

/** Twilio's words for an outgoing message (Twilio API reference, Message status values). */
const STATUS = {
  accepted: 'queued',
  scheduled: 'queued',
  queued: 'queued',
  sending: 'queued',
  sent: 'sent',
  delivered: 'delivered',
  partially_delivered: 'delivered',
  read: 'delivered',
  undelivered: 'undelivered',
  failed: 'failed',
  canceled: 'failed',
} as const satisfies Readonly<Record<string, SmsStatus>>

const STATUSES: ReadonlyMap<string, SmsStatus> = new Map(Object.entries(STATUS))

export const statusOf = (word: string): SmsStatus | 'unrecognised' => STATUSES.get(word) ?? 'unrecognised'

/** Twilio prices with five decimals; one more is room. */
const MICROS_EXPONENT = 6

/** `"-0.00790"` USD → 7900 millionths of a dollar; `null` while unbilled or not understood. */
export function costOf(price: string | null, unit: string | null): MessageCost | null {
  if (price === null || unit === null) return null
  const currency = parseCurrency(unit)
  const micros = parseDecimal(price.startsWith('-') ? price.slice(1) : price, MICROS_EXPONENT)
  return micros === undefined || currency === undefined ? null : { micros, currency }
}

/** A Messaging Service answers `"0"` before it has counted. */
export function segmentsOf(text: string | null): number | null {
  if (text === null || !/^[1-9][0-9]{0,2}$/.test(text)) return null
  return Number.parseInt(text, 10)
}

export function toSnapshot(message: Message): MessageSnapshot {
  const status = statusOf(message.status)
  return {
    messageRef: message.sid,
    status,
    providerStatus: message.status,
    to: message.to,
    from: message.from,
    body: message.body,
    createdAtMs: message.dateCreatedMs,
    segments: segmentsOf(message.numSegments),
    cost: costOf(message.price, message.priceUnit),
    failure: status === 'failed' || status === 'undelivered' ? failureOf(message) : null,
  }
}

function failureOf({ status, errorCode }: Message): MessageFailure {
  const reason = status === 'canceled' ? 'canceled' : explain(errorCode)
  return { reason, providerCode: errorCode, message: SENTENCES[reason] }
}

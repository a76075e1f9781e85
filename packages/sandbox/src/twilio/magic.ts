/**
 * Numbers that decide what happens. The first two tables are Twilio's own (Twilio docs, "Test Credentials"); the third
 * is this sandbox's, because nothing sent with Twilio's test credentials is ever delivered.
 */

/** The sender that always works. */
export const VALID_SENDER = '+15005550006'

export const REFUSED_SENDERS: Readonly<Record<string, 21212 | 21606 | 21611>> = {
  '+15005550001': 21212,
  '+15005550007': 21606,
  '+15005550008': 21611,
}

export const REFUSED_RECIPIENTS: Readonly<Record<string, 21211 | 21612 | 21408 | 21610 | 21614>> = {
  '+15005550001': 21211,
  '+15005550002': 21612,
  '+15005550003': 21408,
  '+15005550004': 21610,
  '+15005550009': 21614,
}

/** How a message ends and how long after `sent` its delivery receipt comes. */
export interface Course {
  /** `queued` and `sent`: it gets there and no further. */
  readonly end: 'queued' | 'failed' | 'sent' | 'delivered' | 'undelivered'
  readonly errorCode: number | null
  readonly receiptMs: number
}

const RECEIPT_MS = 1_000
const undelivered = (errorCode: number): Course => ({ end: 'undelivered', errorCode, receiptMs: RECEIPT_MS })

const DELIVERED: Course = { end: 'delivered', errorCode: null, receiptMs: RECEIPT_MS }
const COURSES: Readonly<Record<string, Course>> = {
  '+15005550101': undelivered(30003),
  '+15005550102': undelivered(30005),
  '+15005550103': undelivered(30006),
  '+15005550104': undelivered(30007),
  '+15005550105': { end: 'failed', errorCode: 30001, receiptMs: 0 },
  '+15005550106': { end: 'sent', errorCode: null, receiptMs: 0 },
  '+15005550107': { end: 'queued', errorCode: 30036, receiptMs: 0 },
  '+15005550108': { end: 'delivered', errorCode: null, receiptMs: 600_000 },
}

export const courseOf = (to: string): Course => COURSES[to] ?? DELIVERED

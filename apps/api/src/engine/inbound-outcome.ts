import type { InboundRow } from '../store/rows.ts'
import type { InboundOutcome } from './ports.ts'
import { inboundDelayMs, isPastHope } from './schedule.ts'

/** An event may come before the answer that names its object; after this many looks it is nobody's. */
const UNMATCHED_TRIES_MAX = 6

export const applied = (reason: string | null = null, paymentId: string | null = null): InboundOutcome => ({
  state: 'applied',
  reason,
  paymentId,
  dueMs: null,
})

export const ignored = (reason: string, paymentId: string | null = null): InboundOutcome => ({
  state: 'ignored',
  reason,
  paymentId,
  dueMs: null,
})

export const quarantined = (reason: string | null, paymentId: string | null = null): InboundOutcome => ({
  state: 'quarantined',
  reason,
  paymentId,
  dueMs: null,
})

/** Nobody knows yet what it is about: `ended` is what it comes to when nobody ever does. */
export const notKnownYet = (row: InboundRow, reason: string, ended: InboundOutcome): InboundOutcome =>
  row.tries < UNMATCHED_TRIES_MAX
    ? { state: 'received', reason, paymentId: ended.paymentId, dueMs: inboundDelayMs(row.tries) }
    : ended

/** The provider, or a part of ours, is away: it comes back, and only what outlived every outage is left to a person. */
export const comesBack = (
  row: InboundRow,
  nowMs: number,
  reason: string,
  paymentId: string | null = null,
): InboundOutcome =>
  isPastHope(row.tries, nowMs - row.received_at.getTime())
    ? quarantined(reason, paymentId)
    : { state: 'received', reason, paymentId, dueMs: inboundDelayMs(row.tries) }

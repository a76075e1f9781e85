import type { Step } from './payment.ts'

/** The life of a text message; there is no way back, because callbacks come in any order. */
export const SMS_STATUSES = ['queued', 'sent', 'delivered', 'undelivered', 'failed'] as const
export type SmsStatus = (typeof SMS_STATUSES)[number]

const NEXT = {
  queued: ['sent', 'delivered', 'undelivered', 'failed'],
  // The carrier has it; whether the phone does is told later, or never.
  sent: ['delivered', 'undelivered', 'failed'],
  delivered: [],
  undelivered: [],
  failed: [],
} as const satisfies Record<SmsStatus, readonly SmsStatus[]>

const RANK: Record<SmsStatus, number> = { queued: 0, sent: 1, delivered: 2, undelivered: 2, failed: 2 }

/** Where evidence of status `to` takes a message in status `from`. Pure. */
export function stepSms(from: SmsStatus, to: SmsStatus): Step<SmsStatus> {
  if (from === to) return { kind: 'same' }
  if ((NEXT[from] as readonly SmsStatus[]).includes(to)) return { kind: 'moved', to }
  return RANK[to] < RANK[from] ? { kind: 'stale' } : { kind: 'impossible', from, to }
}

export function isSmsFinal(status: SmsStatus): boolean {
  return NEXT[status].length === 0
}

export function nextSmsStatuses(from: SmsStatus): readonly SmsStatus[] {
  return NEXT[from]
}

/** What is known of the one call that sends a message. It is never made twice. */
export const SMS_SEND_STATES = [
  // Recorded; its process has the call in its hands, or died with it.
  'sent',
  // Nobody knows whether the provider took it: settled by looking, never by sending again.
  'unknown',
  'accepted',
  'rejected',
  // Proven never to have left this machine.
  'not_sent',
  // The provider's list does not hold it, long after it should.
  'absent',
  'needs_review',
] as const
export type SmsSendState = (typeof SMS_SEND_STATES)[number]

/** Why a message was not taken or did not arrive, in words that every provider's codes are translated into. */
export const SMS_FAILURES = [
  'invalid_recipient',
  'recipient_opted_out',
  'recipient_unreachable',
  'undeliverable',
  'filtered',
  'invalid_sender',
  'invalid_content',
  'not_permitted',
  'account_problem',
  'bad_credentials',
  'limit_exceeded',
  'canceled',
  'not_sent',
  'other',
] as const
export type SmsFailure = (typeof SMS_FAILURES)[number]

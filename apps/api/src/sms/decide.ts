import { type SmsSendState, type SmsStatus, stepSms } from '@onerouter/core'
import type { MessageSnapshot } from '@onerouter/providers'
import type { SmsRow, StoredSmsFailure } from './row.ts'
import { nextLookMs } from './schedule.ts'

/** A message's next version and what it is to be told of; `changed: false` = nothing but the schedule. */
export interface Plan {
  readonly sms: SmsRow
  readonly events: readonly string[]
  readonly dueMs: number | null
  readonly changed: boolean
}

/** Undelivered and failed are one event: the message did not arrive, its status says which way. */
const EVENT = {
  queued: null,
  sent: 'sms.sent',
  delivered: 'sms.delivered',
  undelivered: 'sms.failed',
  failed: 'sms.failed',
} as const satisfies Record<SmsStatus, string | null>

/** Where the provider's word takes a message. Pure; older words than what is known change no status. */
export function decideSnapshot(before: SmsRow, snapshot: MessageSnapshot, nowMs: number): Plan {
  // What a search did not find and yet exists is taken up as if it had never been given up.
  const from: SmsStatus = before.send_state === 'absent' ? 'queued' : before.status
  const to = snapshot.status === 'unrecognised' ? from : snapshot.status
  const status = stepSms(from, to).kind === 'moved' ? to : from
  const own = status === to
  return planFor(
    before,
    {
      status,
      send_state: 'accepted',
      provider_message_id: before.provider_message_id ?? snapshot.messageRef,
      provider_status: own ? snapshot.providerStatus : before.provider_status,
      segments: snapshot.segments ?? before.segments,
      cost_micros: snapshot.cost?.micros ?? before.cost_micros,
      cost_currency: snapshot.cost?.currency ?? before.cost_currency,
      failure: own ? failureFrom(snapshot) : before.failure,
    },
    nowMs,
  )
}

/** The message will never be sent, and why. */
export function decideRefusal(
  before: SmsRow,
  sendState: Extract<SmsSendState, 'rejected' | 'not_sent' | 'absent'>,
  failure: StoredSmsFailure,
  nowMs: number,
): Plan {
  return planFor(before, { status: 'failed', send_state: sendState, failure }, nowMs)
}

function planFor(before: SmsRow, change: Partial<SmsRow>, nowMs: number): Plan {
  const merged = { ...before, ...change }
  const moved = merged.status !== before.status
  const event = moved ? EVENT[merged.status] : null
  const changed = Object.keys(change).some((name) => differs(name, before, merged))
  const tries = moved || merged.send_state !== before.send_state ? 0 : before.tries
  const sms: SmsRow = {
    ...merged,
    tries,
    version: before.version + 1,
    sequence: before.sequence + (event === null ? 0 : 1),
    updated_at: changed ? new Date(nowMs) : before.updated_at,
  }
  return { sms, events: event === null ? [] : [event], dueMs: nextLookMs(sms, tries), changed }
}

function differs(name: string, before: SmsRow, after: SmsRow): boolean {
  if (name === 'failure') return JSON.stringify(before.failure) !== JSON.stringify(after.failure)
  const key = name as keyof SmsRow // the names of a Partial<SmsRow>
  return before[key] !== after[key]
}

function failureFrom({ failure }: MessageSnapshot): StoredSmsFailure | null {
  return failure === null
    ? null
    : { code: failure.reason, message: failure.message, provider_code: failure.providerCode }
}

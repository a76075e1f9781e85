import type { RejectReason, SmsFailure } from '@onerouter/core'
import { parseBody, type Refusal } from '../classify.ts'
import { redactText } from '../redact.ts'
import type { HttpResult } from '../spec.ts'
import { codeOf, isRecord, textOf } from './wire.ts'

interface Refused {
  readonly reason: RejectReason
  readonly failure: SmsFailure
}

const bad = (failure: SmsFailure): Refused => ({ reason: 'bad_request', failure })
const account = (failure: SmsFailure): Refused => ({ reason: 'account_problem', failure })

/**
 * Codes with which Twilio refuses a request before it makes a message (Twilio docs, Error and Warning
 * Dictionary). What is not listed proves nothing and is looked up.
 */
const REFUSALS = {
  20003: { reason: 'bad_credentials', failure: 'bad_credentials' },
  // Test credentials on what only real ones may use.
  20008: account('not_permitted'),
  20404: { reason: 'not_found', failure: 'other' },
  21201: bad('invalid_recipient'),
  21211: bad('invalid_recipient'),
  21212: bad('invalid_sender'),
  21214: bad('invalid_recipient'),
  21217: bad('invalid_recipient'),
  21219: account('not_permitted'),
  21408: account('not_permitted'),
  21601: bad('invalid_sender'),
  21602: bad('invalid_content'),
  21603: bad('invalid_sender'),
  21604: bad('invalid_recipient'),
  21605: bad('invalid_content'),
  21606: bad('invalid_sender'),
  21608: account('not_permitted'),
  21609: bad('other'),
  21610: bad('recipient_opted_out'),
  21612: bad('undeliverable'),
  21614: bad('invalid_recipient'),
  21617: bad('invalid_content'),
  21619: bad('invalid_content'),
  21635: bad('invalid_recipient'),
  21659: bad('invalid_sender'),
  21660: bad('invalid_sender'),
  21703: bad('invalid_sender'),
} as const satisfies Readonly<Record<number, Refused>>

/** Why a message that Twilio took did not arrive (the same dictionary). */
const LATER = {
  30001: 'limit_exceeded',
  30002: 'account_problem',
  30003: 'recipient_unreachable',
  30004: 'recipient_opted_out',
  30005: 'invalid_recipient',
  30006: 'invalid_recipient',
  30007: 'filtered',
  30008: 'undeliverable',
  30010: 'limit_exceeded',
  30022: 'limit_exceeded',
  30023: 'limit_exceeded',
  30034: 'not_permitted',
} as const satisfies Readonly<Record<number, SmsFailure>>

const REFUSED: ReadonlyMap<string, Refused> = new Map(Object.entries(REFUSALS))
const EXPLAINED: ReadonlyMap<string, SmsFailure> = new Map([
  ...Object.entries(LATER),
  ...Object.entries(REFUSALS).map(([code, { failure }]) => [code, failure] as const),
])

export const LISTED_CODES: readonly string[] = [...EXPLAINED.keys()]

/** What a code means for the message; a message can fail later with a code that also refuses requests. */
export function explain(providerCode: string | null): SmsFailure {
  return (providerCode === null ? undefined : EXPLAINED.get(providerCode)) ?? 'other'
}

/** A sentence of ours for each: Twilio's own texts name phone numbers. */
export const SENTENCES = {
  invalid_recipient: 'The number cannot receive text messages.',
  recipient_opted_out: 'The recipient has opted out of messages from this sender.',
  recipient_unreachable: 'The phone could not be reached.',
  undeliverable: 'The message could not be delivered to this number.',
  filtered: 'The carrier filtered the message.',
  invalid_sender: 'The sender cannot send text messages from this account.',
  invalid_content: 'The text cannot be sent as a message.',
  not_permitted: 'The Twilio account is not allowed to send this message.',
  account_problem: 'The Twilio account cannot send messages at the moment.',
  bad_credentials: 'Twilio refused the credentials.',
  limit_exceeded: 'Twilio could not take more messages from this sender in time.',
  canceled: 'The message was canceled before it was sent.',
  not_sent: 'The message was not sent.',
  other: 'Twilio did not send the message.',
} as const satisfies Record<SmsFailure, string>

/** The sender's queue is full: nothing was made, and the same may be asked again later. */
export const QUEUE_FULL = '21611'
/** The credentials are right, but Twilio's test credentials may do nothing but send. */
export const TEST_CREDENTIALS = '20008'

/** The code of a refusal; `null` for answers that are none. */
export function refusalCode(result: HttpResult): string | null {
  if (!result.ok || result.response.status < 400 || result.response.status >= 500) return null
  const body = parseBody(result.response.text)
  return isRecord(body) ? codeOf(body.code) : null
}

/** A refusal with a listed code; `undefined` = it is not known whether a message was made. */
export function refusalOf(body: unknown, secrets: readonly string[]): Refusal | undefined {
  const code = isRecord(body) ? codeOf(body.code) : null
  const refused = code === null ? undefined : REFUSED.get(code)
  if (refused === undefined || code === null) return undefined
  const said = isRecord(body) ? textOf(body.message) : null
  // "Authenticate" alone helps nobody; what concerns a number is said without the number.
  const message = refused.failure === 'other' && said !== null ? said : SENTENCES[refused.failure]
  return {
    kind: 'rejected',
    reason: refused.reason,
    providerCode: code,
    message: redactText(message, secrets).slice(0, 300),
  }
}

import { refuse } from './errors.ts'
import { isAlphanumericSender, isCallbackUrl, masked, phoneNumber, text, whole } from './fields.ts'
import { start, startAt } from './lifecycle.ts'
import { REFUSED_RECIPIENTS, REFUSED_SENDERS, VALID_SENDER } from './magic.ts'
import { isOptedOut } from './opt-outs.ts'
import { segmentsOf } from './segments.ts'
import type { MessageRow, Twilio } from './state.ts'

/** Message resource, "Create a Message". */
const MAX_BODY = 1_600
const MAX_MEDIA = 10
const MAX_VALIDITY_SECONDS = 36_000
/** Error 35114: "between 300 seconds and 35 days in the future, inclusive". */
const MIN_LEAD_MS = 300_000
const MAX_LEAD_MS = 35 * 86_400_000

const REFUSED_TO = {
  21211: (to: string) => `Invalid 'To' Phone Number: ${masked(to)}`,
  21612: (to: string, from: string) =>
    `The 'To' phone number: ${to}, is not currently reachable using the 'From' phone number: ${from} via SMS.`,
  21408: (to: string) =>
    `Permission to send an SMS has not been enabled for the region indicated by the 'To' number: ${to}`,
  21610: () => 'Attempt to send to unsubscribed recipient',
  21614: (to: string) => `'To' number: ${to}, is not a valid mobile number`,
} satisfies Record<number, (to: string, from: string) => string>

const REFUSED_FROM = {
  21212: (from: string) => `Invalid 'From' Phone Number: ${masked(from)}`,
  21606: (from: string) =>
    `The 'From' phone number ${from} is not a valid, SMS-capable inbound phone number or short code for your account.`,
  21611: (from: string) => `This 'From' number ${from} has exceeded the maximum number of queued messages`,
} satisfies Record<number, (from: string) => string>

function recipient(form: URLSearchParams): string {
  const given = text(form, 'To') ?? refuse(21604, "A 'To' phone number is required.")
  if (given.includes(':')) refuse(63007, 'Twilio could not find a Channel with the specified From address')
  return phoneNumber(given) ?? refuse(21211, REFUSED_TO[21211](given))
}

/** A number of the account, or a name where the recipient's country allows names (not +1). */
function sender(tw: Twilio, account: string, form: URLSearchParams, to: string): string | null {
  const given = text(form, 'From')
  if (given === null) return null
  if (isAlphanumericSender(given)) {
    return to.startsWith('+1') ? refuse(21612, REFUSED_TO[21612](to, given)) : given
  }
  const from = /^\d{3,8}$/.test(given) ? given : phoneNumber(given)
  if (from === undefined) return refuse(21212, REFUSED_FROM[21212](given))
  const code = REFUSED_SENDERS[from]
  if (code !== undefined) refuse(code, REFUSED_FROM[code](from))
  if (from !== VALID_SENDER && from !== tw.credential(account, 'from_number')) {
    refuse(21606, REFUSED_FROM[21606](from))
  }
  return from
}

/** Services need no registration here: every well-formed id sends from the account's own number. */
function service(form: URLSearchParams): string | null {
  const given = text(form, 'MessagingServiceSid')
  if (given !== null && !/^MG[0-9a-fA-F]{32}$/.test(given)) {
    refuse(21705, 'The Messaging Service Sid is invalid.')
  }
  return given
}

function content(form: URLSearchParams): { readonly body: string; readonly media: number } {
  const body = form.get('Body') ?? ''
  const media = form.getAll('MediaUrl').filter((url) => url !== '')
  if (media.length > MAX_MEDIA) refuse(21623, 'Number of media files exceeds allowed limit')
  if (!media.every(isCallbackUrl)) refuse(21620, 'Invalid media URL(s)')
  if (body === '' && media.length === 0 && text(form, 'ContentSid') === null) {
    refuse(21602, 'Message body is required.')
  }
  if ([...body].length > MAX_BODY) {
    refuse(21617, 'The concatenated message body exceeds the 1600 character limit.')
  }
  return { body, media: media.length }
}

/** When to send, or null for now; without a Messaging Service a schedule is ignored (error 35111's page). */
function sendAt(form: URLSearchParams, serviceSid: string | null, nowMs: number): number | null {
  const type = text(form, 'ScheduleType')
  if (type === null || serviceSid === null) return null
  if (type !== 'fixed') refuse(20001, 'Invalid parameter ScheduleType: must be fixed')
  const given = text(form, 'SendAt') ?? refuse(35111, 'SendAt timestamp is missing')
  const atMs = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(given) ? Date.parse(given) : Number.NaN
  const lead = atMs - nowMs
  if (!(lead >= MIN_LEAD_MS && lead <= MAX_LEAD_MS)) {
    refuse(35114, 'SendAt time must be between 300 seconds and 35 days (3024000 seconds) in the future')
  }
  return atMs
}

function callback(form: URLSearchParams): string | null {
  const given = text(form, 'StatusCallback')
  if (given !== null && !isCallbackUrl(given)) {
    refuse(21609, `The StatusCallback URL ${given} is not a valid URL.`)
  }
  return given
}

/** `POST …/Messages.json`: there is no idempotency key, every accepted request is a message. */
export function createMessage(tw: Twilio, account: string, form: URLSearchParams): MessageRow {
  const to = recipient(form)
  const serviceSid = service(form)
  const from = sender(tw, account, form, to)
  if (from === null && serviceSid === null) refuse(21603, "A 'From' phone number is required.")
  const code = REFUSED_RECIPIENTS[to]
  if (code !== undefined) refuse(code, REFUSED_TO[code](to, from ?? ''))
  if (from === to) refuse(21266, "'To' and 'From' number cannot be the same")
  const { body, media } = content(form)
  const now = tw.world.clock.now()
  const atMs = sendAt(form, serviceSid, now)
  // With a service the pair is only known later, so its opt-outs show as a failed message.
  if (serviceSid === null && isOptedOut(tw, { account, from, serviceSid, to })) {
    refuse(21610, REFUSED_TO[21610]())
  }
  const first = serviceSid === null ? 'queued' : 'accepted'
  const row: MessageRow = {
    sid: tw.sid(media > 0 ? 'MM' : 'SM'),
    account,
    direction: 'outbound-api',
    to,
    from,
    serviceSid,
    body,
    media,
    segments: serviceSid === null ? (media > 0 ? 1 : segmentsOf(body)) : 0,
    status: atMs === null ? first : 'scheduled',
    errorCode: null,
    price: null,
    createdAt: now,
    updatedAt: now,
    sentAt: null,
    callback: callback(form),
    validitySeconds: whole(form, 'ValidityPeriod', {
      min: 1,
      max: MAX_VALIDITY_SECONDS,
      fallback: MAX_VALIDITY_SECONDS,
    }),
  }
  tw.state.messages.set(row.sid, row)
  if (atMs === null) start(tw, row)
  else startAt(tw, row, atMs)
  return row
}

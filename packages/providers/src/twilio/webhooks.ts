import { createHash } from 'node:crypto'
import type { ProviderEvent, RawWebhook, Verdict, Webhooks } from '../spec.ts'
import type { TwilioContext } from './call.ts'
import type { TwilioCredentials } from './credentials.ts'
import { statusOf } from './from-wire.ts'
import { isSigned, readForm } from './signature.ts'
import { MESSAGE_SID } from './wire.ts'

export const webhooks: Webhooks<TwilioCredentials> = {
  verify: async (ctx, webhook) => verify(ctx, webhook),
  parse,
  instructions:
    'Nothing to do for messages that OneRouter sends: each carries its callback address. To receive ' +
    'messages too, open the number in the Twilio Console, Messaging configuration, and paste the address ' +
    'under "A message comes in" as a webhook with HTTP POST.',
}

/**
 * What Twilio signs is a bare row of names and values, so with one signed delivery in hand letters can be moved
 * between them: that the account is ours and the id has the shape of one is asked besides. There is no time in
 * it either; what stops a repeat is the message and its status, which are signed, unlike the header
 * `I-Twilio-Idempotency-Token`.
 */
function verify(ctx: Pick<TwilioContext, 'credentials'>, webhook: RawWebhook): Verdict {
  const { auth_token: token, account_sid: sid } = ctx.credentials
  const signature = webhook.headers['x-twilio-signature']
  if (signature === undefined || signature === '') return { ok: false, reason: 'missing_header' }
  const { url, body } = webhook
  if (url === undefined || !isSigned(token, { url, body, signature })) {
    return { ok: false, reason: 'bad_signature' }
  }
  const callback = readCallback(body)
  if (callback !== null && callback.accountSid !== sid) return { ok: false, reason: 'bad_signature' }
  return { ok: true, dedupeKeys: [callback === null ? bodyKey(body) : `twilio:${callback.key}`] }
}

const bodyKey = (body: Uint8Array): string => `twilio:body:${createHash('sha256').update(body).digest('hex')}`

interface Callback {
  readonly accountSid: string
  readonly messageSid: string
  readonly status: string
  /** The same for every try of one callback, and for no other. */
  readonly key: string
}

/** `null` when the bytes are no callback about a message; a name that comes twice is none either. */
function readCallback(body: Uint8Array): Callback | null {
  const pairs = readForm(body)
  if (pairs === null) return null
  const one = (name: string): string | null => {
    const values = pairs.filter(([key]) => key === name)
    return values.length === 1 ? (values[0]?.[1] ?? null) : null
  }
  const messageSid = one('MessageSid') ?? one('SmsSid')
  const accountSid = one('AccountSid')
  const status = one('MessageStatus') ?? one('SmsStatus')
  if (messageSid === null || accountSid === null || status === null) return null
  if (!MESSAGE_SID.test(messageSid) || !/^[a-z_]{1,30}$/.test(status)) return null
  return { accountSid, messageSid, status, key: `${messageSid}:${status}` }
}

/** Twilio says neither when it happened nor how often it has said so. */
function parse(body: Uint8Array): ProviderEvent | null {
  const callback = readCallback(body)
  if (callback === null) return null
  const outgoing = statusOf(callback.status) !== 'unrecognised'
  return {
    id: callback.key,
    type: `message.${callback.status}`,
    occurredAtMs: null,
    livemode: null,
    about: outgoing ? { kind: 'message', messageRef: callback.messageSid } : { kind: 'other' },
  }
}

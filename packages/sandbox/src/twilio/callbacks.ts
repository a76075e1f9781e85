import { HEX } from '../kernel/random.ts'
import type { WebhookDelivery, WebhookFailure } from '../kernel/types.ts'
import { signature } from './signature.ts'
import type { MessageRow, MessageStatus, Twilio } from './state.ts'

const FORM = 'application/x-www-form-urlencoded; charset=UTF-8'
/** The pause before a retry is not published. */
const RETRY_DELAY_MS = 1_000
const LIMITS = {
  rc: { fallback: 1, min: 0, max: 5 },
  rt: { fallback: 15_000, min: 100, max: 15_000 },
  tt: { fallback: 15_000, min: 100, max: 15_000 },
} as const
const POLICIES: Readonly<Record<string, readonly WebhookFailure[]>> = {
  ct: ['connect'],
  rt: ['timeout'],
  '4xx': ['4xx'],
  '5xx': ['5xx'],
  all: ['connect', 'timeout', '4xx', '5xx'],
}

export interface Connection {
  /** Without fragment and user info: where the request goes. */
  readonly url: string
  /** Without fragment: what is signed. */
  readonly signedUrl: string
  readonly retryDelaysMs: readonly number[]
  readonly retryOn: readonly WebhookFailure[]
  readonly timeoutMs: number
}

/** The URL's fragment tunes its connection (Twilio docs, "Webhook connection overrides"). */
export function connectionOf(callback: string): Connection {
  const [signedUrl = '', fragment = ''] = callback.split(/#(.*)/s)
  const overrides = new URLSearchParams(fragment)
  const number = (name: keyof typeof LIMITS): number => {
    const { fallback, min, max } = LIMITS[name]
    const text = overrides.get(name) ?? ''
    return /^\d{1,6}$/.test(text) ? Math.min(max, Math.max(min, Number(text))) : fallback
  }
  const policies = (overrides.get('rp') ?? 'ct').split(',').flatMap((name) => POLICIES[name] ?? [])
  const url = new URL(signedUrl)
  url.username = ''
  url.password = ''
  return {
    url: url.href,
    signedUrl,
    retryDelaysMs: Array.from({ length: number('rc') }, () => RETRY_DELAY_MS),
    retryOn: policies,
    timeoutMs: Math.min(number('rt'), number('tt')),
  }
}

/** YYMMDDhhmm, as carriers stamp their receipts. */
const receiptTime = (ms: number): string => new Date(ms).toISOString().replace(/\D/g, '').slice(2, 12)

function fieldsOf(tw: Twilio, row: MessageRow): Record<string, string> {
  const hasReceipt = row.status === 'delivered' || row.status === 'undelivered'
  return {
    ...(row.errorCode === null ? {} : { ErrorCode: String(row.errorCode) }),
    ...(hasReceipt ? { RawDlrDoneDate: receiptTime(row.updatedAt) } : {}),
    SmsSid: row.sid,
    SmsStatus: row.status,
    MessageStatus: row.status,
    To: row.to,
    ...(row.serviceSid === null ? {} : { MessagingServiceSid: row.serviceSid }),
    MessageSid: row.sid,
    AccountSid: tw.credential(row.account, 'account_sid'),
    ...(row.from === null ? {} : { From: row.from }),
    ApiVersion: '2010-04-01',
  }
}

/** Statuses that are told; a message's first one never is, and `queued` only follows `accepted` or `scheduled`. */
const TOLD: ReadonlySet<MessageStatus> = new Set([
  'queued',
  'sent',
  'delivered',
  'undelivered',
  'failed',
  'canceled',
])

/** Tells the caller's StatusCallback about the status the message has just taken. */
export function tellStatus(tw: Twilio, row: MessageRow): void {
  if (row.callback === null || !TOLD.has(row.status)) return
  const { url, signedUrl, retryDelaysMs, retryOn, timeoutMs } = connectionOf(row.callback)
  tw.world.deliver({
    provider: 'twilio',
    accountId: row.account,
    url,
    eventId: idempotencyToken(tw),
    eventType: `message.${row.status}`,
    body: new URLSearchParams(fieldsOf(tw, row)).toString(),
    signing: { url: signedUrl },
    retryDelaysMs,
    retryOn,
    timeoutMs,
  })
}

function idempotencyToken(tw: Twilio): string {
  const hex = tw.world.random.text(HEX, 32)
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-')
}

/** Signed with the account's primary token over everything that is sent. */
export function signCallback(tw: Twilio, delivery: WebhookDelivery): Record<string, string> {
  const token = tw.credential(delivery.accountId, 'auth_token')
  const url = delivery.signing['url'] ?? delivery.url
  const { username, password } = new URL(url)
  const login = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`)
  return {
    'content-type': FORM,
    'user-agent': 'TwilioProxy/1.1',
    'i-twilio-idempotency-token': delivery.eventId,
    'x-twilio-signature': signature(token, url, new URLSearchParams(delivery.body)),
    ...(username === '' ? {} : { authorization: `Basic ${login.toString('base64')}` }),
  }
}

import type { SendMessage, SoughtMessage, UnacceptableMessage } from '../messages.ts'

/** Longest text that Twilio takes, over all segments (Twilio API reference, Create a Message, Body). */
export const BODY_MAX = 1600
/** As many as one page of the list may hold without being slow; Twilio allows 1000. */
const PAGE_SIZE = 100
/**
 * Asks Twilio to try a callback up to five times more, whatever went wrong (Twilio docs, Webhooks connection
 * overrides). The fragment is neither sent nor signed.
 */
const RETRIES = '#rc=5&rp=all'

export const E164 = /^\+[1-9][0-9]{6,14}$/
const SHORT_CODE = /^[0-9]{3,8}$/
/** An alphanumeric sender has a letter, or it would be a number. */
const ALPHANUMERIC = /^(?=.*[A-Za-z])[A-Za-z0-9 ]{1,11}$/

export function unacceptable(message: Pick<SendMessage, 'to' | 'from' | 'body'>): UnacceptableMessage | null {
  const { to, from, body } = message
  if (!E164.test(to))
    return { pointer: '/to', detail: 'must be a number in E.164 form, such as +14155550123' }
  if (!E164.test(from) && !SHORT_CODE.test(from) && !ALPHANUMERIC.test(from)) {
    return {
      pointer: '/from',
      detail: 'must be a number in E.164 form, a short code or a name of 11 letters',
    }
  }
  if (body.trim() === '') return { pointer: '/body', detail: 'must not be empty' }
  if (body.length > BODY_MAX) {
    return { pointer: '/body', detail: `must not be longer than ${BODY_MAX} characters` }
  }
  return to === from ? { pointer: '/to', detail: 'must not be the sender itself' } : null
}

/** In the order in which Twilio's own client sends them. */
export function toForm({ to, from, body, statusUrl }: SendMessage): readonly (readonly [string, string])[] {
  return [
    ['To', to],
    ...(statusUrl === null ? [] : [['StatusCallback', `${statusUrl}${RETRIES}`] as const]),
    ['From', from],
    ['Body', body],
  ]
}

export const messagesPath = (accountSid: string): string => `/2010-04-01/Accounts/${accountSid}/Messages.json`

export const messagePath = (accountSid: string, messageSid: string): string =>
  `/2010-04-01/Accounts/${accountSid}/Messages/${messageSid}.json`

export const accountPath = (accountSid: string): string => `/2010-04-01/Accounts/${accountSid}.json`

/**
 * The newest messages to one number. No date filter: `DateSent` leaves out what has not been sent yet, and a
 * message that waits in Twilio's queue exists all the same.
 */
export function searchPath(accountSid: string, { to }: Pick<SoughtMessage, 'to'>): string {
  return `${messagesPath(accountSid)}?To=${encodeURIComponent(to)}&PageSize=${PAGE_SIZE}`
}

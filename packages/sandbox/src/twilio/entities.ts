import type { MessageEntry } from '../kernel/types.ts'
import { deliveryError } from './errors.ts'
import type { KeyRow, MessageRow, Twilio } from './state.ts'

export const API_VERSION = '2010-04-01'

/** RFC 2822 in GMT, the only form this API's dates have. */
const date = (ms: number): string => new Date(ms).toUTCString().replace('GMT', '+0000')

export const accountUri = (accountSid: string): string => `/${API_VERSION}/Accounts/${accountSid}`

export function messageEntity(tw: Twilio, row: MessageRow): object {
  const accountSid = tw.credential(row.account, 'account_sid')
  const uri = `${accountUri(accountSid)}/Messages/${row.sid}`
  return {
    account_sid: accountSid,
    api_version: API_VERSION,
    body: row.body,
    date_created: date(row.createdAt),
    date_sent: row.sentAt === null ? null : date(row.sentAt),
    date_updated: date(row.updatedAt),
    direction: row.direction,
    error_code: row.errorCode,
    error_message: deliveryError(row.errorCode),
    from: row.from,
    messaging_service_sid: row.serviceSid,
    num_media: String(row.media),
    num_segments: String(row.segments),
    price: row.price,
    price_unit: 'USD',
    sid: row.sid,
    status: row.status,
    subresource_uris: { media: `${uri}/Media.json` },
    to: row.to,
    uri: `${uri}.json`,
  }
}

/** The sandbox's accounts are paid ones: trial accounts could only reach verified numbers. */
export function accountEntity(tw: Twilio, account: string): object {
  const sid = tw.credential(account, 'account_sid')
  const uri = accountUri(sid)
  return {
    sid,
    owner_account_sid: sid,
    friendly_name: 'OneRouter sandbox',
    auth_token: tw.credential(account, 'auth_token'),
    status: 'active',
    type: 'Full',
    date_created: date(ACCOUNT_SINCE_MS),
    date_updated: date(ACCOUNT_SINCE_MS),
    subresource_uris: { keys: `${uri}/Keys.json`, messages: `${uri}/Messages.json` },
    uri: `${uri}.json`,
  }
}
const ACCOUNT_SINCE_MS = Date.UTC(2026, 0, 1)

export const keyEntity = (row: KeyRow): object => ({
  sid: row.sid,
  friendly_name: row.friendlyName,
  date_created: date(row.createdAt),
  date_updated: date(row.createdAt),
})

export const messageEntry = (row: MessageRow): MessageEntry => ({
  accountId: row.account,
  messageRef: row.sid,
  direction: row.direction === 'inbound' ? 'inbound' : 'outbound',
  from: row.from,
  to: row.to,
  body: row.body,
  status: row.status,
  errorCode: row.errorCode,
  segments: row.segments,
  price: row.price,
})

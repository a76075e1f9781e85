import { isSmsFinal } from '@onerouter/core'
import type { SmsRow } from './row.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** When to look after a message should no callback tell. Twilio gives up a queued one after ten hours. */
const WATCH_MS = [MINUTE, 10 * MINUTE, HOUR, 6 * HOUR, 24 * HOUR, 48 * HOUR]
/** The price comes shortly after the message has gone, and in no callback. */
const COST_MS = [20_000, MINUTE, 10 * MINUTE, HOUR, 24 * HOUR]

/** `null` once there is nothing more to see: complete, never taken, or too old for news. */
export function nextLookMs(
  sms: Pick<SmsRow, 'status' | 'send_state' | 'cost_micros'>,
  tries: number,
): number | null {
  if (sms.send_state !== 'accepted') return null
  if (!isSmsFinal(sms.status)) return WATCH_MS[tries] ?? null
  return sms.cost_micros === null ? (COST_MS[tries] ?? null) : null
}

import { formatDecimal, formatId } from '@onerouter/core'
import type { SmsRow } from './row.ts'

const MICROS_EXPONENT = 6

/** The message object of the API. */
export function presentSms(row: SmsRow) {
  return {
    id: formatId('sms', row.id),
    object: 'sms' as const,
    status: row.status,
    to: row.recipient,
    from: row.sender,
    body: row.body,
    segments: row.segments,
    provider: row.provider,
    provider_message_id: row.provider_message_id,
    environment: row.environment,
    cost:
      row.cost_micros === null || row.cost_currency === null
        ? null
        : {
            amount: formatDecimal(row.cost_micros, MICROS_EXPONENT),
            amount_micros: Number(row.cost_micros),
            currency: row.cost_currency,
          },
    failure: row.failure,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
export type SmsObject = ReturnType<typeof presentSms>

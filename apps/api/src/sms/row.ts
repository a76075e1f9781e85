import type { Environment, Service, SmsFailure, SmsSendState, SmsStatus, Uuid } from '@onerouter/core'

/** A row of `sms`; a test holds its columns equal to the migration's. */
export interface SmsRow {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly id: Uuid
  readonly version: number
  readonly sequence: number
  readonly status: SmsStatus
  readonly send_state: SmsSendState
  readonly recipient: string
  readonly sender: string
  readonly body: string
  readonly provider: Service
  readonly credential_version: number
  readonly provider_message_id: string | null
  readonly provider_status: string | null
  readonly segments: number | null
  readonly cost_micros: bigint | null
  readonly cost_currency: string | null
  readonly failure: StoredSmsFailure | null
  readonly api_key_id: Uuid | null
  readonly tries: number
  readonly due_at: Date | null
  readonly created_at: Date
  readonly updated_at: Date
}

export interface StoredSmsFailure {
  readonly code: SmsFailure
  readonly message: string
  readonly provider_code: string | null
}

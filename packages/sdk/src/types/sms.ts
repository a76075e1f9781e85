import type { CreatedRange, Environment, ListParams, Service } from './shared.ts'

export type SmsStatus = 'queued' | 'sent' | 'delivered' | 'undelivered' | 'failed'

export type SmsFailureCode =
  | 'invalid_recipient'
  | 'recipient_opted_out'
  | 'recipient_unreachable'
  | 'undeliverable'
  | 'filtered'
  | 'invalid_sender'
  | 'invalid_content'
  | 'not_permitted'
  | 'account_problem'
  | 'bad_credentials'
  | 'limit_exceeded'
  | 'canceled'
  | 'not_sent'
  | 'other'

export interface SmsCost {
  /** Major units with six decimals: messages cost fractions of a cent. */
  readonly amount: string
  /** Millionths of the major unit. */
  readonly amountMicros: number
  readonly currency: string
}

export interface SmsFailure {
  readonly code: SmsFailureCode
  readonly message: string
  readonly providerCode: string | null
}

export interface Sms {
  readonly id: string
  readonly object: 'sms'
  readonly status: SmsStatus
  readonly to: string
  readonly from: string
  readonly body: string
  /** What it is billed as; `null` until the provider has counted. */
  readonly segments: number | null
  readonly provider: Service
  readonly providerMessageId: string | null
  readonly environment: Environment
  /** `null` until it is billed, shortly after it was sent. */
  readonly cost: SmsCost | null
  readonly failure: SmsFailure | null
  readonly createdAt: string
  readonly updatedAt: string
}

export interface SmsSendParams {
  /** E.164, such as `+14155550123`. */
  readonly to: string
  readonly body: string
  /** The service's own number when left out. */
  readonly from?: string
  readonly environment?: Environment
}

export interface SmsListParams extends ListParams {
  readonly created?: CreatedRange
  readonly status?: SmsStatus
  readonly to?: string
  readonly environment?: Environment
}

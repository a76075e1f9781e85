/**
 * The five ways a provider call can end. A decline is a value, and so is not knowing: only `not_sent` proves
 * that nothing happened, and `unknown` is settled by evidence, never by a timer.
 */
export type Outcome<T> =
  | { readonly kind: 'ok'; readonly value: T }
  | {
      readonly kind: 'declined'
      readonly reason: DeclineReason
      readonly providerCode: string
      readonly message: string
    }
  | {
      readonly kind: 'rejected'
      readonly reason: RejectReason
      readonly providerCode: string | null
      readonly message: string
    }
  | { readonly kind: 'not_sent'; readonly reason: string }
  | { readonly kind: 'unknown'; readonly reason: string }

export const DECLINE_REASONS = [
  'card_declined',
  'insufficient_funds',
  'expired_card',
  'incorrect_details',
  'authentication_failed',
  'fraud_suspected',
  'limit_exceeded',
  'method_not_supported',
  'payer_canceled',
  'timed_out',
  'payer_account_problem',
  'processing_error',
  'other',
] as const
export type DeclineReason = (typeof DECLINE_REASONS)[number]

export const REJECT_REASONS = [
  'bad_request',
  'bad_credentials',
  'not_found',
  'invalid_state',
  'amount',
  'currency',
  'account_problem',
  'rate_limited',
] as const
export type RejectReason = (typeof REJECT_REASONS)[number]

export const ok = <T>(value: T): Outcome<T> => ({ kind: 'ok', value })
export const unknown = (reason: string): Outcome<never> => ({ kind: 'unknown', reason })

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

/**
 * What a later send of the same call can come to. It never proves that nothing was sent: an earlier send may have
 * got through, whatever became of this one.
 */
export type LaterOutcome<T> = Exclude<Outcome<T>, { readonly kind: 'not_sent' }>

/** What an outcome proves when it is a later send's. */
export function asLater<T>(outcome: Outcome<T>): LaterOutcome<T> {
  return outcome.kind === 'not_sent' ? unknown(`not sent again: ${outcome.reason}`) : outcome
}

export const DECLINE_REASONS = [
  'card_declined',
  'insufficient_funds',
  'expired_card',
  'incorrect_details',
  'authentication_failed',
  /** The payer must confirm it themselves, and was not asked. */
  'authentication_required',
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

export const ok = <T>(value: T): Extract<Outcome<T>, { kind: 'ok' }> => ({ kind: 'ok', value })
export const unknown = (reason: string): Extract<Outcome<never>, { kind: 'unknown' }> => ({
  kind: 'unknown',
  reason,
})

import type { DeclineReason, RejectReason } from '@onerouter/core'
import type { Verdict } from './refusal-texts.ts'

/** Why a try to pay failed: `error_reason` of a payment (Razorpay docs, Payment error reason codes). */
const DECLINES = {
  card_declined:
    'authorisation_declined_by_psp card_declined debit_declined mandate_creation_declined payment_declined',
  insufficient_funds: 'funds_blocked_by_mandate insufficient_fund insufficient_funds',
  expired_card: 'card_expired',
  incorrect_details:
    'bank_account_invalid bank_account_validation_failed beneficiary_account_does_not_exist ' +
    'card_number_invalid incorrect_atm_pin incorrect_card_details incorrect_card_expiry_date ' +
    'incorrect_cardholder_name incorrect_cvv incorrect_pin invalid_email invalid_mobile_number ' +
    'invalid_user_details invalid_vpa mismatch_in_transaction_details mobile_number_invalid ' +
    'record_not_found vpa_resolution_failed',
  authentication_failed:
    'authentication_failed card_not_enrolled incorrect_otp invalid_device otp_attempts_exceeded ' +
    'otp_expired pin_attempts_exceeded pin_not_set verification_failed',
  fraud_suspected: 'compliance_violation payment_amount_tampered payment_risk_check_failed',
  limit_exceeded:
    'credit_limit_exceeded emi_greater_than_max_amount mcc_amount_limit_exceeded refund_limit_crossed ' +
    'transaction_daily_count_exceeded transaction_daily_limit_exceeded ' +
    'transaction_frequency_limit_exceeded transaction_limit_exceeded',
  method_not_supported:
    'amount_less_than_minimum_amount bank_not_enabled card_network_not_enabled card_type_invalid ' +
    'collect_on_mcc_blocked emi_plan_unavailable international_transaction_not_allowed ' +
    'live_mode_not_enabled merchant_not_activated order_payment_method_mismatch ' +
    'payment_method_not_enabled psp_app_not_available psp_app_not_supported psp_not_registered ' +
    'recurring_payment_not_enabled transaction_on_vpa_restricted upi_autopay_not_supported_on_psp ' +
    'upi_collect_not_enabled upi_intent_not_enabled',
  payer_canceled: 'payment_cancelled',
  timed_out:
    'mandate_creation_expired mandate_creation_timeout payment_collect_request_expired ' +
    'payment_session_expired payment_timed_out request_timed_out',
  payer_account_problem:
    'beneficiary_account_dormant credit_limit_expired credit_limit_inactive credit_limit_not_approved ' +
    'credit_not_permitted debit_instrument_blocked debit_instrument_inactive user_not_eligible ' +
    'user_not_registered_for_netbanking',
  processing_error:
    'bank_cutoff_in_progress bank_not_available bank_technical_error capture_failed ' +
    'collect_request_pending credit_failed deemed_transaction duplicate_refund_id duplicate_request ' +
    'duplicate_rrn_found gateway_technical_error input_validation_failed invalid_amount ' +
    'invalid_currency invalid_order_id invalid_request invalid_response_from_gateway ' +
    'issuer_technical_error mandate_creation_failed order_already_paid order_amount_mismatch ' +
    'payment_declined_due_to_high_traffic payment_pending payment_pending_approval psp_not_available ' +
    'reqauth_mandate_not_acknowledged server_error upi_app_technical_error',
  other: 'payment_failed',
} as const satisfies Partial<Record<DeclineReason, string>>

/**
 * What a reason says of a request of ours whose sentence is not documented. Only reasons that speak of the
 * request itself count; a reason why a payment failed says nothing about a capture or a refund.
 */
const OF_REQUESTS = {
  account_problem: 'live_mode_not_enabled merchant_not_activated',
  amount: 'amount_less_than_minimum_amount invalid_amount order_amount_mismatch',
  bad_request:
    'input_validation_failed invalid_email invalid_mobile_number invalid_request mobile_number_invalid',
  currency: 'invalid_currency',
  invalid_state: 'payment_pending_approval',
  not_found: 'invalid_order_id record_not_found',
} as const satisfies Partial<Record<RejectReason, string>>

const BY_REASON: ReadonlyMap<string, DeclineReason> = new Map(invert<DeclineReason>(DECLINES))

const VERDICTS: ReadonlyMap<string, Verdict> = new Map<string, Verdict>([
  ...invert<RejectReason>(OF_REQUESTS).map(([code, reason]) => [code, { kind: 'rejected', reason }] as const),
  ['order_already_paid', { kind: 'look', reason: 'invalid_state' }],
  ['refund_limit_crossed', { kind: 'look', reason: 'amount' }],
  ['duplicate_refund_id', { kind: 'done' }],
  ['duplicate_request', { kind: 'done' }],
])

/** The decline a payment's `error_reason` stands for; `undefined` when it is not documented. */
export function declineOf(errorReason: string): DeclineReason | undefined {
  return BY_REASON.get(errorReason)
}

export function verdictOfReason(errorReason: string): Verdict | undefined {
  return VERDICTS.get(errorReason)
}

function invert<R extends string>(table: Readonly<Partial<Record<R, string>>>): (readonly [string, R])[] {
  const entries = Object.entries(table) as [R, string][] // a closed literal's own keys
  return entries.flatMap(([reason, codes]) => codes.split(' ').map((code) => [code, reason] as const))
}

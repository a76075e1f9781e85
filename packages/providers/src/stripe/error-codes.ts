import type { DeclineReason, RejectReason } from '@onerouter/core'

/**
 * Every code of Stripe's documentation ("Error codes", "Decline codes", with those of local payment methods),
 * grouped by what it means here. A code that is missing is neither believed nor guessed.
 */
export const DECLINES = {
  card_declined:
    'approve_with_id call_issuer card_declined charge_exceeds_source_limit debit_not_authorized do_not_honor ' +
    'do_not_try_again duplicate_transaction generic_decline new_account_information_available ' +
    'no_action_taken not_permitted partner_generic_decline payment_intent_payment_attempt_failed ' +
    'payment_method_customer_decline payment_method_provider_decline pickup_card reenter_transaction ' +
    'refer_to_customer restricted_card revocation_of_all_authorizations revocation_of_authorization ' +
    'security_violation setup_attempt_failed stop_payment_order testmode_decline transaction_not_allowed ' +
    'bank_account_declined fraudulent lost_card lost_or_stolen_card merchant_blacklist stolen_card',
  insufficient_funds: 'insufficient_funds',
  expired_card: 'expired_card expired_payment_information expired_payment_method',
  incorrect_details:
    'incorrect_address incorrect_cvc incorrect_number incorrect_pin incorrect_postal_code incorrect_zip ' +
    'invalid_cvc invalid_expiry_month invalid_expiry_year invalid_number invalid_payment_information ' +
    'invalid_pin invalid_track_data card_already_activated postal_code_invalid ' +
    'payment_intent_konbini_rejected_confirmation_number',
  authentication_failed:
    'authentication_failure authentication_not_handled invalid_authorization ' +
    'mobile_device_authentication_required offline_pin_required online_or_offline_pin_required ' +
    'payment_intent_authentication_failure setup_intent_authentication_failure ' +
    'three_d_secure_authentication_not_supported three_d_secure_authentication_upstream_error',
  authentication_required: 'authentication_required',
  fraud_suspected: 'compliance_violation partner_high_risk_customer request_blocked',
  limit_exceeded:
    'card_decline_rate_limit_exceeded card_velocity_exceeded charge_exceeds_transaction_limit ' +
    'payment_intent_rate_limit_exceeded payment_limit_exceeded pin_try_exceeded withdrawal_count_limit_exceeded',
  method_not_supported:
    'card_not_supported currency_not_supported invalid_card_type partner_action_not_supported ' +
    'payment_intent_incompatible_payment_method payment_method_currency_mismatch ' +
    'payment_method_not_available payment_method_restricted payment_method_unsupported_type ' +
    'recurring_not_supported_by_bank service_not_allowed',
  payer_canceled: 'payment_disputed',
  timed_out:
    'payment_intent_payment_attempt_expired payment_method_provider_timeout setup_intent_setup_attempt_expired',
  payer_account_problem:
    'account_closed bank_account_restricted bank_account_unusable billing_invalid_mandate ' +
    'india_recurring_payment_mandate_canceled invalid_account invalid_billing_agreement ' +
    'invalid_customer_account payment_intent_mandate_invalid payment_method_bank_account_blocked ' +
    'setup_intent_mandate_invalid',
  processing_error: 'issuer_not_available partner_payment_not_found processing_error try_again_later',
  other: 'invalid_amount invalid_business_account',
} as const satisfies Record<DeclineReason, string>

export const REJECTIONS = {
  bad_request:
    'account_country_invalid_address account_information_mismatch account_invalid account_number_invalid ' +
    'account_token_required_for_v2_account acss_debit_session_incomplete ' +
    'bank_account_bad_routing_numbers bank_account_exists bank_account_unverified ' +
    'bank_account_verification_failed cardholder_phone_number_required charge_invalid_parameter ' +
    'clearing_code_unsupported country_code_invalid country_unsupported coupon_expired ' +
    'customer_max_payment_methods customer_max_subscriptions customer_session_expired ' +
    'customer_tax_location_invalid dispute_evidence_page_limit_exceeded email_invalid failed_tax_calculation ' +
    'balance_invalid_parameter financial_connections_account_inactive ' +
    'financial_connections_account_pending_account_numbers ' +
    'financial_connections_account_unavailable_account_numbers ' +
    'financial_connections_consent_locale_invalid financial_connections_consent_locale_unsupported ' +
    'financial_connections_no_successful_transaction_refresh forwarding_api_invalid_parameter ' +
    'intent_verification_method_missing invalid_canceled_subscription_fields invalid_characters ' +
    'invalid_mandate_reference_prefix_format invalid_source_usage invalid_tax_location ' +
    'invoice_no_customer_line_items invoice_no_payment_method_types invoice_no_subscription_line_items ' +
    'invoice_on_behalf_of_not_editable invoice_upcoming_none missing parameter_invalid_empty ' +
    'parameter_invalid_integer parameter_invalid_string_blank parameter_invalid_string_empty ' +
    'parameter_missing parameter_unknown parameters_exclusive ' +
    'payment_evaluation_on_api_version_not_supported payment_intent_invalid_parameter ' +
    'payment_method_billing_details_address_missing payment_method_configuration_failures ' +
    'payment_method_invalid_parameter payment_method_invalid_parameter_testmode ' +
    'payment_method_microdeposit_failed payment_method_microdeposit_processing_error ' +
    'payment_method_microdeposit_verification_amounts_invalid ' +
    'payment_method_microdeposit_verification_amounts_mismatch ' +
    'payment_method_microdeposit_verification_attempts_exceeded ' +
    'payment_method_microdeposit_verification_descriptor_code_mismatch ' +
    'payment_method_microdeposit_verification_timeout resource_already_exists ' +
    'return_intent_already_processed routing_number_invalid ' +
    'service_period_coupon_with_metered_tiered_item_unsupported setup_intent_invalid_parameter ' +
    'setup_intent_mobile_wallet_unsupported shipping_address_invalid shipping_calculation_failed ' +
    'siret_invalid state_unsupported subscription_update_trial_after_billing_cycle_anchor tax_id_invalid ' +
    'tax_id_prohibited taxes_calculation_failed terminal_location_country_unsupported ' +
    'terminal_reader_busy terminal_reader_hardware_fault terminal_reader_invalid_location_for_activation ' +
    'terminal_reader_invalid_location_for_payment terminal_reader_offline terminal_reader_timeout ' +
    'tls_version_unsupported token_already_used token_card_network_invalid token_in_use ' +
    'transfer_source_balance_parameters_mismatch url_invalid',
  bad_credentials: 'api_key_expired livemode_mismatch platform_api_key_expired secret_key_required',
  not_found: 'resource_missing',
  invalid_state:
    'approval_required capture_charge_authorization_expired capture_unauthorized_payment ' +
    'charge_already_captured charge_already_refunded charge_disputed charge_expired_for_capture ' +
    'charge_not_refundable intent_invalid_state invoice_not_editable ' +
    'invoice_payment_intent_requires_action out_of_inventory payment_intent_action_required ' +
    'payment_intent_unexpected_state payment_method_bank_account_already_verified ' +
    'payment_method_unexpected_state payout_reconciliation_not_ready product_inactive ' +
    'refund_disputed_payment setup_intent_unexpected_state sku_inactive status_transition_invalid',
  amount: 'amount_too_large amount_too_small invalid_charge_amount',
  currency: 'financial_account_balance_does_not_support_currency instant_payouts_currency_disabled',
  account_problem:
    'account_error_country_change_requires_additional_steps action_blocked alipay_upgrade_required ' +
    'anomalous_money_movement_request application_fees_not_allowed balance_insufficient ' +
    'bitcoin_upgrade_required capability_not_active financial_account_capability_not_enabled ' +
    'financial_account_capability_restricted forwarding_api_inactive instant_payouts_config_disabled ' +
    'instant_payouts_limit_exceeded instant_payouts_unsupported no_account not_allowed_on_standard_account ' +
    'ownership_declaration_not_allowed payment_method_unactivated payouts_limit_exceeded ' +
    'payouts_not_allowed platform_account_required progressive_onboarding_limit_exceeded ' +
    'sepa_unsupported_account smart_disputes_not_available storer_capability_missing ' +
    'storer_capability_not_active stripe_tax_inactive testmode_charges_only transfers_not_allowed',
} as const satisfies Partial<Record<RejectReason, string>>

/** Codes that do not say whether the request took effect. */
export const UNDECIDED =
  'forwarding_api_retryable_upstream_error forwarding_api_upstream_connection_error ' +
  'forwarding_api_upstream_connection_timeout forwarding_api_upstream_error idempotency_key_in_use ' +
  'lock_timeout rate_limit'

/** Stripe API reference, Refund `failure_reason`. */
export const REFUND_FAILURES = {
  card_declined: 'declined',
  expired_card: 'expired_or_canceled_card',
  insufficient_funds: 'insufficient_funds',
  payer_account_problem: 'charge_for_pending_refund_disputed',
  other: 'merchant_request unknown',
} as const satisfies Partial<Record<DeclineReason, string>>

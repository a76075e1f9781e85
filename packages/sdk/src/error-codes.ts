/** Every code the API answers with; one page of documentation each, under `/docs/errors/<code>`. */
export const API_ERROR_CODES = [
  'invalid_request',
  'malformed_json',
  'invalid_amount',
  'unsupported_currency',
  'unsupported_method',
  'unauthenticated',
  'csrf_failed',
  'second_factor_required',
  'insufficient_scope',
  'service_not_allowed',
  'environment_not_allowed',
  'ip_not_allowed',
  'not_found',
  'method_not_allowed',
  'conflict',
  'invalid_state',
  'idempotency_request_in_progress',
  'payload_too_large',
  'unsupported_media_type',
  'idempotency_key_invalid',
  'idempotency_key_reused',
  'amount_exceeds_captured',
  'amount_exceeds_authorized',
  'capability_unsupported',
  'provider_not_configured',
  'credentials_invalid',
  'domain_not_verified',
  'dns_unavailable',
  'live_credentials_missing',
  'payment_declined',
  'rate_limit_exceeded',
  'provider_rejected',
  'provider_unavailable',
  'overloaded',
  'internal',
] as const
export type ApiErrorCode = (typeof API_ERROR_CODES)[number]

/** Codes of errors that this package finds by itself, before or after the API has spoken. */
export const CLIENT_ERROR_CODES = [
  'api_key_missing',
  'api_key_malformed',
  'invalid_argument',
  'connection_failed',
  'malformed_answer',
  'timeout',
  'webhook_secret_malformed',
  'webhook_headers_missing',
  'webhook_timestamp_out_of_range',
  'webhook_signature_mismatch',
  'webhook_body_malformed',
] as const
export type ClientErrorCode = (typeof CLIENT_ERROR_CODES)[number]

/** A code this version knows, or the word of a newer server. */
export type ErrorCode = ApiErrorCode | ClientErrorCode | (string & {})

import type { ErrorCode } from '@onerouter/core'

/** What to do about each code: one page of the documentation each. */
export const ERROR_ADVICE = {
  invalid_request: 'Look at `errors`: every entry points at the field that is wrong and says why.',
  malformed_json:
    'Send one JSON value in UTF-8, without duplicate keys, NUL characters or halves of surrogate pairs, ' +
    'nested at most 32 deep with at most 4,000 keys.',
  invalid_amount:
    'Send exactly one of `amount` (major units, such as "500.00") and `amount_minor` (such as 50000), positive ' +
    'and no more precise than the currency allows. Nothing is ever rounded.',
  unsupported_currency: 'Use an ISO 4217 code that the chosen provider supports.',
  unsupported_method: 'Leave `method` out, or use one that the provider offers for this currency.',
  unauthenticated:
    'Send `Authorization: Bearer unf_…` with a key that is neither revoked nor expired. Unknown, revoked and ' +
    'expired keys are answered alike.',
  csrf_failed:
    'Dashboard requests carry the token of `GET /api/auth/csrf` as `X-CSRF-Token`. API keys never need it.',
  second_factor_required:
    'The account asks its people for a second factor. Set yours up under Settings, Security; then everything else opens.',
  insufficient_scope:
    'The answer names the scope in `required_scope`. Give it to the key, or use another key.',
  service_not_allowed: 'The key is restricted to other services. Use another key, or change its `services`.',
  environment_not_allowed:
    'Test keys only ever reach the test environment; what concerns live money needs a live key or the dashboard.',
  ip_not_allowed: 'The key has an address list that yours is not on.',
  not_found: 'There is no such object for this key: it may belong to another account or environment.',
  method_not_allowed: 'The `Allow` header lists the methods this address answers.',
  conflict: 'Another operation on the same object is running. Wait for `Retry-After` and look again.',
  invalid_state: 'The object has moved on. Fetch it, and ask only for what its status allows.',
  idempotency_request_in_progress:
    'The first request with this key is still running. Send the same request again shortly.',
  payload_too_large: 'Bodies end at 256 KiB, headers at 16 KiB.',
  unsupported_media_type: 'Send `Content-Type: application/json` in UTF-8.',
  idempotency_key_invalid:
    'Use 1 to 255 printable ASCII characters, the same in header and body if both are sent.',
  idempotency_key_reused: 'The key was used for another request. Use a fresh key for every new operation.',
  amount_exceeds_captured: 'Refund at most what was captured less what was refunded or is being refunded.',
  amount_exceeds_authorized: 'Capture at most what was authorized.',
  capability_unsupported: 'The provider cannot do this. `GET /api/services` lists what each one can.',
  provider_not_configured:
    'Connect a provider for this environment: `PUT /api/services/{service}/credentials`.',
  credentials_invalid:
    'The provider refused the credentials, or they belong to the other environment. Nothing was saved.',
  domain_not_verified:
    'Publish the TXT record of `domain.dns_record` at one of `domain.record_names`, wait until DNS shows it, and ' +
    'confirm again. `reason` says what was found instead.',
  dns_unavailable:
    'The servers of the domain did not answer, which proves nothing. Confirm again after `Retry-After`.',
  live_credentials_missing: 'Save live credentials for the named services, then switch.',
  payment_declined: 'The payer or their bank said no; `decline_reason` says why. Ask for another way to pay.',
  rate_limit_exceeded: 'Wait for `Retry-After`. The limits of a key are in every answer and can be changed.',
  provider_rejected: 'The provider refused the request; `provider_code` is its own word for why.',
  provider_unavailable:
    'The provider did not answer. Send the same request with the same idempotency key: nothing happens twice.',
  overloaded: 'Send the same request with the same idempotency key after `Retry-After`.',
  internal:
    'This is our fault. Send the same request with the same idempotency key; report the `request_id` if it stays.',
} as const satisfies Record<ErrorCode, string>

/** What a caller should do with a refused request; the SDKs obey it instead of guessing from the status. */
export type Retry = 'never' | 'after' | 'same_key'

interface ErrorKind {
  readonly status: number
  readonly title: string
  readonly retry: Retry
}

/** The closed registry: every problem document carries one of these codes. */
export const ERRORS = {
  invalid_request: { status: 400, title: 'The request is not valid', retry: 'never' },
  malformed_json: { status: 400, title: 'The body is not valid JSON', retry: 'never' },
  invalid_amount: { status: 400, title: 'The amount is not valid', retry: 'never' },
  unsupported_currency: { status: 400, title: 'The currency is not supported', retry: 'never' },
  unsupported_method: { status: 400, title: 'The payment method is not supported', retry: 'never' },
  unauthenticated: { status: 401, title: 'Authentication is required', retry: 'never' },
  csrf_failed: { status: 403, title: 'The request did not come from the dashboard', retry: 'never' },
  second_factor_required: {
    status: 403,
    title: 'The account asks for a second factor',
    retry: 'never',
  },
  insufficient_scope: { status: 403, title: 'The key lacks a scope', retry: 'never' },
  service_not_allowed: { status: 403, title: 'The key may not use this service', retry: 'never' },
  environment_not_allowed: { status: 403, title: 'The key may not use this environment', retry: 'never' },
  ip_not_allowed: { status: 403, title: 'The key may not be used from this address', retry: 'never' },
  not_found: { status: 404, title: 'There is no such object', retry: 'never' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here', retry: 'never' },
  conflict: { status: 409, title: 'Another operation is in the way', retry: 'after' },
  invalid_state: { status: 409, title: 'The object is not in a state that allows this', retry: 'never' },
  idempotency_request_in_progress: {
    status: 409,
    title: 'A request with this idempotency key is still running',
    retry: 'same_key',
  },
  payload_too_large: { status: 413, title: 'The body is too large', retry: 'never' },
  unsupported_media_type: { status: 415, title: 'The body must be JSON', retry: 'never' },
  idempotency_key_invalid: { status: 400, title: 'The idempotency key is not valid', retry: 'never' },
  idempotency_key_reused: {
    status: 422,
    title: 'The idempotency key belongs to another request',
    retry: 'never',
  },
  amount_exceeds_captured: {
    status: 422,
    title: 'The amount is more than is left to refund',
    retry: 'never',
  },
  amount_exceeds_authorized: {
    status: 422,
    title: 'The amount is more than was authorized',
    retry: 'never',
  },
  capability_unsupported: { status: 422, title: 'The provider cannot do this', retry: 'never' },
  provider_not_configured: { status: 422, title: 'No provider is connected for this', retry: 'never' },
  credentials_invalid: { status: 422, title: 'The credentials are not valid', retry: 'never' },
  domain_not_verified: { status: 422, title: 'The domain is not proven to be yours', retry: 'never' },
  dns_unavailable: { status: 503, title: 'The DNS does not answer', retry: 'after' },
  live_credentials_missing: { status: 403, title: 'Live credentials are missing', retry: 'never' },
  payment_declined: { status: 402, title: 'The payment was declined', retry: 'never' },
  rate_limit_exceeded: { status: 429, title: 'Too many requests', retry: 'after' },
  provider_rejected: { status: 502, title: 'The provider refused the request', retry: 'never' },
  provider_unavailable: { status: 503, title: 'The provider cannot be reached', retry: 'same_key' },
  overloaded: { status: 503, title: 'The server is busy', retry: 'same_key' },
  internal: { status: 500, title: 'Something broke on our side', retry: 'same_key' },
} as const satisfies Record<string, ErrorKind>

export type ErrorCode = keyof typeof ERRORS

/** A pointer into the request and what is wrong there. */
export interface FieldProblem {
  /** RFC 6901 pointer into the body, or `?name` for a query parameter. */
  readonly pointer: string
  readonly detail: string
}

export interface ErrorDetails {
  readonly errors?: readonly FieldProblem[]
  readonly provider?: string
  readonly provider_code?: string
  readonly decline_reason?: string
  readonly retry_after_s?: number
  /** The object as it stands, for refusals that concern one. */
  readonly payment?: unknown
  readonly extra?: Readonly<Record<string, unknown>>
}

/** Ends a request with a problem document. `message` is public: it must not name anything secret. */
export class ApiError extends Error {
  readonly code: ErrorCode
  readonly details: ErrorDetails

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.name = 'ApiError'
    this.code = code
    this.details = details
  }
}

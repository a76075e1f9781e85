import type { ApiErrorCode, ErrorCode } from './error-codes.ts'
import type { Payment } from './types/payment.ts'

/** One field of the request and what is wrong there. */
export interface FieldError {
  /** RFC 6901 pointer into the body as sent, or `?name` for a query parameter. */
  readonly pointer: string
  readonly detail: string
}

export interface ErrorInit {
  readonly code: ErrorCode
  readonly message: string
  readonly status?: number | undefined
  readonly requestId?: string | undefined
  readonly retryable?: boolean | undefined
  readonly retryAfter?: number | undefined
  readonly errors?: readonly FieldError[] | undefined
  readonly provider?: string | undefined
  readonly providerCode?: string | undefined
  readonly declineReason?: string | undefined
  readonly payment?: Payment | undefined
  readonly cause?: unknown
}

/** On every error, under a name all copies of this package share: two of them can be in one program. */
const MARKER: unique symbol = Symbol.for('onerouter.error')

/** What every failure of this package is. `code` is stable and meant for programs, `message` for people. */
export class OneRouterError extends Error {
  /** The class's name, which minifiers leave alone. */
  static readonly kind: string = 'OneRouterError'

  readonly code: ErrorCode
  /** The HTTP status; undefined when no answer arrived. */
  readonly status: number | undefined
  /** What happened, as the API put it; the same as `message`. */
  readonly detail: string
  /** Names this very request in the server's log. */
  readonly requestId: string | undefined
  /** Whether the same call can succeed later. This package has already tried again where that was safe. */
  readonly retryable: boolean
  /** Seconds to wait before the next try, where the server said so. */
  readonly retryAfter: number | undefined
  readonly errors: readonly FieldError[]
  readonly provider: string | undefined
  /** The provider's own code, for support cases. */
  readonly providerCode: string | undefined
  readonly declineReason: string | undefined
  /** The payment as it stands, when the failure concerns one. */
  readonly payment: Payment | undefined

  constructor(init: ErrorInit) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause })
    this.name = new.target.kind
    this.code = init.code
    this.status = init.status
    this.detail = init.message
    this.requestId = init.requestId
    this.retryable = init.retryable ?? false
    this.retryAfter = init.retryAfter
    this.errors = init.errors ?? []
    this.provider = init.provider
    this.providerCode = init.providerCode
    this.declineReason = init.declineReason
    this.payment = init.payment
    Object.defineProperty(this, MARKER, { value: kindsOf(new.target) })
  }

  /**
   * Like `instanceof`, also across two copies of this package (ESM and CJS, or two versions).
   * @example
   * ```ts
   * import { PaymentDeclinedError } from 'onerouter'
   * try {
   *   await client.payments.create({ amount: '500.00', currency: 'USD' })
   * } catch (error) {
   *   if (PaymentDeclinedError.isInstance(error)) console.log(error.declineReason)
   *   else throw error
   * }
   * ```
   */
  static isInstance<C extends abstract new (init: ErrorInit) => OneRouterError>(
    this: C & { readonly kind: string },
    value: unknown,
  ): value is InstanceType<C> {
    if (typeof value !== 'object' || value === null || !(MARKER in value)) return false
    // biome-ignore lint/complexity/noThisInStatic: the class it is called on decides
    return Array.isArray(value[MARKER]) && value[MARKER].includes(this.kind)
  }
}

/** The kinds of a class and of those it extends. */
function kindsOf(errorClass: { readonly kind: string }): string[] {
  const parent: unknown = Object.getPrototypeOf(errorClass)
  const isOurs = typeof parent === 'function' && 'kind' in parent && typeof parent.kind === 'string'
  // Just proven to be a class with a kind.
  return [errorClass.kind, ...(isOurs ? kindsOf(parent as unknown as { kind: string }) : [])]
}

/** The key is missing, malformed, expired or revoked (401). */
export class AuthenticationError extends OneRouterError {
  static override readonly kind: string = 'AuthenticationError'
}
/** The key may not do this; the detail names the missing scope, service or environment (403). */
export class PermissionError extends OneRouterError {
  static override readonly kind: string = 'PermissionError'
}
/** There is no such object in this account (404). */
export class NotFoundError extends OneRouterError {
  static override readonly kind: string = 'NotFoundError'
}
/** The request is wrong as it stands; `errors` points at the fields (400, 413, 415, 422). */
export class ValidationError extends OneRouterError {
  static override readonly kind: string = 'ValidationError'
}
/** The object is not in a state that allows this, or another operation is in the way (409). */
export class ConflictError extends OneRouterError {
  static override readonly kind: string = 'ConflictError'
}
/** The idempotency key is malformed, belongs to another request, or its first request still runs. */
export class IdempotencyError extends OneRouterError {
  static override readonly kind: string = 'IdempotencyError'
}
/** Too many requests; `retryAfter` says for how many seconds (429). */
export class RateLimitError extends OneRouterError {
  static override readonly kind: string = 'RateLimitError'
}
/** The payer's bank or the provider said no; `declineReason` and `payment` say more (402). */
export class PaymentDeclinedError extends OneRouterError {
  static override readonly kind: string = 'PaymentDeclinedError'
}
/** The provider refused the request, cannot be reached, or is not connected. */
export class ProviderError extends OneRouterError {
  static override readonly kind: string = 'ProviderError'
}
/** The server failed or is overloaded (5xx). */
export class ServerError extends OneRouterError {
  static override readonly kind: string = 'ServerError'
}
/** No whole answer arrived. Whether the server acted is unknown: repeat with the same idempotency key. */
export class ConnectionError extends OneRouterError {
  static override readonly kind: string = 'ConnectionError'
}
/** No answer arrived in time. Whether the server acted is unknown: repeat with the same idempotency key. */
export class TimeoutError extends ConnectionError {
  static override readonly kind: string = 'TimeoutError'
}
/** A webhook is not to be believed, or cannot be checked: answer it with 400 and do nothing else. */
export class WebhookVerificationError extends OneRouterError {
  static override readonly kind: string = 'WebhookVerificationError'
}

type ErrorClass = (new (init: ErrorInit) => OneRouterError) & { readonly kind: string }

/** The class of each code; a code that a newer server invents goes by its status. */
export const CLASS_OF_CODE = {
  invalid_request: ValidationError,
  malformed_json: ValidationError,
  invalid_amount: ValidationError,
  unsupported_currency: ValidationError,
  unsupported_method: ValidationError,
  unauthenticated: AuthenticationError,
  csrf_failed: PermissionError,
  second_factor_required: PermissionError,
  insufficient_scope: PermissionError,
  service_not_allowed: PermissionError,
  environment_not_allowed: PermissionError,
  ip_not_allowed: PermissionError,
  not_found: NotFoundError,
  method_not_allowed: ValidationError,
  conflict: ConflictError,
  invalid_state: ConflictError,
  idempotency_request_in_progress: IdempotencyError,
  payload_too_large: ValidationError,
  unsupported_media_type: ValidationError,
  idempotency_key_invalid: IdempotencyError,
  idempotency_key_reused: IdempotencyError,
  amount_exceeds_captured: ValidationError,
  amount_exceeds_authorized: ValidationError,
  capability_unsupported: ValidationError,
  provider_not_configured: ProviderError,
  credentials_invalid: ValidationError,
  domain_not_verified: ValidationError,
  dns_unavailable: ServerError,
  live_credentials_missing: PermissionError,
  payment_declined: PaymentDeclinedError,
  rate_limit_exceeded: RateLimitError,
  provider_rejected: ProviderError,
  provider_unavailable: ProviderError,
  overloaded: ServerError,
  internal: ServerError,
} as const satisfies Record<ApiErrorCode, ErrorClass>

export const CLASS_OF_STATUS: Readonly<Record<number, ErrorClass>> = {
  401: AuthenticationError,
  402: PaymentDeclinedError,
  403: PermissionError,
  404: NotFoundError,
  409: ConflictError,
  429: RateLimitError,
}

/** The class for a refusal: by its code where that is known, else by its status. */
export function errorClassOf(code: string, status: number): ErrorClass {
  // The table's own keys only: a code is the server's text.
  if (Object.hasOwn(CLASS_OF_CODE, code)) return CLASS_OF_CODE[code as ApiErrorCode]
  if (status >= 500) return ServerError
  return CLASS_OF_STATUS[status] ?? (status >= 400 ? ValidationError : OneRouterError)
}

/** The four error types of the API (Stripe API reference, Errors). */
export type ErrorType = 'api_error' | 'card_error' | 'idempotency_error' | 'invalid_request_error'

export interface ErrorBody {
  readonly type: ErrorType
  readonly code?: string
  readonly decline_code?: string
  readonly advice_code?: string
  readonly message: string
  readonly param?: string
  readonly charge?: string
  readonly doc_url?: string
  readonly setup_intent?: object
  payment_intent?: object
  readonly payment_method?: object
}

/**
 * An answer that is not 200. `executed` tells whether the endpoint had begun its work: only then does Stripe
 * remember the answer under the idempotency key (Stripe docs, Idempotent requests).
 */
export class StripeError extends Error {
  readonly status: number
  readonly body: ErrorBody
  readonly executed: boolean

  constructor(status: number, body: ErrorBody, executed = true) {
    super(body.message)
    this.status = status
    this.body = body.code === undefined ? body : { ...body, doc_url: docUrl(body.code) }
    this.executed = executed
  }
}

function docUrl(code: string): string {
  return `https://stripe.com/docs/error-codes/${code.replaceAll('_', '-')}`
}

/** A mistake in the parameters themselves, found before anything was done. */
export function badParameter(message: string, param: string, code?: string): StripeError {
  const body = { type: 'invalid_request_error' as const, message, param }
  return new StripeError(400, code === undefined ? body : { ...body, code }, false)
}

export function missingParameter(param: string): StripeError {
  return badParameter(`Missing required param: ${param}.`, param, 'parameter_missing')
}

export function unknownParameters(params: readonly string[]): StripeError {
  const noun = params.length > 1 ? 'parameters' : 'parameter'
  return badParameter(`Received unknown ${noun}: ${params.join(', ')}`, params[0] ?? '', 'parameter_unknown')
}

/** A request that is well formed but that the object's state or the account forbids. */
export function refused(message: string, extra: { code?: string; param?: string } = {}): StripeError {
  return new StripeError(400, { type: 'invalid_request_error', message, ...extra })
}

export function resourceMissing(noun: string, id: string, param: string, otherMode?: 'test' | 'live') {
  const used = otherMode === 'test' ? 'live' : 'test'
  const hint =
    otherMode === undefined
      ? ''
      : `; a similar object exists in ${otherMode} mode, but a ${used} mode key was used to make this ` +
        'request.'
  return new StripeError(404, {
    type: 'invalid_request_error',
    code: 'resource_missing',
    message: `No such ${noun}: '${id}'${hint}`,
    param,
  })
}

export function unexpectedState(message: string, intent: object): StripeError {
  return new StripeError(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    message,
    payment_intent: intent,
  })
}

export function unauthorized(message: string): StripeError {
  return new StripeError(401, { type: 'invalid_request_error', message }, false)
}

export function forbidden(message: string, code: string): StripeError {
  return new StripeError(403, { type: 'invalid_request_error', code, message }, false)
}

export function unknownUrl(method: string, path: string): StripeError {
  const message =
    `Unrecognized request URL (${method}: ${path}). Please see https://stripe.com/docs or we can help at ` +
    'https://support.stripe.com/.'
  return new StripeError(404, { type: 'invalid_request_error', message }, false)
}

/** Stripe's own failure: the caller cannot know what was done. */
export function internalFailure(): StripeError {
  return new StripeError(500, {
    type: 'api_error',
    message: 'An unknown error occurred. If the problem persists, contact support.',
  })
}

import { json } from '../kernel/http.ts'

/** The documented answer ends the request here; `api()` turns it into a response. */
export class Refusal extends Error {
  override readonly name = 'Refusal'
  readonly status: number
  readonly field: string | undefined
  readonly reason: string
  constructor(description: string, options: { status?: number; field?: string; reason?: string } = {}) {
    super(description)
    this.status = options.status ?? 400
    this.field = options.field
    this.reason = options.reason ?? 'input_validation_failed'
  }
}

export function refuse(description: string, options: { field?: string; reason?: string } = {}): never {
  throw new Refusal(description, options)
}

/** Almost everything a caller gets wrong is HTTP 400 at Razorpay, unknown ids and paths included. */
export function refusalResponse({ message, status, field, reason }: Refusal): Response {
  const error = {
    code: 'BAD_REQUEST_ERROR',
    description: message,
    source: 'business',
    step: 'payment_initiation',
    reason,
    metadata: {},
    ...(field === undefined ? {} : { field }),
  }
  return json(status, { error })
}

export const UNAUTHENTICATED = { error: { code: 'BAD_REQUEST_ERROR', description: 'Authentication failed' } }

/** What Razorpay says with 429 and 5xx. */
export function errorBody(status: number): unknown {
  if (status === 429) {
    const na = { source: 'NA', step: 'NA', reason: 'NA', metadata: {} }
    return { error: { code: 'BAD_REQUEST_ERROR', description: 'Too many requests', ...na } }
  }
  const description =
    'We are facing some trouble completing your request at the moment. Please try again shortly.'
  return {
    error: { code: 'SERVER_ERROR', description, source: 'NA', step: 'NA', reason: 'NA', metadata: {} },
  }
}

import { describeIssue } from './issue-texts.ts'
import type { IssueOperation } from './issues.ts'

/** One entry of `details`: which field, what is wrong with it. */
export interface Detail {
  readonly issue: string
  readonly description?: string
  /** JSON pointer into the body, purchase units addressed as `@reference_id=='…'`; or a header's name. */
  readonly field?: string
  readonly value?: string
  readonly location?: 'body' | 'path' | 'query'
}

export type JsonObject = Record<string, unknown>

/** A refusal in PayPal's own words; thrown by operations, turned into an answer at the edge. */
export class PaypalRefusal extends Error {
  readonly status: number
  readonly details: readonly Detail[]
  /** Only where PayPal's name differs from the status's usual one (the webhook API does this). */
  readonly errorName: string | undefined
  readonly errorMessage: string | undefined

  constructor(status: number, details: readonly Detail[], errorName?: string, errorMessage?: string) {
    super(details[0]?.issue ?? errorName ?? String(status))
    this.name = 'PaypalRefusal'
    this.status = status
    this.details = details
    this.errorName = errorName
    this.errorMessage = errorMessage
  }
}

/** PayPal REST API reference, "API responses": every status has one `name` and one `message`. */
const STATUS_TEXTS: Readonly<Record<number, readonly [name: string, message: string]>> = {
  400: ['INVALID_REQUEST', 'Request is not well-formed, syntactically incorrect, or violates schema.'],
  401: [
    'AUTHENTICATION_FAILURE',
    'Authentication failed due to missing authorization header, or invalid authentication credentials.',
  ],
  403: ['NOT_AUTHORIZED', 'Authorization failed due to insufficient permissions.'],
  404: ['RESOURCE_NOT_FOUND', 'The specified resource does not exist.'],
  405: ['METHOD_NOT_SUPPORTED', 'The server does not implement the requested HTTP method.'],
  409: ['RESOURCE_CONFLICT', 'The server has detected a conflict while processing this request.'],
  413: ['REQUEST_TOO_LARGE', 'The request body is too large.'],
  415: ['UNSUPPORTED_MEDIA_TYPE', 'The server does not support the request payload media type.'],
  422: [
    'UNPROCESSABLE_ENTITY',
    'The requested action could not be performed, semantically incorrect, or failed business validation.',
  ],
  500: ['INTERNAL_SERVER_ERROR', 'An internal server error occurred.'],
}

const DOCS = 'https://developer.paypal.com/api/rest/reference'

/** The REST error body of `refusal`; issue texts are those `operation` documents. */
export function errorBody(
  refusal: PaypalRefusal,
  operation: IssueOperation | undefined,
  debugId: string,
  translate: (detail: Detail) => Detail = (detail) => detail,
): JsonObject {
  const [name, message] = STATUS_TEXTS[refusal.status] ?? ['INTERNAL_SERVER_ERROR', 'Unknown error.']
  const details = refusal.details.map(translate).map((detail) => {
    const description = detail.description ?? describeIssue(detail.issue, operation)
    return { ...detail, ...(description === undefined ? {} : { description }) }
  })
  const page = operation?.startsWith('orders.') === false ? 'payments' : 'orders'
  const issue = details[0]?.issue
  return {
    name: refusal.errorName ?? name,
    message: refusal.errorMessage ?? message,
    debug_id: debugId,
    ...(details.length > 0 ? { details } : {}),
    links:
      issue === undefined
        ? []
        : [{ href: `${DOCS}/${page}/v2/errors/#${issue}`, rel: 'information_link', method: 'GET' }],
  }
}

/** A 422 with one issue: the request was understood and may not be carried out. */
export const unprocessable = (issue: string, at: Omit<Detail, 'issue'> = {}): PaypalRefusal =>
  new PaypalRefusal(422, [{ issue, ...at }])

/** A 400 with one issue: the request breaks the schema. */
export const malformed = (issue: string, at: Omit<Detail, 'issue'> = {}): PaypalRefusal =>
  new PaypalRefusal(400, [{ issue, ...at }])

export const notFound = (): PaypalRefusal => new PaypalRefusal(404, [{ issue: 'INVALID_RESOURCE_ID' }])

export const inProgress = (): PaypalRefusal =>
  new PaypalRefusal(409, [{ issue: 'PREVIOUS_REQUEST_IN_PROGRESS' }])

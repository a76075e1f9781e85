import { errorBody, type JsonObject, PaypalRefusal } from '../errors.ts'

/**
 * Payments v1 refuses by name, without `details` but for a body that breaks the schema (PayPal Payments v1
 * reference, "Errors"; the envelope with `information_link` as paypal/PayPal-PHP-SDK issues 393 and 563 show).
 */
const TEXTS = {
  CURRENCY_NOT_ALLOWED: 'Currency is not supported.',
  DUPLICATE_REQUEST_ID: 'The value of PayPal-Request-Id header has already been used.',
  DUPLICATE_TRANSACTION: 'Duplicate invoice Id detected.',
  FULL_REFUND_NOT_ALLOWED_AFTER_PARTIAL_REFUND:
    'Full refund refused - partial refund has already been done on this payment.',
  INVALID_RESOURCE_ID: 'The requested resource ID was not found.',
  MALFORMED_REQUEST: 'JSON request is malformed.',
  PAYMENT_REQUEST_ID_INVALID: 'PayPal request ID is invalid. Please try a different one.',
  PERMISSION_DENIED: 'No permission for the requested operation.',
  PREVIOUS_REQUEST_IN_PROGRESS:
    'A previous request on this resource is currently in progress. Please wait for some time and try again. ' +
    'It is best to space out the initial and the subsequent request(s) to avoid receiving this error.',
  REFUND_EXCEEDED_TRANSACTION_AMOUNT:
    'Refund refused - the requested refund amount would exceed the amount of transaction being refunded.',
  REFUND_TIME_LIMIT_EXCEEDED: 'This transaction is too old to refund.',
  TRANSACTION_ALREADY_REFUNDED: 'Refund transaction refused - this transaction has already been refunded.',
  TRANSACTION_REFUSED: 'This request was refused.',
  VALIDATION_ERROR: 'Invalid request - see details.',
} as const
export type V1Name = keyof typeof TEXTS

const LINK = 'https://developer.paypal.com/docs/api/payments/#errors'

export const refusedV1 = (name: V1Name): PaypalRefusal => new PaypalRefusal(400, [], name)

export const invalidField = (field: string, issue: string): PaypalRefusal =>
  new PaypalRefusal(400, [{ field, issue }], 'VALIDATION_ERROR')

/** What the shared edge refuses, by the names v1 has for it. */
const SHARED: Readonly<Record<string, V1Name>> = {
  INVALID_RESOURCE_ID: 'INVALID_RESOURCE_ID',
  INVALID_STRING_LENGTH: 'PAYMENT_REQUEST_ID_INVALID',
  MALFORMED_REQUEST_JSON: 'MALFORMED_REQUEST',
  PERMISSION_DENIED: 'PERMISSION_DENIED',
  PREVIOUS_REQUEST_IN_PROGRESS: 'PREVIOUS_REQUEST_IN_PROGRESS',
}

const isV1Name = (name: string): name is V1Name => Object.hasOwn(TEXTS, name)

export function paymentsV1Body(refusal: PaypalRefusal, debugId: string): JsonObject {
  const name = refusal.errorName ?? SHARED[refusal.details[0]?.issue ?? '']
  // A missing bearer token is refused by the gateway, in the words of every API.
  if (name === undefined || !isV1Name(name)) return errorBody(refusal, undefined, debugId)
  return {
    name,
    message: TEXTS[name],
    information_link: LINK,
    debug_id: debugId,
    ...(name === 'VALIDATION_ERROR' ? { details: refusal.details } : {}),
  }
}

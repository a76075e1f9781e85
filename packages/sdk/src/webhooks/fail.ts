import type { ClientErrorCode } from '../error-codes.ts'
import { WebhookVerificationError } from '../errors.ts'

/** Messages never contain a secret or a signature. */
export function fail(code: ClientErrorCode, message: string, cause?: unknown): WebhookVerificationError {
  return new WebhookVerificationError({ code, message, cause })
}

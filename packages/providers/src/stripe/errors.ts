import type { DeclineReason, RejectReason } from '@onerouter/core'
import type { Refusal } from '../classify.ts'
import { redactText } from '../redact.ts'
import type { Failure } from '../spec.ts'
import type { StripeContext } from './call.ts'
import { DECLINES, REFUND_FAILURES, REJECTIONS, UNDECIDED } from './error-codes.ts'
import { fields, readError, type WireError } from './wire.ts'

/** Stripe documentation, "Decline codes": the payer must not learn these, so nobody downstream does. */
const HIDDEN: ReadonlySet<string> = new Set([
  'fraudulent',
  'lost_card',
  'lost_or_stolen_card',
  'merchant_blacklist',
  'stolen_card',
])
const HIDDEN_AS: Failure = {
  reason: 'card_declined',
  providerCode: 'generic_decline',
  message: 'The card was declined.',
}
const MESSAGE_LENGTH_MAX = 300

const DECLINE_BY_CODE = byCode(DECLINES)
const REJECT_BY_CODE = byCode(REJECTIONS)
const REFUND_FAILURE_BY_CODE = byCode(REFUND_FAILURES)
const UNDECIDED_CODES: ReadonlySet<string> = new Set(UNDECIDED.split(' '))

/** How Stripe's word is understood; `undefined` = a code the table does not list. */
export function meaningOfCode(
  code: string,
): { readonly declined: DeclineReason } | { readonly rejected: RejectReason } | 'undecided' | undefined {
  if (UNDECIDED_CODES.has(code)) return 'undecided'
  const declined = DECLINE_BY_CODE.get(code)
  if (declined !== undefined) return { declined }
  const rejected = REJECT_BY_CODE.get(code)
  return rejected === undefined ? undefined : { rejected }
}

/**
 * A refusal whose meaning Stripe documents; `undefined` leaves the outcome unknown. The error's `type` is
 * definitive by itself (API reference, "Errors"): `card_error` and `invalid_request_error` mean nothing was done.
 */
export function readRefusal(
  ctx: Pick<StripeContext, 'credentials' | 'send'>,
  body: unknown,
  status: number,
): Refusal | undefined {
  const error = readError(fields(body)?.error)
  // 401 and 403 speak of the key, which the classifier words itself; 409 and 424 do not say whether it acted.
  if (error === null || [401, 403, 409, 424].includes(status)) return undefined
  const meaning = error.code === null ? undefined : meaningOfCode(error.code)
  if (meaning === 'undecided') return undefined
  if (error.type === 'card_error' || status === 402) {
    const failure = failureOf(error, secretsOf(ctx))
    return {
      kind: 'declined',
      reason: failure.reason,
      providerCode: failure.providerCode ?? 'card_error',
      message: failure.message,
    }
  }
  // The key belongs to other parameters: on a re-send the earlier request may have acted.
  if (error.type === 'idempotency_error' && ctx.send === 'later') return undefined
  if (error.type !== 'invalid_request_error' && error.type !== 'idempotency_error') return undefined
  return {
    kind: 'rejected',
    reason: meaning !== undefined && 'rejected' in meaning ? meaning.rejected : rejectedBy(error, status),
    providerCode: error.code,
    message: publicMessage(error.message, 'Stripe refused the request.', secretsOf(ctx)),
  }
}

/** A refusal without a listed code is explained by the parameter it names. */
function rejectedBy(error: WireError, status: number): RejectReason {
  if (status === 404) return 'not_found'
  if (error.param === 'amount' || error.param === 'amount_to_capture') return 'amount'
  return error.param === 'currency' ? 'currency' : 'bad_request'
}

/** A declined try, as an error body or a PaymentIntent's `last_payment_error` tells it. */
export function failureOf(error: WireError, secrets: readonly string[] = []): Failure {
  const codes = [error.declineCode, error.code].filter((code) => code !== null)
  if (codes.some((code) => HIDDEN.has(code))) return HIDDEN_AS
  const reason = codes.map((code) => DECLINE_BY_CODE.get(code)).find((found) => found !== undefined)
  return {
    reason: reason ?? 'other',
    providerCode: codes[0] ?? null,
    message: publicMessage(error.message, 'The payment was declined.', secrets),
  }
}

export function refundFailureOf(code: string): Failure {
  if (HIDDEN.has(code)) return { ...HIDDEN_AS, message: 'The bank refused the refund.' }
  return {
    reason: REFUND_FAILURE_BY_CODE.get(code) ?? 'other',
    providerCode: code,
    message: 'The bank refused the refund.',
  }
}

export function secretsOf({ credentials }: Pick<StripeContext, 'credentials'>): readonly string[] {
  return [credentials.secret_key, credentials.webhook_secret ?? ''].filter((secret) => secret !== '')
}

function publicMessage(message: string, fallback: string, secrets: readonly string[]): string {
  return message === '' ? fallback : redactText(message, secrets).slice(0, MESSAGE_LENGTH_MAX)
}

function byCode<R extends string>(table: Readonly<Partial<Record<R, string>>>): ReadonlyMap<string, R> {
  // Object.entries forgets that the keys of the table are R.
  const rows = Object.entries(table) as [R, string][]
  return new Map(rows.flatMap(([reason, codes]) => codes.split(' ').map((code) => [code, reason] as const)))
}

import { parseBody, type Refusal } from '../classify.ts'
import { redactText } from '../redact.ts'
import type { Failure, HttpResult } from '../spec.ts'
import { declineOf, verdictOfReason } from './reasons.ts'
import { type Verdict, verdictOfText } from './refusal-texts.ts'
import { isRecord, type Payment, textOf } from './wire.ts'

/** A refusal that Razorpay documents. */
export interface Issue {
  readonly verdict: Verdict
  /** The reason where one is given, else Razorpay's class of error. */
  readonly code: string
  readonly message: string
}

const MESSAGE_MAX = 300

/**
 * The documented refusal in an answer; `undefined` for answers that are none. `GATEWAY_ERROR` and
 * `SERVER_ERROR` tell of trouble further on and prove nothing, even with status 400; nor does an answer of
 * the gateway before Razorpay's API, which carries a `message` but no `error`.
 */
export function issueOf(result: HttpResult, secrets: readonly string[]): Issue | undefined {
  if (!result.ok || result.response.status < 400 || result.response.status >= 500) return undefined
  const body = parseBody(result.response.text)
  const error = isRecord(body) && isRecord(body.error) ? body.error : undefined
  if (error?.code !== 'BAD_REQUEST_ERROR') return undefined
  const description = textOf(error.description) ?? ''
  const reason = textOf(error.reason)
  const verdict = verdictOfText(description) ?? (reason === null ? undefined : verdictOfReason(reason))
  if (verdict === undefined) return undefined
  return {
    verdict,
    code: reason ?? 'BAD_REQUEST_ERROR',
    message: redactText(description, secrets).slice(0, MESSAGE_MAX),
  }
}

/**
 * What the issue means where nobody looks further; `undefined` = it is not known whether anything happened.
 */
export function refusalOf(issue: Issue): Refusal | undefined {
  const { verdict } = issue
  return verdict.kind === 'rejected' || verdict.kind === 'look'
    ? { kind: 'rejected', reason: verdict.reason, providerCode: issue.code, message: issue.message }
    : undefined
}

/** Why a failed try failed; the payer may try again on the same order. */
export function failureOf(payment: Payment): Failure {
  const code = payment.errorReason ?? payment.errorCode
  return {
    reason: (code === null ? undefined : declineOf(code)) ?? 'other',
    providerCode: code,
    message: 'Razorpay could not take the payment.',
  }
}

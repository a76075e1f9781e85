import type { ErrorCode } from '@onerouter/core'
import { ApiError } from '@onerouter/core'
import type { OperationRow, PaymentRow, RefundRow } from '../store/rows.ts'
import type { Answer } from '../store/settle.ts'
import type { Engine } from './ports.ts'
import { paymentText, presentPayment, presentRefund } from './present.ts'

/** Whether an answer may be frozen for replays, must be given anew, or gives its idempotency key back. */
export interface Answered {
  readonly answer: Answer
  readonly keep: 'freeze' | 'open' | 'release'
}

/**
 * What the request that started `operation` is answered, from the state of things. Pure but for rendering, so
 * the first answer and a replay made after a crash are the same.
 */
export function answerFor(
  engine: Pick<Engine, 'problem'>,
  operation: OperationRow,
  payment: PaymentRow,
  refund: RefundRow | null,
  requestId: string,
): Answered {
  const body = refund === null ? paymentText(payment) : JSON.stringify(presentRefund(refund))
  const made = operation.kind === 'charge' || operation.kind === 'refund' ? 201 : 200
  const refuse = (code: ErrorCode, keep: Answered['keep']): Answered => ({
    answer: engine.problem(refusal(code, operation, payment), requestId),
    keep,
  })
  switch (operation.state) {
    case 'exposed':
    case 'succeeded':
    case 'canceled':
    case 'expired':
      return { answer: { status: made, body }, keep: 'freeze' }
    case 'declined':
      return operation.failure === null
        ? { answer: { status: made, body }, keep: 'freeze' }
        : refuse('payment_declined', 'freeze')
    case 'rejected':
      return refuse(rejectionCode(operation), 'freeze')
    case 'not_sent':
    case 'absent':
    case 'abandoned':
    case 'late_succeeded':
    case 'compensating':
    case 'compensated':
      return refuse('provider_unavailable', 'release')
    case 'sent':
    case 'unknown':
    case 'needs_review':
      return { answer: { status: 202, body }, keep: 'open' }
  }
}

function rejectionCode(operation: OperationRow): ErrorCode {
  return operation.failure?.code === 'invalid_state' ? 'invalid_state' : 'provider_rejected'
}

function refusal(code: ErrorCode, operation: OperationRow, payment: PaymentRow): ApiError {
  const failure = operation.failure
  const message =
    failure?.message ??
    'The provider could not be reached and nothing has happened. The same request may be sent again.'
  return new ApiError(code, message, {
    provider: operation.provider,
    payment: presentPayment(payment),
    ...(failure?.provider_code != null && { provider_code: failure.provider_code }),
    ...(failure?.decline_reason != null && { decline_reason: failure.decline_reason }),
  })
}

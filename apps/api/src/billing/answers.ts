import { ApiError, type ErrorCode } from '@onerouter/core'
import type { Answered } from '../engine/answers.ts'
import type { Engine } from '../engine/ports.ts'
import { presentSubscription } from './present.ts'
import type { SubscriptionOperationRow, SubscriptionRow } from './rows.ts'

/**
 * What the request that made a call is answered, from the state of things: the first answer and a replay after a
 * crash are the same. A key is given back only when nothing has happened under it.
 */
export function answerForOperation(
  engine: Pick<Engine, 'problem'>,
  operation: SubscriptionOperationRow,
  row: SubscriptionRow,
  requestId: string,
): Answered {
  const body = JSON.stringify(presentSubscription(row))
  const refuse = (code: ErrorCode, keep: Answered['keep']): Answered => ({
    answer: engine.problem(refusal(code, operation, row), requestId),
    keep,
  })
  switch (operation.state) {
    case 'succeeded':
    case 'scheduled':
    case 'canceled':
      return { answer: { status: operation.kind === 'create' ? 201 : 200, body }, keep: 'freeze' }
    case 'declined':
      return refuse('payment_declined', 'freeze')
    case 'rejected':
      return refuse(
        operation.failure?.code === 'invalid_state' ? 'invalid_state' : 'provider_rejected',
        'freeze',
      )
    case 'not_sent':
    case 'absent':
    case 'abandoned':
      return refuse('provider_unavailable', 'release')
    case 'sent':
    case 'unknown':
    case 'needs_review':
      return { answer: { status: 202, body }, keep: 'open' }
  }
}

function refusal(code: ErrorCode, operation: SubscriptionOperationRow, row: SubscriptionRow): ApiError {
  const { failure } = operation
  const message =
    failure?.message ??
    'The provider could not be reached and nothing has happened. The same request may be sent again.'
  return new ApiError(code, message, {
    provider: operation.provider,
    ...(failure?.provider_code != null && { provider_code: failure.provider_code }),
    ...(failure?.decline_reason != null && { decline_reason: failure.decline_reason }),
    extra: { subscription: presentSubscription(row) },
  })
}

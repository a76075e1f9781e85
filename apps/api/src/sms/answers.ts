import { ApiError, type SmsFailure } from '@onerouter/core'
import type { Answered } from '../engine/answers.ts'
import type { Engine } from '../engine/ports.ts'
import { presentSms } from './present.ts'
import type { SmsRow } from './row.ts'

/** The member of the request that a refusal is about; `null` = none in particular. */
const POINTER = {
  invalid_recipient: '/to',
  recipient_opted_out: '/to',
  recipient_unreachable: '/to',
  undeliverable: '/to',
  invalid_sender: '/from',
  invalid_content: '/body',
  filtered: '/body',
  not_permitted: null,
  account_problem: null,
  bad_credentials: null,
  limit_exceeded: null,
  canceled: null,
  not_sent: null,
  other: null,
} as const satisfies Record<SmsFailure, string | null>

/**
 * What the request that asked for a message is answered, from the state of things: the first answer and a
 * replay after a crash are the same. A key is given back only when nothing can have been sent under it.
 */
export function answerForSms(engine: Pick<Engine, 'problem'>, sms: SmsRow, requestId: string): Answered {
  const body = JSON.stringify(presentSms(sms))
  switch (sms.send_state) {
    case 'accepted':
    // Its search found nothing, which is no leave to send it again under the same key.
    case 'absent':
      return { answer: { status: 201, body }, keep: 'freeze' }
    case 'rejected':
      return { answer: engine.problem(refusal(sms), requestId), keep: 'freeze' }
    case 'not_sent':
      return { answer: engine.problem(unavailable(sms), requestId), keep: 'release' }
    case 'sent':
    case 'unknown':
    case 'needs_review':
      return { answer: { status: 202, body }, keep: 'open' }
  }
}

function refusal(sms: SmsRow): ApiError {
  const failure = sms.failure ?? { code: 'other' as const, message: 'Not sent.', provider_code: null }
  const pointer = POINTER[failure.code]
  return new ApiError('provider_rejected', failure.message, {
    provider: sms.provider,
    decline_reason: failure.code,
    ...(failure.provider_code !== null && { provider_code: failure.provider_code }),
    ...(pointer !== null && { errors: [{ pointer, detail: failure.message }] }),
    extra: { sms: presentSms(sms) },
  })
}

function unavailable(sms: SmsRow): ApiError {
  return new ApiError(
    'provider_unavailable',
    'The provider could not take the message now, and nothing was sent. The same request may be sent again.',
    { provider: sms.provider, extra: { sms: presentSms(sms) } },
  )
}

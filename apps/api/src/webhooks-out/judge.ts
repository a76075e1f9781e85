import type { ClaimedDelivery, DeliveryState } from '../store/deliveries.ts'
import { nextTryMs } from './schedule.ts'

/** Why a try got no 2xx. Closed: the log, the API and the documentation speak of these and no others. */
export const ATTEMPT_ERRORS = {
  refused_address: 'The address is one that webhooks are not sent to.',
  dns: 'The name could not be resolved.',
  connect: 'No connection came about.',
  tls: 'The certificate or the TLS handshake did not hold.',
  timeout: 'No answer came in time.',
  connection: 'The connection broke before an answer came.',
  protocol: 'The answer was not understandable HTTP.',
  redirect: 'The receiver answered with a redirect, which is never followed.',
  status: 'The receiver answered with an error status.',
  gone: 'The receiver answered 410: it wants no more.',
  interrupted: 'The process ended during the try; whether it arrived is not known.',
} as const
export type AttemptError = Exclude<keyof typeof ATTEMPT_ERRORS, 'interrupted'>

/** What one try came to. */
export interface Outcome {
  readonly status: number | null
  readonly error: AttemptError | null
  readonly detail: string | null
  readonly body: string | null
  readonly address: string | null
  readonly retryAfterMs: number | null
}

export interface Verdict {
  readonly state: DeliveryState
  readonly step: number
  readonly dueMs: number | null
}

/** A wrong certificate is not repaired within seconds. */
const TLS_STEP_MIN = 2

/** How it goes on after a try. A refusal that time cannot change is final at once. */
export function judge(
  delivery: Pick<ClaimedDelivery, 'step' | 'trigger'>,
  outcome: Outcome,
  random: () => number,
): Verdict {
  const { error } = outcome
  const step = delivery.step + 1
  if (error === null) return { state: 'delivered', step, dueMs: null }
  if (error === 'gone' || error === 'refused_address' || delivery.trigger === 'test') {
    return { state: 'failed', step, dueMs: null }
  }
  const place = error === 'tls' ? Math.max(TLS_STEP_MIN, delivery.step) : delivery.step
  const dueMs = nextTryMs(place, random(), outcome.retryAfterMs)
  return dueMs === null
    ? { state: 'failed', step, dueMs: null }
    : { state: 'pending', step: place + 1, dueMs }
}

/** What a status means: only 2xx is delivered, and a redirect never is. */
export function errorOfStatus(status: number): AttemptError | null {
  if (status >= 200 && status < 300) return null
  if (status >= 300 && status < 400) return 'redirect'
  return status === 410 ? 'gone' : 'status'
}

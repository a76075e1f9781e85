/** The way to a provider and back: everything that can happen to one request. */
import type { Outcome } from '@onerouter/core'
import type { HttpResult } from '@onerouter/providers'
import { classify } from '@onerouter/providers'
import type { Choices } from './choices.ts'
import type { Reply } from './providers/book.ts'
import type { Swarm } from './swarm.ts'

export interface NetworkWorld {
  readonly choices: Choices
  readonly swarm: Swarm
  readonly at: (delayMs: number, run: () => void) => () => void
  readonly mark: (name: string) => void
  readonly trace: (from: string, to: string, text: string) => void
  /** Whether the provider can be reached at all now. */
  readonly isDown: (provider: string) => boolean
}

export interface Request<T> {
  readonly provider: string
  readonly send: 'first' | 'later'
  readonly verb: string
  /** What the provider does; run once per arrival. */
  readonly effect: () => Reply<T>
  /** The provider answered 500 after the effect. */
  readonly erred?: () => void
}

const TIMEOUT_MS = 30_000
/** No request lives longer on its way: what `IN_FLIGHT_MS` of the engine promises. */
const LATE_MAX_MS = 80_000

/** Sends a request. `settle` is called with what the caller sees, at most once. */
export function exchange<T>(world: NetworkWorld, request: Request<T>, settle: (outcome: Outcome<T>) => void) {
  const { choices, swarm, at, mark } = world
  let settled = false
  let relax = () => {}
  const answer = (afterMs: number, result: HttpResult, reply: Reply<T> | null, word: string) =>
    at(afterMs, () => {
      if (settled) return
      settled = true
      relax()
      world.trace(request.provider, 'router', `${request.verb}: ${word}`)
      settle(outcomeOf(request, result, reply))
    })
  const status = (code: number, text = ''): HttpResult => ({
    ok: true,
    response: { status: code, headers: {}, text },
  })
  relax = answer(TIMEOUT_MS, { ok: false, sent: true, reason: 'timeout' }, null, 'no answer')
  const latency = choices.range(5, 300)
  if (choices.chance(swarm.refuse)) {
    mark('refused')
    answer(latency, { ok: false, sent: false, reason: 'connect' }, null, 'refused')
    return
  }
  if (world.isDown(request.provider)) return mark('provider_down')
  if (choices.chance(swarm.rateLimited)) return void answer(latency, status(429), null, '429')
  if (choices.chance(swarm.errorBefore)) return void answer(latency, status(500), null, '500, nothing done')
  if (choices.chance(swarm.dropRequest)) return mark('request_lost')
  const arrive = () => {
    const reply = request.effect()
    world.trace('router', request.provider, `${request.verb} → ${reply.kind}`)
    deliver(world, request, reply, answer, status)
  }
  if (choices.chance(swarm.lateRequest)) {
    mark('request_late')
    at(choices.range(TIMEOUT_MS, TIMEOUT_MS + LATE_MAX_MS), arrive)
  } else at(latency, arrive)
  if (choices.chance(swarm.duplicateRequest)) {
    mark('request_doubled')
    at(choices.range(5, TIMEOUT_MS), arrive)
  }
}

function deliver<T>(
  { choices, swarm, mark }: NetworkWorld,
  request: Request<T>,
  reply: Reply<T>,
  answer: (afterMs: number, result: HttpResult, reply: Reply<T> | null, word: string) => () => void,
  status: (code: number, text?: string) => HttpResult,
): void {
  const backMs = choices.range(1, 200)
  if (reply.kind === 'error') return void answer(backMs, status(500), null, '500')
  if (choices.chance(swarm.dropResponse)) return mark('answer_lost')
  if (choices.chance(swarm.errorAfter)) {
    mark('error_after_effect')
    request.erred?.()
    return void answer(backMs, status(502), null, '502 after it was done')
  }
  if (choices.chance(swarm.reset)) {
    mark('reset_after_effect')
    return void answer(backMs, { ok: false, sent: true, reason: 'reset' }, null, 'reset')
  }
  if (choices.chance(swarm.truncated)) {
    mark('truncated')
    return void answer(backMs, status(200, '{"id": "tr'), null, 'cut off')
  }
  if (choices.chance(swarm.lateResponse)) {
    return void answer(choices.range(1_000, 60_000), status(CODE[reply.kind]), reply, reply.kind)
  }
  answer(backMs, status(CODE[reply.kind]), reply, reply.kind)
}

const CODE = { ok: 200, refused: 422, declined: 402, error: 500 } as const

/** The product's own classifier decides what the signal means. */
function outcomeOf<T>(request: Request<T>, result: HttpResult, reply: Reply<T> | null): Outcome<T> {
  return classify<T>(request, result, {
    success: () => (reply?.kind === 'ok' ? reply.value : undefined),
    refusal: () => {
      if (reply?.kind === 'declined') {
        return { kind: 'declined', reason: 'card_declined', providerCode: 'declined', message: 'Declined.' }
      }
      return reply?.kind === 'refused'
        ? { kind: 'rejected', reason: reply.reason, providerCode: reply.reason, message: 'Refused.' }
        : undefined
    },
  })
}

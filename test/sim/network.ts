/** The way to a provider and back: everything that can happen to one request. */
import type { Outcome } from '@onerouter/core'
import type { HttpResult } from '@onerouter/providers'
import { classify } from '@onerouter/providers'
import type { Loop, Timer } from './loop.ts'
import type { Mark, Trace } from './marks.ts'
import type { Reply } from './providers/book.ts'
import { type Dice, happens } from './swarm.ts'

export interface NetworkWorld extends Dice {
  readonly at: Loop['at']
  readonly mark: (name: Mark) => void
  readonly trace?: Trace | undefined
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
  const { choices, at, mark } = world
  let settled = false
  let giveUp: Timer | null = null
  const answer = (afterMs: number, result: HttpResult, reply: Reply<T> | null, word: string) =>
    at(afterMs, () => {
      if (settled) return
      settled = true
      if (giveUp !== null) giveUp.run = null
      world.trace?.(request.provider, 'router', `${request.verb}: ${word}`)
      settle(outcomeOf(request, result, reply))
    })
  const status = (code: number, text = ''): HttpResult => ({
    ok: true,
    response: { status: code, headers: {}, text },
  })
  giveUp = answer(TIMEOUT_MS, { ok: false, sent: true, reason: 'timeout' }, null, 'no answer')
  const latency = choices.range(5, 300)
  if (happens(world, 'refuse')) {
    answer(latency, { ok: false, sent: false, reason: 'connect' }, null, 'refused')
    return
  }
  if (world.isDown(request.provider)) {
    mark('provider_down')
    // What piled up in front of it is worked off when it comes back, whoever still waits for that.
    if (!choices.chance(0.5)) return
    return void at(choices.range(TIMEOUT_MS, TIMEOUT_MS + LATE_MAX_MS), () => {
      if (!world.isDown(request.provider)) request.effect()
    })
  }
  if (happens(world, 'rateLimited')) return void answer(latency, status(429), null, '429')
  if (happens(world, 'errorBefore')) return void answer(latency, status(500), null, '500, nothing done')
  if (happens(world, 'dropRequest')) return
  const arrive = () => {
    const reply = request.effect()
    const isDark = world.isDown(request.provider)
    world.trace?.('router', request.provider, `${request.verb} → ${isDark ? 'done in the dark' : reply.kind}`)
    // Whatever goes dark in the middle keeps what it has done, and says nothing.
    if (isDark) return
    deliver(world, request, reply, answer, status)
  }
  if (happens(world, 'lateRequest')) at(choices.range(TIMEOUT_MS, TIMEOUT_MS + LATE_MAX_MS), arrive)
  else at(latency, arrive)
  if (happens(world, 'duplicateRequest')) at(choices.range(5, TIMEOUT_MS), arrive)
}

function deliver<T>(
  world: NetworkWorld,
  request: Request<T>,
  reply: Reply<T>,
  answer: (afterMs: number, result: HttpResult, reply: Reply<T> | null, word: string) => Timer,
  status: (code: number, text?: string) => HttpResult,
): void {
  const { choices } = world
  const backMs = choices.range(1, 200)
  if (reply.kind === 'error') return void answer(backMs, status(500), null, '500')
  if (happens(world, 'dropResponse')) return
  if (happens(world, 'errorAfter')) {
    request.erred?.()
    return void answer(backMs, status(502), null, '502 after it was done')
  }
  if (happens(world, 'reset')) {
    return void answer(backMs, { ok: false, sent: true, reason: 'reset' }, null, 'reset')
  }
  if (happens(world, 'truncated')) return void answer(backMs, status(200, '{"id": "tr'), null, 'cut off')
  if (happens(world, 'wrongType')) return void answer(backMs, status(200, '<html>'), null, 'HTML')
  const late = happens(world, 'lateResponse')
  answer(late ? choices.range(1_000, 60_000) : backMs, status(CODE[reply.kind]), reply, reply.kind)
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

/** Hands events to a local server as OneRouter's own deliveries would: signed, one object's events in order. */
import { OneRouter } from 'onerouter'
import { usageError, type World } from './command.ts'
import { objectOf, type WireEvent } from './events-feed.ts'

export type Forwarded = {
  readonly event: WireEvent
  /** What the local server answered; `null` when it could not be reached. */
  readonly status: number | null
  readonly durationMs: number
  readonly problem: string | null
  /** It will be tried again. */
  readonly again: boolean
}

export interface Forwarding {
  readonly world: Pick<World, 'fetch' | 'now' | 'sleep' | 'stop'>
  readonly url: string
  /** `whsec_…` */
  readonly secret: string
  readonly trigger: 'auto' | 'manual'
  report(forwarded: Forwarded): void
}

const ANSWER_WITHIN_MS = 15_000
/** A server that restarts is back by then. */
const REACHABLE_WITHIN_MS = 60_000
const FIRST_DELAY_MS = 250
const LONGEST_DELAY_MS = 4_000
const AT_ONCE = 16
/** So many may wait; then reading on waits too. */
const WAITING_MAX = 1_000

/** Delivers one event; a server that cannot be reached is tried again for a minute, an answer is final. */
export async function forwardOne(forwarding: Forwarding, event: WireEvent): Promise<Forwarded> {
  const { world } = forwarding
  const begunMs = world.now()
  for (let attempt = 1; ; attempt++) {
    const result = await tryOnce(forwarding, event, attempt)
    const delayMs = Math.min(LONGEST_DELAY_MS, FIRST_DELAY_MS * 2 ** (attempt - 1))
    const over = world.stop.aborted || world.now() + delayMs - begunMs > REACHABLE_WITHIN_MS
    const again = result.status === null && !over
    // The first failure is worth a line; the ones after it say nothing new.
    if (!again || attempt === 1) forwarding.report({ ...result, again })
    if (!again) return { ...result, again }
    await world.sleep(delayMs)
  }
}

async function tryOnce(
  { world, url, secret, trigger }: Forwarding,
  event: WireEvent,
  attempt: number,
): Promise<Omit<Forwarded, 'again'>> {
  const startedMs = world.now()
  const { body, headers } = await OneRouter.webhooks.signTest({
    event: JSON.stringify(event),
    secret,
    id: event.id,
    timestamp: Math.floor(startedMs / 1000),
  })
  const ended = (status: number | null, problem: string | null) => {
    return { event, status, problem, durationMs: Math.max(0, Math.round(world.now() - startedMs)) }
  }
  try {
    const response = await world.fetch(url, {
      method: 'POST',
      body,
      headers: {
        ...headers,
        'content-type': 'application/json; charset=utf-8',
        'user-agent': 'OneRouter-Webhooks/1',
        'onerouter-delivery-attempt': String(attempt),
        'onerouter-delivery-trigger': trigger,
      },
      redirect: 'manual',
      signal: AbortSignal.any([world.stop, AbortSignal.timeout(ANSWER_WITHIN_MS)]),
    })
    await response.body?.cancel()
    return ended(response.status, response.ok ? null : `answered ${response.status}`)
  } catch (error) {
    return ended(null, reasonOf(error))
  }
}

export interface Forwarder {
  /** Takes an event; it goes out after the earlier ones of its object. */
  take(event: WireEvent): void
  /** Resolves as soon as more may be taken. */
  room(): Promise<void>
  /** Resolves when everything taken has ended. */
  idle(): Promise<void>
}

/** Objects side by side, each object's events one after the other. */
export function createForwarder(forwarding: Forwarding): Forwarder {
  const lanes = new Map<string, WireEvent[]>()
  const turns: (() => void)[] = []
  const watchers: (() => void)[] = []
  let waiting = 0
  let busy = 0

  const turn = async (): Promise<void> => {
    if (busy < AT_ONCE) busy += 1
    else await new Promise<void>((resolve) => turns.push(resolve))
  }
  const passTurn = (): void => {
    const next = turns.shift()
    if (next === undefined) busy -= 1
    else next()
  }
  const drain = async (key: string, lane: WireEvent[]): Promise<void> => {
    for (let event = lane[0]; event !== undefined; event = lane[0]) {
      await turn()
      if (!forwarding.world.stop.aborted) await forwardOne(forwarding, event)
      passTurn()
      waiting -= 1
      lane.shift()
      for (const told of watchers.splice(0)) told()
    }
    lanes.delete(key)
  }
  const oneLess = (): Promise<void> => new Promise((resolve) => watchers.push(resolve))
  return {
    take(event) {
      waiting += 1
      const key = objectOf(event)
      const lane = lanes.get(key)
      if (lane !== undefined) {
        lane.push(event)
        return
      }
      const fresh = [event]
      lanes.set(key, fresh)
      void drain(key, fresh)
    },
    async room() {
      while (waiting > WAITING_MAX) await oneLess()
    },
    async idle() {
      while (waiting > 0) await oneLess()
    },
  }
}

/** `localhost:4000/hooks`, a bare port, or an address. @throws CommandError */
export function forwardUrl(text: string): string {
  const full = /^\d{1,5}(\/|$)/.test(text)
    ? `http://localhost:${text}`
    : /^https?:\/\//i.test(text)
      ? text
      : `http://${text}`
  const url = URL.canParse(full) ? new URL(full) : undefined
  if (url === undefined || url.username !== '' || url.password !== '') {
    throw usageError(`--forward-to must be an address such as localhost:4000/hooks, not "${text}".`)
  }
  url.hash = ''
  return url.href
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.name === 'TimeoutError') return `no answer within ${ANSWER_WITHIN_MS / 1000} s`
  const { cause } = error
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? String(cause.code) : undefined
  return code === 'ECONNREFUSED' ? 'nothing listens there' : (code ?? error.message)
}

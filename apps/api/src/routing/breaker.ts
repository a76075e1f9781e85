import type { Outcome } from '@onerouter/core'
import type { Health } from './payment.ts'

/**
 * Circuit breakers, one per provider credential. They live in this process and are fed by what its own calls came to;
 * several processes each find out for themselves, within a few calls.
 */
export interface Breakers {
  /** `half_open` is answered to one payment at a time. */
  health(key: string, nowMs: number): Health
  /** A payment that found it `half_open` goes there: nobody else does until it is known what came of it. */
  probe(key: string, nowMs: number): void
  note(key: string, healthy: boolean, nowMs: number): void
  /** How every known one stands. */
  all(nowMs: number): readonly { readonly key: string; readonly health: Health }[]
}

export const BREAKER = {
  /** What is counted: the calls of the last minute, in slices. */
  sliceMs: 10_000,
  slices: 6,
  /** So many failures in a row open it at once. */
  failuresInRow: 5,
  /** Or this share of the window's calls, once there are enough of them to speak of a share. */
  callsMin: 20,
  failureShare: 0.2,
  /** How long it stays open; doubled for every time it opens again before it has been well for a while. */
  openMs: 30_000,
  openMsMax: 300_000,
  wellMs: 300_000,
  /** Probes that must succeed, one after another. */
  probes: 5,
  /** A probe of which nothing was heard is forgotten: longer than any call lasts. */
  probeMs: 60_000,
} as const

const KEYS_MAX = 10_000

interface Slice {
  readonly at: number
  ok: number
  failed: number
}

interface Breaker {
  state: Health
  slices: Slice[]
  inRow: number
  openedMs: number
  openForMs: number
  closedMs: number
  probesOk: number
  probingSinceMs: number | null
}

export function createBreakers(): Breakers {
  const all = new Map<string, Breaker>()
  return {
    health(key, nowMs) {
      const breaker = all.get(key)
      if (breaker === undefined || breaker.state === 'closed') return 'closed'
      if (breaker.state === 'open') {
        if (nowMs < breaker.openedMs + breaker.openForMs) return 'open'
        breaker.state = 'half_open'
        breaker.probesOk = 0
        breaker.probingSinceMs = null
      }
      const since = breaker.probingSinceMs
      return since !== null && nowMs - since < BREAKER.probeMs ? 'open' : 'half_open'
    },
    probe(key, nowMs) {
      const breaker = all.get(key)
      if (breaker?.state === 'half_open') breaker.probingSinceMs = nowMs
    },
    note(key, healthy, nowMs) {
      const breaker = all.get(key) ?? fresh()
      if (!all.has(key)) {
        if (all.size >= KEYS_MAX) for (const oldest of all.keys()) if (all.delete(oldest)) break
        all.set(key, breaker)
      }
      if (breaker.state === 'closed') count(breaker, healthy, nowMs)
      else if (breaker.state === 'half_open') judgeProbe(breaker, healthy, nowMs)
    },
    all: (nowMs) => [...all].map(([key, breaker]) => ({ key, health: shown(breaker, nowMs) })),
  }
}

/** An open one whose time is over waits for the next payment to try it. */
function shown({ state, openedMs, openForMs }: Breaker, nowMs: number): Health {
  return state === 'open' && nowMs >= openedMs + openForMs ? 'half_open' : state
}

const fresh = (): Breaker => ({
  state: 'closed',
  slices: [],
  inRow: 0,
  openedMs: 0,
  openForMs: 0,
  closedMs: Number.NEGATIVE_INFINITY,
  probesOk: 0,
  probingSinceMs: null,
})

function count(breaker: Breaker, healthy: boolean, nowMs: number): void {
  const at = Math.floor(nowMs / BREAKER.sliceMs)
  breaker.slices = breaker.slices.filter((slice) => slice.at > at - BREAKER.slices)
  let slice = breaker.slices.find((one) => one.at === at)
  if (slice === undefined) {
    slice = { at, ok: 0, failed: 0 }
    breaker.slices.push(slice)
  }
  if (healthy) slice.ok += 1
  else slice.failed += 1
  breaker.inRow = healthy ? 0 : breaker.inRow + 1
  if (healthy) return
  const failed = breaker.slices.reduce((sum, one) => sum + one.failed, 0)
  const calls = breaker.slices.reduce((sum, one) => sum + one.ok, failed)
  const share = calls >= BREAKER.callsMin && failed >= calls * BREAKER.failureShare
  if (share || breaker.inRow >= BREAKER.failuresInRow) open(breaker, nowMs)
}

function judgeProbe(breaker: Breaker, healthy: boolean, nowMs: number): void {
  breaker.probingSinceMs = null
  breaker.probesOk = healthy ? breaker.probesOk + 1 : 0
  if (!healthy) open(breaker, nowMs)
  if (breaker.probesOk < BREAKER.probes) return
  breaker.state = 'closed'
  breaker.closedMs = nowMs
  breaker.slices = []
  breaker.inRow = 0
}

function open(breaker: Breaker, nowMs: number): void {
  // A fresh breaker has never been closed by probes; one that was well for a while counts as fresh.
  const well = breaker.state === 'closed' && nowMs - breaker.closedMs >= BREAKER.wellMs
  const longer = well || breaker.openForMs === 0 ? BREAKER.openMs : breaker.openForMs * 2
  breaker.openForMs = Math.min(longer, BREAKER.openMsMax)
  breaker.openedMs = nowMs
  breaker.state = 'open'
}

/**
 * What an outcome says of the provider's health: what is not known counts as a failure, a payer's decline does not. Only
 * for the choice among providers; the payment itself is judged by evidence.
 */
export function isHealthy(outcome: Outcome<unknown>): boolean {
  switch (outcome.kind) {
    case 'ok':
    case 'declined':
      return true
    case 'rejected':
      return !SICK.has(outcome.reason)
    case 'not_sent':
    case 'unknown':
      return false
  }
}

const SICK: ReadonlySet<string> = new Set(['bad_credentials', 'account_problem', 'rate_limited'])

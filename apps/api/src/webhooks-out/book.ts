import type { Uuid } from '@onerouter/core'
import type { ClaimedDelivery, Room } from '../store/deliveries.ts'
import type { Wanted } from '../store/webhook-pace.ts'

/**
 * Who may be sent to now. What was claimed waits here in one queue per endpoint; caps per endpoint, per account and
 * for the process decide what flies, so that a receiver that hangs holds only its own places.
 */
export interface Book {
  add(delivery: ClaimedDelivery): void
  /** The next that may fly, taken off its queue and counted; `undefined` when nobody may. */
  next(): ClaimedDelivery | undefined
  /** A flight has ended. Answers whether there is room again for what could not be claimed before. */
  landed(delivery: ClaimedDelivery, flight: Flight | null): boolean
  room(): Room
  /** Where what these accounts are about to promise could leave at once: at receivers that answer quickly. */
  places(accounts: ReadonlySet<Uuid>): ReadonlyMap<Uuid, number>
  /** Takes everything off the queues. */
  drain(): ClaimedDelivery[]
  isSlow(endpointId: Uuid): boolean
  /** What waits at rate-limited receivers and has no time to begin at yet; asked for once, until it is granted. */
  wanted(): Wanted[]
  /** Times at which requests at a rate-limited receiver may begin; none, where they could not be had. */
  granted(endpointId: Uuid, atMs: readonly number[]): void
  /** Milliseconds until the first delivery that waits for its time may go; `null` when none does. */
  opensInMs(): number | null
  readonly held: number
  /** Whether anything waits at a receiver with a rate limit. */
  readonly isPaced: boolean
}

/** How a try went; `null` stands for one that never left. */
export interface Flight {
  readonly ok: boolean
  readonly durationMs: number
}

export interface Caps {
  readonly held: number
  readonly flying: number
  readonly flyingPerAccount: number
  readonly claim: number
}
export const CAPS: Caps = { held: 512, flying: 128, flyingPerAccount: 32, claim: 64 }

/** Answers in this time let an endpoint's deliveries be claimed ahead: their lease will not lapse in the queue. */
const QUICK_MS = 250
/** One claim flies while the next is made. */
const CLAIMS_AHEAD = 2
/** New deliveries of an endpoint in hand at most: the other places are for older ones, which are found by claims alone. */
const NEW_MAX = 32
const SLOW_MS = 5_000
/** A request begins within this after its time, or takes another one: what is reserved elsewhere counts on it. */
export const GRACE_MS = 50
const AHEAD_MAX_MS = 60_000
/** Weight of the newest duration in the running mean. */
const NEWEST = 0.2
const LINES_MAX = 10_000
const IDLE_MAX = 20

interface Line {
  readonly accountId: Uuid
  readonly queue: ClaimedDelivery[]
  max: number
  /** Requests that may begin in any second; null = any number. */
  rate: number | null
  /** When they may, earliest first, reserved over all processes. */
  readonly times: number[]
  asking: boolean
  flying: number
  meanMs: number | null
  failing: boolean
  /** What the claim under way may give it, and what it has given. */
  room: number
  got: number
  /** Claims in a row that found it with nothing in hand. */
  idle: number
}

export function createBook(caps: Caps, now: () => number): Book {
  const lines = new Map<Uuid, Line>()
  const accounts = new Map<Uuid, number>()
  const linesOf = new Map<Uuid, Map<Uuid, Line>>()
  const waiting = new Set<Line>()
  /** Those of them that have a rate limit. */
  const paced = new Set<Line>()
  const active = new Map<Uuid, Line>()
  let held = 0
  let flying = 0

  const heldBy = (line: Line): number => line.queue.length + line.flying
  const limitOf = (line: Line): number => {
    if (line.failing) return 1
    const limit = isQuick(line) ? Math.max(CLAIMS_AHEAD * caps.claim, line.max) : line.max
    // What one second lets go, at most: more would only wait here, under a lease.
    return line.rate === null ? limit : Math.min(limit, line.rate)
  }
  const forget = (id: Uuid, { accountId }: Line): void => {
    lines.delete(id)
    const others = linesOf.get(accountId)
    others?.delete(id)
    if (others?.size === 0) linesOf.delete(accountId)
  }
  const lineOf = (delivery: ClaimedDelivery): Line => {
    const known = lines.get(delivery.endpoint_id)
    if (known !== undefined) return known
    if (lines.size >= LINES_MAX) for (const [id, line] of lines) if (heldBy(line) === 0) forget(id, line)
    const line: Line = {
      accountId: delivery.account_id,
      queue: [],
      max: delivery.max_in_flight,
      rate: delivery.rate_limit_per_second,
      times: [],
      asking: false,
      flying: 0,
      meanMs: null,
      failing: delivery.failing,
      room: delivery.max_in_flight,
      got: 0,
      idle: 0,
    }
    lines.set(delivery.endpoint_id, line)
    const others = linesOf.get(line.accountId)
    if (others === undefined) linesOf.set(line.accountId, new Map([[delivery.endpoint_id, line]]))
    else others.set(delivery.endpoint_id, line)
    return line
  }
  const hasPlace = (line: Line): boolean =>
    line.flying < line.max && (accounts.get(line.accountId) ?? 0) < caps.flyingPerAccount
  const mayFly = (line: Line): boolean => hasPlace(line) && paceMs(line, now()) === 0
  const lacking = (line: Line): number => {
    if (line.rate === null || line.asking) return 0
    forgetMissed(line, now())
    // A time for which no place is free would be missed.
    return Math.min(line.rate, line.queue.length, line.max - line.flying) - line.times.length
  }

  return {
    get held() {
      return held
    },
    get isPaced() {
      return paced.size > 0
    },
    add(delivery) {
      const line = lineOf(delivery)
      line.max = delivery.max_in_flight
      line.rate = delivery.rate_limit_per_second
      line.failing = delivery.failing
      line.queue.push(delivery)
      held += 1
      line.got += 1
      line.idle = 0
      active.set(delivery.endpoint_id, line)
      waiting.add(line)
      if (line.rate === null) paced.delete(line)
      else paced.add(line)
    },
    next() {
      if (flying >= caps.flying) return undefined
      for (const line of waiting) {
        if (!mayFly(line)) continue
        const delivery = line.queue.shift()
        // In turn: who was served goes to the end.
        waiting.delete(line)
        if (delivery === undefined) continue
        if (line.queue.length > 0) waiting.add(line)
        else paced.delete(line)
        if (line.rate !== null) line.times.shift()
        line.flying += 1
        flying += 1
        accounts.set(line.accountId, (accounts.get(line.accountId) ?? 0) + 1)
        return delivery
      }
      return undefined
    },
    landed(delivery, flight) {
      const line = lineOf(delivery)
      line.flying -= 1
      flying -= 1
      held -= 1
      const inAccount = (accounts.get(line.accountId) ?? 1) - 1
      if (inAccount <= 0) accounts.delete(line.accountId)
      else accounts.set(line.accountId, inAccount)
      if (flight !== null) note(line, flight)
      // It got all there was room for, so there may be more; or the book as a whole was full.
      return (line.got >= line.room && heldBy(line) <= limitOf(line) / 2) || held + caps.claim === caps.held
    },
    room() {
      const free = new Map<Uuid, number>()
      const perAccount = new Map<Uuid, number>()
      for (const [id, line] of active) {
        const mine = heldBy(line)
        line.idle = mine === 0 ? line.idle + 1 : 0
        line.got = 0
        line.room = line.idle > IDLE_MAX ? line.max : Math.max(0, limitOf(line) - mine)
        // Those that nothing comes for are forgotten: what a claim names must stay a short list.
        if (line.idle > IDLE_MAX) active.delete(id)
        else free.set(id, line.room)
        perAccount.set(line.accountId, (perAccount.get(line.accountId) ?? 0) + mine)
      }
      const fullAccounts = [...perAccount].filter(([, mine]) => mine >= caps.held / 2).map(([id]) => id)
      const left = caps.held - held
      // Claiming by ones would cost a statement each: wait until there is room for a batch.
      return { limit: left < caps.claim ? 0 : caps.claim, free, fullAccounts }
    },
    places(wanting) {
      const free = new Map<Uuid, number>()
      const left = caps.flying - held
      for (const account of wanting) {
        for (const [id, line] of linesOf.get(account) ?? []) {
          const places = Math.min(left, NEW_MAX - heldBy(line))
          if (places <= 0 || line.rate !== null || !isQuick(line)) continue
          free.set(id, places)
        }
      }
      return free
    },
    drain() {
      const all = [...lines.values()].flatMap((line) => line.queue.splice(0))
      waiting.clear()
      paced.clear()
      held -= all.length
      return all
    },
    isSlow: (endpointId) => (lines.get(endpointId)?.meanMs ?? 0) > SLOW_MS,
    wanted() {
      const all: Wanted[] = []
      for (const line of paced) {
        const count = lacking(line)
        const delivery = line.queue[0]
        if (count <= 0 || line.rate === null || delivery === undefined) continue
        line.asking = true
        const { account_id, environment, endpoint_id } = delivery
        all.push({ account_id, environment, endpoint_id, rate: line.rate, count })
      }
      return all
    },
    granted(endpointId, atMs) {
      const line = lines.get(endpointId)
      if (line === undefined) return
      line.asking = false
      line.times.push(...atMs)
    },
    opensInMs() {
      if (flying >= caps.flying) return null
      const atMs = now()
      const waits = [...paced].filter(hasPlace).map((line) => paceMs(line, atMs))
      const first = Math.min(...waits)
      return Number.isFinite(first) ? first : null
    },
  }
}

const isQuick = ({ meanMs, failing }: Line): boolean => meanMs !== null && meanMs < QUICK_MS && !failing

/** How long the rate limit still holds a line; for ever, until it has a time to begin at. */
function paceMs(line: Line, nowMs: number): number {
  if (line.rate === null) return 0
  forgetMissed(line, nowMs)
  const [first] = line.times
  return first === undefined ? Number.POSITIVE_INFINITY : Math.max(0, first - nowMs)
}

function forgetMissed({ times }: Line, nowMs: number): void {
  // Nobody reserves that far ahead: the clock was set back.
  const valid = (atMs: number): boolean => atMs + GRACE_MS >= nowMs && atMs <= nowMs + AHEAD_MAX_MS
  while (times[0] !== undefined && !valid(times[0])) times.shift()
}

function note(line: Line, { ok, durationMs }: Flight): void {
  line.meanMs = line.meanMs === null ? durationMs : line.meanMs + NEWEST * (durationMs - line.meanMs)
  // A refusal comes fast, but is no reason to claim ahead.
  if (!ok) line.meanMs = Math.max(line.meanMs, QUICK_MS)
  else line.failing = false
}

import type { DueKind, Engine } from '../engine/ports.ts'
import { TAKEOVER_MS } from '../engine/ports.ts'
import { SCOUT_EVERY_MS } from '../engine/schedule.ts'
import { type Job, type Kind, kindsOf } from './kinds.ts'
import { createTurns } from './turns.ts'

/**
 * Does what is due: settles calls in the dark, looks after open payments, applies stored webhooks. The due row
 * is the queue; any number of workers share it, and one that dies gives its work back by doing nothing.
 */
export interface Worker {
  /** Something became due, or will be in so long; looked at without waiting for the next poll. */
  wake(inMs?: number, kind?: DueKind): void
  /** Waits for the work in hand and takes no more. */
  stop(): Promise<void>
}

const BATCH = 32
/** Rows in hand at once: a provider that stalls holds some of them, not the whole worker. */
const IN_HAND_MAX = 96
/** Webhooks among them, which come in whatever number providers like and wait for their turns in hand. */
const INBOUND_MAX = 64
/** Room for so many more, before any are taken: by ones, each would cost a claim. */
const INBOUND_ROOM_MIN = 8
const LEASE_MS = TAKEOVER_MS
/** The database is the truth about what is due; being woken is only a hint that can get lost. */
const POLL_MS_MAX = 1_000
/** A look at what is due rests as long as it took: who is woken all the time would do nothing but look. */
const REST_MS = { min: 10, max: 50 }
const HOUSEKEEPING_EVERY_MS = 3_600_000
/** Longer than any client retries, and than any provider remembers its own keys. */
const IDEMPOTENCY_DAYS = 30

/** What the worker knows of a kind of work: when to look at it, and what it has in hand of it. */
interface Watch {
  readonly kind: Kind
  readonly inHandMax: number
  readonly roomMin: number
  /** Waits until a job may begin. */
  readonly turn: () => Promise<void>
  inHand: number
  atMs: number
  woken: boolean
  /** Somebody has said that some of this kind are due. */
  told: boolean
}

/** @param behindMs how late this process is with everything it does: webhooks are applied with the time that is left */
export function startWorker(
  engine: Engine,
  sleepUntilWoken: (ms: number) => Wait,
  behindMs: () => number = () => 0,
): Worker {
  const watches = kindsOf(engine).map((kind) => watchOf(kind, createTurns(engine.sleep, behindMs)))
  const inHand = new Set<Promise<void>>()
  const upkeep = upkeepOf(engine)
  let stopped = false
  let waiting: Wait | null = null
  const wake = (name?: DueKind): void => {
    for (const watch of watches) {
      if (name !== undefined && watch.kind.name !== name) continue
      watch.woken = true
      watch.told ||= name !== undefined
    }
    waiting?.end()
  }
  const roomOf = ({ inHandMax, inHand: mine }: Watch): number =>
    Math.min(BATCH, IN_HAND_MAX - inHand.size, inHandMax - mine)
  const hasRoom = (watch: Watch): boolean => roomOf(watch) >= watch.roomMin
  const isRipe = (watch: Watch): boolean => hasRoom(watch) && (watch.woken || watch.atMs <= engine.now())
  const begin = (watch: Watch, job: Job): void => {
    watch.inHand += 1
    const done = attempt(engine, async () => {
      await watch.turn()
      await job()
    }).finally(() => {
      inHand.delete(done)
      watch.inHand -= 1
      // What there was no room for.
      if (watches.some(isRipe)) waiting?.end()
    })
    inHand.add(done)
  }
  const loop = async (): Promise<void> => {
    while (!stopped) {
      const beganMs = engine.now()
      await upkeep()
      const ripe = watches.filter(isRipe)
      // Whoever is woken without a word looks at everything.
      const looked = ripe.length > 0 ? ripe : watches.filter(hasRoom)
      const found = await Promise.all(
        looked.map((watch) => lookAt(engine, watch, { limit: roomOf(watch), begin })),
      )
      if (stopped || found.some((jobs) => jobs >= BATCH)) continue
      if (watches.some(isRipe)) {
        const restMs = Math.max(REST_MS.min, Math.min(REST_MS.max, engine.now() - beganMs))
        await sleepUntilWoken(restMs).done
        continue
      }
      const nextMs = Math.min(...watches.filter(hasRoom).map(({ atMs }) => atMs)) - engine.now()
      waiting = sleepUntilWoken(Math.max(REST_MS.min, Math.min(POLL_MS_MAX, nextMs)))
      await waiting.done
      waiting = null
    }
    await Promise.all(inHand)
  }
  const running = loop()
  return {
    wake(inMs = 0, kind) {
      // The next poll comes before it is due: a look now would find nothing, once for every payment.
      if (inMs < POLL_MS_MAX) wake(kind)
    },
    async stop() {
      stopped = true
      waiting?.end()
      await running
    },
  }
}

const AT_ONCE = (): Promise<void> => Promise.resolve()

function watchOf(kind: Kind, turn: () => Promise<void>): Watch {
  const bounds =
    kind.name === 'inbound'
      ? { inHandMax: INBOUND_MAX, roomMin: INBOUND_ROOM_MIN, turn }
      : { inHandMax: IN_HAND_MAX, roomMin: 1, turn: AT_ONCE }
  return { kind, ...bounds, inHand: 0, atMs: 0, woken: false, told: false }
}

/** Claims what is due of a kind. A claim writes and locks, so that who was not told asks first whether there is any. */
async function lookAt(
  engine: Engine,
  watch: Watch,
  { limit, begin }: { readonly limit: number; readonly begin: (watch: Watch, job: Job) => void },
): Promise<number> {
  const { told } = watch
  watch.woken = false
  watch.told = false
  watch.atMs = engine.now() + POLL_MS_MAX
  try {
    const dueMs = told ? 0 : ((await watch.kind.nextDueMs()) ?? POLL_MS_MAX)
    const jobs = dueMs > 0 ? [] : await watch.kind.claim(limit, LEASE_MS)
    // After some there may be more.
    watch.atMs = engine.now() + Math.max(0, Math.min(POLL_MS_MAX, dueMs))
    for (const job of jobs) begin(watch, job)
    return jobs.length
  } catch (error) {
    engine.log.error({ err: error }, 'the worker could not take what was due')
    return 0
  }
}

/** What is done now and again, whoever is woken for what. */
function upkeepOf(engine: Engine): () => Promise<void> {
  let keptHouseAtMs = Number.NEGATIVE_INFINITY
  let scoutedAtMs = Number.NEGATIVE_INFINITY
  return async () => {
    if (engine.now() - keptHouseAtMs > HOUSEKEEPING_EVERY_MS) {
      keptHouseAtMs = engine.now()
      await attempt(engine, () => keepHouse(engine))
    }
    if (engine.now() - scoutedAtMs > SCOUT_EVERY_MS) {
      scoutedAtMs = engine.now()
      await attempt(engine, () => scout(engine))
    }
  }
}

/** Idempotency keys outlive every retry, then go; what is not settled stays. */
async function keepHouse(engine: Engine): Promise<void> {
  while ((await engine.store.reapIdempotency(IDEMPOTENCY_DAYS)) > 0);
}

/** Whoever waits long for a provider that is away hears of its return from one that went ahead. */
async function scout(engine: Engine): Promise<void> {
  await engine.store.sendScouts(LEASE_MS)
}

/** A sleep that can be ended early. */
export interface Wait {
  readonly done: Promise<void>
  end(): void
}

async function claimDue(engine: Engine, limit: number): Promise<Job[]> {
  return (await Promise.all(kindsOf(engine).map((kind) => kind.claim(limit, LEASE_MS)))).flat()
}

/** One round, to its end: everything due now, up to a batch of each kind. Answers how much there was. */
export async function runDue(engine: Engine): Promise<number> {
  const jobs = await claimDue(engine, BATCH)
  await Promise.all(jobs.map((job) => attempt(engine, job)))
  return jobs.length
}

/** One piece of work that fails must not hold up the others; its lease brings it back. */
async function attempt(engine: Engine, work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    engine.log.error({ err: error }, 'a due row could not be worked off')
  }
}

import { applyInbound } from '../engine/apply-inbound.ts'
import { compensateCanceled } from '../engine/compensate.ts'
import { mustRead, nextLookOrDebtMs } from '../engine/follow-up.ts'
import { giveBack } from '../engine/give-back.ts'
import type { Engine } from '../engine/ports.ts'
import { TAKEOVER_MS } from '../engine/ports.ts'
import { resolveOperation } from '../engine/resolve-operation.ts'
import { exposedDelayMs, SCOUT_EVERY_MS, unknownDelayMs } from '../engine/schedule.ts'
import { syncPayment } from '../engine/sync-payment.ts'
import { watched } from '../observe/spans.ts'
import { paymentRefOf } from '../store/operations.ts'
import type { ClaimedOperation, OperationRow } from '../store/rows.ts'

/**
 * Does what is due: settles calls in the dark, looks after open payments, applies stored webhooks. The due row
 * is the queue; any number of workers share it, and one that dies gives its work back by doing nothing.
 */
export interface Worker {
  /** Something became due, or will be in so long; looked at without waiting for the next poll. */
  wake(inMs?: number): void
  /** Waits for the work in hand and takes no more. */
  stop(): Promise<void>
}

const BATCH = 32
/** Rows in hand at once: a provider that stalls holds some of them, not the whole worker. */
const IN_HAND_MAX = 96
const LEASE_MS = TAKEOVER_MS
/** The database is the truth about what is due; being woken is only a hint that can get lost. */
const POLL_MS_MAX = 1_000
/** A look at what is due rests as long as it took: who is woken all the time would do nothing but look. */
const REST_MS = { min: 5, max: 50 }
const HOUSEKEEPING_EVERY_MS = 3_600_000
/** Longer than any client retries, and than any provider remembers its own keys. */
const IDEMPOTENCY_DAYS = 30

export function startWorker(engine: Engine, sleepUntilWoken: (ms: number) => Wait): Worker {
  const inHand = new Set<Promise<void>>()
  let stopped = false
  let waiting: Wait | null = null
  let woken = false
  let keptHouseAtMs = Number.NEGATIVE_INFINITY
  let scoutedAtMs = Number.NEGATIVE_INFINITY
  const wake = (): void => {
    woken = true
    waiting?.end()
  }
  const take = async (): Promise<Look> => {
    const look = await lookAt(engine, Math.min(BATCH, IN_HAND_MAX - inHand.size))
    for (const job of look.jobs) {
      const done = attempt(engine, job).finally(() => {
        inHand.delete(done)
        wake()
      })
      inHand.add(done)
    }
    return look
  }
  const loop = async (): Promise<void> => {
    while (!stopped) {
      woken = false
      const beganMs = engine.now()
      if (engine.now() - keptHouseAtMs > HOUSEKEEPING_EVERY_MS) {
        keptHouseAtMs = engine.now()
        await attempt(engine, () => keepHouse(engine))
      }
      if (engine.now() - scoutedAtMs > SCOUT_EVERY_MS) {
        scoutedAtMs = engine.now()
        await attempt(engine, () => scout(engine))
      }
      const full = inHand.size >= IN_HAND_MAX
      const { jobs, nextMs } = full
        ? NOTHING
        : await take().catch((error: unknown) => reportFailure(engine, error))
      if (jobs.length >= BATCH) continue
      if (woken || jobs.length > 0) {
        const restMs = Math.max(REST_MS.min, Math.min(REST_MS.max, engine.now() - beganMs))
        await sleepUntilWoken(restMs).done
        continue
      }
      if (stopped) continue
      waiting = sleepUntilWoken(nextMs)
      await waiting.done
      waiting = null
    }
    await Promise.all(inHand)
  }
  const running = loop()
  return {
    wake(inMs = 0) {
      // The next poll comes before it is due: a look now would find nothing, once for every payment.
      if (inMs < POLL_MS_MAX) wake()
    },
    async stop() {
      stopped = true
      waiting?.end()
      await running
    },
  }
}

function reportFailure(engine: Engine, error: unknown): Look {
  engine.log.error({ err: error }, 'the worker could not take what was due')
  return NOTHING
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

type Job = () => Promise<void>

interface Kind {
  readonly nextDueMs: () => Promise<number | null>
  readonly claim: (limit: number) => Promise<readonly Job[]>
}

/** Work under the name by which traces show it. */
function shown({ spans }: Engine, what: string, run: Job): Job {
  return spans === undefined
    ? run
    : () => watched(spans, { name: `worker: ${what}`, kind: 'inner', facts: {} }, run)
}

/** Whatever has a time at which it is due. */
function kindsOf(engine: Engine): readonly Kind[] {
  const { store, messages, disputes, domains, links, subscriptions, saved } = engine
  const beside = Object.entries({ messages, disputes, domains, links, subscriptions, saved })
  return [
    {
      nextDueMs: () => store.nextInboundDueMs(),
      claim: async (limit) =>
        (await store.claimDueInbound(limit, LEASE_MS)).map((row) =>
          shown(engine, 'apply webhook', () => applyInbound(engine, row)),
        ),
    },
    {
      nextDueMs: () => store.nextOperationDueMs(),
      claim: async (limit) =>
        (await store.claimDueOperations(limit, LEASE_MS)).map((one) =>
          shown(engine, `tend ${one.kind} ${one.state}`, () => tendOrPostpone(engine, one)),
        ),
    },
    ...beside.flatMap(([name, work]) =>
      work === undefined
        ? []
        : {
            nextDueMs: () => work.nextDueMs(),
            claim: async (limit: number) =>
              (await work.claimDue(limit, LEASE_MS)).map((run) => shown(engine, name, run)),
          },
    ),
  ]
}

interface Look {
  readonly jobs: readonly Job[]
  /** When to look again, if nothing wakes before. */
  readonly nextMs: number
}
const NOTHING: Look = { jobs: [], nextMs: POLL_MS_MAX }

/** Claims of those kinds of which something is due: a claim writes and locks, and most looks are for the sake of one kind. */
async function lookAt(engine: Engine, limit: number): Promise<Look> {
  const kinds = await Promise.all(
    kindsOf(engine).map(async (kind) => ({ kind, dueMs: (await kind.nextDueMs()) ?? POLL_MS_MAX })),
  )
  const due = kinds.filter(({ dueMs }) => dueMs <= 0)
  const jobs = await Promise.all(due.map(({ kind }) => kind.claim(limit)))
  const soonestMs = Math.min(...kinds.map(({ dueMs }) => dueMs))
  return { jobs: jobs.flat(), nextMs: Math.max(5, Math.min(POLL_MS_MAX, soonestMs)) }
}

async function claimDue(engine: Engine, limit: number): Promise<Job[]> {
  return (await Promise.all(kindsOf(engine).map((kind) => kind.claim(limit)))).flat()
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

/** Work that fails comes back later and later, so that a poisoned row costs ever less. */
async function tendOrPostpone(engine: Engine, operation: ClaimedOperation): Promise<void> {
  try {
    await tend(engine, operation)
  } catch (error) {
    engine.log.error({ err: error, operation: operation.reference }, 'an operation could not be tended')
    await engine.store.postponeOperation(operation, operation.state, unknownDelayMs(operation.tries))
  }
}

async function tend(engine: Engine, operation: ClaimedOperation): Promise<void> {
  if (operation.state === 'sent' || operation.state === 'unknown') {
    await resolveOperation(engine, operation)
    // A refund that came to nothing may have been what a canceled payment owes its payer.
    if (operation.kind === 'refund') {
      await compensateCanceled(engine, await mustRead(engine.store.getPayment(paymentRefOf(operation))))
    }
    return
  }
  if (operation.state === 'late_succeeded' || operation.state === 'compensating') {
    return await giveBack(engine, operation)
  }
  const payment = await mustRead(engine.store.getPayment(paymentRefOf(operation)))
  await syncPayment(engine, payment, 'poll')
  const after = await mustRead(engine.store.getOperation(operation))
  // Settled, taken over, or given another time by what the look brought.
  if (after.due_at?.getTime() !== operation.due_at?.getTime() || after.tries !== operation.tries) return
  if (after.due_at === null || after.state !== operation.state) return
  await engine.store.postponeOperation(operation, after.state, await lookAgainMs(engine, after))
}

async function lookAgainMs(engine: Engine, operation: OperationRow): Promise<number | null> {
  const payment = await mustRead(engine.store.getPayment(paymentRefOf(operation)))
  if (operation.kind === 'refund') return payment.refund_pending > 0n ? exposedDelayMs(operation.tries) : null
  return await nextLookOrDebtMs(engine, payment, operation.tries)
}

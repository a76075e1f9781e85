import { TAKEOVER_MS } from '../engine/ports.ts'
import { accessFor } from './access.ts'
import { decideUnchanged } from './decide.ts'
import { postponeOperation, scheduledOnSandbox, startScheduled } from './operation-store.ts'
import type { Billing } from './ports.ts'
import { makeCall } from './resolve.ts'
import type { SubscriptionOperationRow } from './rows.ts'
import { cancelAtMs } from './schedule.ts'
import { commit, isEnded, mustGet } from './settle.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS

/**
 * Makes a cancellation whose time has come. It was promised, so that nothing but the subscription's end or the
 * merchant's own cancellation ends it.
 */
export async function runScheduled(billing: Billing, operation: SubscriptionOperationRow): Promise<void> {
  const { engine, db } = billing
  const row = await mustGet(billing, { ...operation, id: operation.subscription_id })
  const access = await accessFor(billing, row)
  if (isEnded(row)) return await letGo(billing, operation)
  if (access === null) return await postponeOperation(db, operation, 'scheduled', HOUR_MS)
  const started = await startScheduled(db, operation, new Date(engine.now()), TAKEOVER_MS)
  if (started === null) return await postponeOperation(db, operation, 'scheduled', MINUTE_MS)
  await makeCall(billing, access, started, row, null)
}

async function letGo(billing: Billing, operation: SubscriptionOperationRow): Promise<void> {
  const row = await mustGet(billing, { ...operation, id: operation.subscription_id })
  const { subscription } = decideUnchanged(row, new Date(billing.engine.now()))
  const over = { ...operation, state: 'canceled' } as const
  await commit(billing, {
    ...{ subscription, dueMs: null, charges: [], operation: over, fence: null, events: [], stored: null },
  })
}

/** A run of the sandbox's clock meets no more of them than this; the rest come with the next. */
const STEPS_MAX = 200

/**
 * Moves the sandbox's clock and makes promised cancellations on the way, each at its own time: their due times are
 * the real clock's, which stands still meanwhile. `advance` answers the sandbox's time after as many seconds.
 */
export async function advanceThrough(
  billing: Billing,
  seconds: number,
  advance: (seconds: number) => Promise<number>,
): Promise<number> {
  let nowMs = await advance(0)
  const untilMs = nowMs + seconds * 1000
  const waiting = await scheduledOnSandbox(billing.db, untilMs + HOUR_MS, STEPS_MAX)
  for (const { operation, atMs } of waiting) {
    const dueMs = cancelAtMs(atMs)
    if (dueMs > untilMs) continue
    if (dueMs > nowMs) nowMs = await advance(Math.ceil((dueMs - nowMs) / 1000))
    await runScheduled(billing, operation)
  }
  return await advance(Math.max(0, Math.round((untilMs - nowMs) / 1000)))
}

import type { Environment, Service, Uuid } from '@onerouter/core'
import { SERVICES } from '@onerouter/core'
import type { Engine } from '../engine/ports.ts'
import type { RunKind, RunRow } from './rows.ts'
import { insertRun, servicesWithoutRun } from './store.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Accounts take their turns within this time, so that not all of them ask at once. */
const SPREAD_MS = 15 * 60_000
const PLANNED_MAX = 200

interface Slot {
  readonly kind: RunKind
  readonly fromMs: number
  readonly toMs: number
  readonly dueMs: number
}

/** The hour's look at the last two days, and the night's look at the day before (UTC). */
export function slotsAt(nowMs: number): readonly Slot[] {
  const hour = nowMs - (nowMs % HOUR_MS)
  const day = nowMs - (nowMs % DAY_MS)
  return [
    { kind: 'hourly', fromMs: hour - 2 * DAY_MS, toMs: hour, dueMs: hour + 5 * 60_000 },
    { kind: 'daily', fromMs: day - DAY_MS, toMs: day, dueMs: day + 2 * HOUR_MS },
  ]
}

/** Makes the runs of the current slots that are not there yet. Answers how many it made. */
export async function planRuns(engine: Engine): Promise<number> {
  const services = SERVICES.filter((service) => engine.provider(service)?.payments !== undefined)
  let planned = 0
  for (const slot of slotsAt(engine.now())) {
    const owners = await servicesWithoutRun(engine.db, {
      services,
      kind: slot.kind,
      windowFrom: new Date(slot.fromMs),
      // What was connected within the last hour has nothing that its webhooks could have missed for long.
      connectedBefore: new Date(slot.toMs - HOUR_MS),
      limit: PLANNED_MAX,
    })
    for (const owner of owners) {
      const dueMs = slot.dueMs + spreadOf(owner.account_id)
      await insertRun(engine.db, newRun(engine, owner, { ...slot, dueMs }))
    }
    planned += owners.length
  }
  return planned
}

/** The end of an id is random, which spreads accounts evenly and always the same way. */
const spreadOf = (accountId: Uuid): number => (Number.parseInt(accountId.slice(-6), 16) * 1000) % SPREAD_MS

export function newRun(
  engine: Pick<Engine, 'newId' | 'now'>,
  owner: { readonly account_id: Uuid; readonly environment: Environment; readonly provider: Service },
  slot: Slot,
): RunRow {
  return {
    account_id: owner.account_id,
    environment: owner.environment,
    id: engine.newId(),
    provider: owner.provider,
    kind: slot.kind,
    window_from: new Date(slot.fromMs),
    window_to: new Date(slot.toMs),
    state: 'running',
    phase: 'events',
    cursor: null,
    step: 0,
    tries: 0,
    counts: {},
    reason: null,
    due_at: new Date(slot.dueMs),
    created_at: new Date(engine.now()),
    finished_at: null,
  }
}

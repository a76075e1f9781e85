import type { Uuid } from '@onerouter/core'
import {
  type ClaimedDelivery,
  claimDeliveries,
  claimSlowDeliveries,
  slowEndpoints,
} from '../store/deliveries.ts'
import { continueRecovery } from '../store/recoveries.ts'
import type { Queryable } from '../store/rows.ts'
import type { Book } from './book.ts'

/** Twice what a try can last, and the wait in this process's own queue. */
export const LEASE_MS = 60_000
/** The slow lane's turn, however full the fast one is. */
const SLOW_EVERY_MS = 250
const RECOVERY_EVERY_MS = 1_000
/** Of a claim in which both lanes have their turn. */
const FAST_SHARE = 0.75
/** Slow endpoints looked at in one turn. */
const SLOW_BATCH = 256
const FIRST: Uuid = '00000000-0000-0000-0000-000000000000'

export interface Claiming {
  readonly db: Queryable
  /** Connections with pinned plans: these statements join a table that grows for ever with a handful of rows. */
  readonly lanes: Queryable
  readonly owner: Uuid
  readonly now: () => number
}

export interface Claims {
  /** What this process may take now; `full` when more may be due. */
  next(): Promise<{ readonly claimed: readonly ClaimedDelivery[]; readonly full: boolean }>
}

/** One round of claiming: healthy endpoints always, slow ones and recoveries at their own pace. */
export function createClaims(world: Claiming, book: Book): Claims {
  const lease = { owner: world.owner, ms: LEASE_MS }
  let slowAtMs = 0
  let recoveryAtMs = 0
  let turn = FIRST
  return {
    async next() {
      const nowMs = world.now()
      if (nowMs >= recoveryAtMs) {
        recoveryAtMs = nowMs + RECOVERY_EVERY_MS
        await continueRecovery(world.db)
      }
      const room = book.room()
      if (room.limit === 0) return { claimed: [], full: false }
      // When it is the slow lane's turn a place is kept for it, however full the fast one is.
      const slowTurn = nowMs >= slowAtMs
      const fast = { ...room, limit: slowTurn ? Math.ceil(room.limit * FAST_SHARE) : room.limit }
      const claimed = await claimDeliveries(world.lanes, lease, fast)
      const full = claimed.length === fast.limit
      if (!slowTurn) return { claimed, full }
      slowAtMs = nowMs + SLOW_EVERY_MS
      const left = { ...room, limit: room.limit - claimed.length }
      const endpoints = await slowEndpoints(world.db, turn, SLOW_BATCH)
      turn = endpoints.length < SLOW_BATCH ? FIRST : (endpoints.at(-1) ?? FIRST)
      if (endpoints.length === 0) return { claimed, full }
      const slow = await claimSlowDeliveries(world.lanes, lease, left, endpoints)
      return { claimed: [...claimed, ...slow], full }
    },
  }
}

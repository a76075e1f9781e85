import type { SavedWork } from '../engine/ports.ts'
import { unknownDelayMs } from '../engine/schedule.ts'
import { tendPending } from './keep.ts'
import type { Saved } from './ports.ts'
import { tendLeaving } from './remove.ts'
import { isKept, type SavedMethodRow } from './row.ts'
import { listSaved, savedDue } from './store.ts'

/** What the worker does for saved methods, and what the engine asks of them. */
export function savedWork(saved: Saved): SavedWork {
  const { engine, db } = saved
  return {
    async claimDue(limit, leaseMs) {
      const rows = await savedDue.claim(db, limit, leaseMs)
      return rows.map((row) => async () => {
        try {
          await tend(saved, row)
        } catch (error) {
          engine.log.error({ err: error, method: row.id }, 'a saved method could not be worked off')
          await savedDue.postpone(db, row, unknownDelayMs(row.tries))
        }
      })
    },
    nextDueMs: () => savedDue.nextDueMs(db),
    async tokenOf({ account_id, environment, request }) {
      if (request.saved === undefined) return null
      const [row] = await listSaved(db, {
        accountId: account_id,
        environments: [environment],
        services: null,
        states: ['active', 'deleting'],
        id: request.saved.method_id,
        limit: 1,
      })
      if (row === undefined || !isKept(row)) return null
      return { methodRef: saved.vault.open(row, row.sealed), customerRef: row.customer_ref }
    },
  }
}

/** One look at what is to be kept, or to be forgotten. */
export async function tend(saved: Saved, row: SavedMethodRow): Promise<void> {
  if (row.state === 'pending') return await tendPending(saved, row)
  if (row.state === 'deleting' && isKept(row)) return await tendLeaving(saved, row)
  await savedDue.postpone(saved.db, row, null)
}

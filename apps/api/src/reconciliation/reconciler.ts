import type { Engine } from '../engine/ports.ts'
import type { Wait } from '../worker/worker.ts'
import { planRuns } from './plan-runs.ts'
import { pruneRuns } from './store.ts'
import { workDueRuns } from './work-run.ts'

export interface Reconciler {
  /** Finishes the page in hand and takes no more. */
  stop(): Promise<void>
}

const POLL_MS = 5_000
const PLAN_EVERY_MS = 60_000
const BATCH = 4
const KEPT_MS = 90 * 24 * 3_600_000
const PRUNED_MAX = 500

/** Plans runs and works on those that are due; any number of processes may do so at once. */
export function startReconciler(engine: Engine, sleep: (ms: number) => Wait): Reconciler {
  let stopped = false
  let waiting: Wait | null = null
  let plannedAtMs = Number.NEGATIVE_INFINITY
  const round = async (): Promise<number> => {
    if (engine.now() - plannedAtMs >= PLAN_EVERY_MS) {
      plannedAtMs = engine.now()
      await planRuns(engine)
      await pruneRuns(engine.db, new Date(engine.now() - KEPT_MS), PRUNED_MAX)
    }
    return await workDueRuns(engine, BATCH)
  }
  const loop = async (): Promise<void> => {
    while (!stopped) {
      const did = await round().catch((error: unknown) => {
        engine.log.error({ err: error }, 'the reconciliation could not do what was due')
        return 0
      })
      if (did > 0 || stopped) continue
      waiting = sleep(POLL_MS)
      await waiting.done
      waiting = null
    }
  }
  const running = loop()
  return {
    async stop() {
      stopped = true
      waiting?.end()
      await running
    },
  }
}

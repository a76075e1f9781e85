import { catchUp, createFresh } from './analytics/catch-up.ts'
import type { Routes } from './app.ts'
import type { Deps } from './deps.ts'
import type { Engine } from './engine/ports.ts'
import { keepLogs } from './logs/request-log.ts'
import { metricFamilies } from './observe/families.ts'
import { startRounds } from './observe/rounds.ts'
import { analyticsRoutes } from './routes/analytics/index.ts'
import { auditRoutes } from './routes/audit/index.ts'
import { eventStreamRoute } from './routes/events/stream.ts'
import { logRoutes } from './routes/logs/index.ts'
import { metricsRoutes } from './routes/metrics/index.ts'
import type { BreakerCount } from './routing/source.ts'
import type { CallLog } from './store/provider-calls.ts'
import type { Wait } from './worker/worker.ts'

/** What watches and tells: audit, logs, metrics, analytics. Nothing that moves money waits for any of it. */
export interface Insights {
  readonly keyed: readonly Routes[]
  readonly watch: readonly Routes[]
  /** Writes what is still only in memory. */
  flush(): Promise<void>
  start(): { stop(): Promise<void> }
}

export interface Watching {
  readonly deps: Deps
  readonly engine: Engine
  readonly calls: CallLog
  readonly breakers: () => readonly BreakerCount[]
}

const KEEP_LOGS_EVERY_MS = 3_600_000
const CATCH_UP_EVERY_MS = 10_000

export function createInsights(
  { deps, engine, calls, breakers }: Watching,
  wait: (ms: number) => Wait,
): Insights {
  const { db } = engine
  const dropped = { provider_calls: calls.dropped, requests: deps.requests.dropped }
  const families = metricFamilies(deps, db, { dropped, breakers })
  const flush = async (): Promise<void> => void (await Promise.all([calls.flush(), deps.requests.flush()]))
  deps.telemetry?.export(families)
  const fresh = createFresh(async (table) => {
    if (table === 'provider_call') await calls.flush()
    if (table === 'request_log') await deps.requests.flush()
    await catchUp(db, engine.now(), [table])
  })
  return {
    keyed: [
      (app) => analyticsRoutes(app, { db, now: engine.now, fresh }),
      (app) => auditRoutes(app, engine),
      (app) => eventStreamRoute(app, { db, now: engine.now, wait, stopping: deps.stopping }),
      (app) => logRoutes(app, { deps, db, wait, flush }),
    ],
    watch: [(app) => metricsRoutes(app, { token: deps.config.metricsToken, families })],
    flush,
    start() {
      const { now, log } = engine
      const keep = () => keepLogs(db, deps.config.logRetentionDays)
      const rounds = [
        startRounds({ everyMs: KEEP_LOGS_EVERY_MS, work: keep, now, log, waitFor: wait }),
        // Who reads numbers has them brought up to date: the rounds only keep that short.
        startRounds({ everyMs: CATCH_UP_EVERY_MS, work: () => fresh(), now, log, waitFor: wait }),
      ]
      return { stop: async () => void (await Promise.all(rounds.map((round) => round.stop()))) }
    },
  }
}

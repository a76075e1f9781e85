import type { Outcome } from '@onerouter/core'
import type { Engine } from '../engine/ports.ts'
import { disputesPage } from './missed-disputes.ts'
import { eventsPage, refundsPage } from './missed-page.ts'
import { type Access, oursPage, paymentsPage } from './page.ts'
import type { Phase, RunRow } from './rows.ts'
import { claimDueRuns, commitPage, finishRun, type PageResult, postponeRun } from './store.ts'

/** Longer than a page takes: its requests time out after thirty seconds each. */
export const LEASE_MS = 5 * 60_000
/** A run that is not over by then compares too much at once. */
const STEPS_MAX = 20_000
const RETRY_MS = [60_000, 5 * 60_000, 15 * 60_000, 3_600_000, 3_600_000, 6 * 3_600_000]

type Page = (access: Access) => Promise<Outcome<PageResult>>
const PAGES = {
  events: eventsPage,
  refunds: refundsPage,
  disputes: disputesPage,
  payments: paymentsPage,
  ours: oursPage,
} as const satisfies Record<Exclude<Phase, 'close'>, Page>

/**
 * Works on runs that are due, one page each; a run goes on where its last page ended, in whichever process.
 * Answers how many there were.
 */
export async function workDueRuns(engine: Engine, limit: number): Promise<number> {
  const runs = await claimDueRuns(engine.db, limit, engine.now(), LEASE_MS)
  for (const run of runs) {
    try {
      await workRun(engine, run)
    } catch (error) {
      // Put off like an outage: a page that always breaks must end, too.
      engine.log.error({ err: error }, 'a page of a reconciliation could not be worked on')
      await putOff(engine, run, { reason: 'an error on our side', final: false })
    }
  }
  return runs.length
}

async function workRun(engine: Engine, run: RunRow): Promise<void> {
  const now = new Date(engine.now())
  const { phase } = run
  if (phase === 'close') return await finishRun(engine.db, run, now)
  if (run.step >= STEPS_MAX) return await postponeRun(engine.db, run, 'too many pages', { now, due: null })
  const provider = engine.provider(run.provider)
  const credential = await engine.credentials.current(run.account_id, run.environment, run.provider)
  if (provider === undefined || credential === null) {
    return await postponeRun(engine.db, run, 'the service is not connected', { now, due: null })
  }
  const outcome = await PAGES[phase]({ engine, run, provider, credential })
  if (outcome.kind === 'ok') {
    await commitPage(engine.db, run, outcome.value, { now, due: now })
    return
  }
  const reason = 'message' in outcome ? outcome.message : outcome.reason
  await putOff(engine, run, { reason, final: outcome.kind === 'rejected' })
}

async function putOff(
  engine: Engine,
  run: RunRow,
  { reason, final }: { readonly reason: string; readonly final: boolean },
): Promise<void> {
  const { provider, phase } = run
  const delayMs = final ? undefined : RETRY_MS[run.tries]
  const due = delayMs === undefined ? null : new Date(engine.now() + delayMs)
  if (due === null) engine.log.error({ provider, phase, reason }, 'a reconciliation failed')
  await postponeRun(engine.db, run, `${phase}: ${reason}`, { now: new Date(engine.now()), due })
}

import type { Outcome } from '@onerouter/core'
import { contextFor, guarded } from '../engine/call-provider.ts'
import type { Engine } from '../engine/ports.ts'
import { claimDueRemovals, finishRemoval, type Removal, type RemovalRow } from '../store/webhook-removals.ts'

const MINUTE_MS = 60_000
const RETRY_MS = [MINUTE_MS, 10 * MINUTE_MS, 60 * MINUTE_MS, 360 * MINUTE_MS, 1_440 * MINUTE_MS]
/** Longer than the calls of one removal may last together. */
const LEASE_MS = 5 * MINUTE_MS

/**
 * Takes our webhook away at providers whose credentials are no longer in force. It is a courtesy: whoever took the
 * credentials away waited for nothing, and what cannot be removed is noted with the reason.
 */
export async function removeWebhooks(engine: Engine, limit: number): Promise<number> {
  const rows = await claimDueRemovals(engine.db, limit, LEASE_MS)
  for (const row of rows) {
    const removal = await remove(engine, row)
    if (removal.state === 'failed') {
      const { service, ref } = row
      engine.log.warn({ provider: service, ref, reason: removal.reason }, 'our webhook stays at the provider')
    }
    await finishRemoval(engine.db, row, removal)
  }
  return rows.length
}

async function remove(engine: Engine, row: RemovalRow): Promise<Removal> {
  if (row.in_use) return later(row, 'kept', null)
  const provider = engine.provider(row.service)
  const unregister = provider?.webhooks.unregister
  if (unregister === undefined) return ended('failed', 'the provider has no interface for it')
  const credential = await engine.credentials.version(
    row.account_id,
    row.environment,
    row.service,
    row.version,
  )
  if (credential === null) return ended('failed', 'the credentials it was made with can no longer be used')
  const call = { verb: 'webhooks.unregister', paymentId: null, operationId: null }
  const ctx = contextFor(engine, credential, 'first', call)
  const { outcome } = await guarded(engine, () => unregister(ctx, row.ref))
  return removalOf(row, outcome)
}

function removalOf(row: RemovalRow, outcome: Outcome<unknown>): Removal {
  if (outcome.kind === 'ok') return ended('removed', null)
  if (outcome.kind === 'rejected' && outcome.reason === 'not_found') {
    return ended('removed', 'it was gone already')
  }
  if ('message' in outcome) return ended('failed', outcome.message)
  return later(row, 'failed', outcome.reason)
}

const ended = (state: Removal['state'], reason: string | null): Removal => ({ state, reason, dueMs: null })

/** Tries again while there are tries left. */
function later(row: RemovalRow, otherwise: Removal['state'], reason: string | null): Removal {
  const dueMs = RETRY_MS[row.tries - 1] ?? null
  return { state: dueMs === null ? otherwise : 'pending', reason, dueMs }
}

import { providerAccountOf } from '../billing/plan-store.ts'
import { accessFor, type ProviderAccess } from '../engine/call-provider.ts'
import type { Saved } from './ports.ts'
import type { KeptMethod } from './row.ts'

/**
 * The merchant account that keeps the method: by the credentials in force where they are still that account's, because
 * older ones may have been revoked, else by those it was kept with. `null`: neither is there any more.
 */
export async function accessOf({ engine, db }: Saved, row: KeptMethod): Promise<ProviderAccess | null> {
  const current = await engine.credentials.current(row.account_id, row.environment, row.provider)
  if (current === null) return await accessFor(engine, row)
  const provider = engine.provider(row.provider)
  const same = (await providerAccountOf(db, current)) === row.provider_account
  if (!same || provider === undefined) return await accessFor(engine, row)
  return { provider, credential: current }
}

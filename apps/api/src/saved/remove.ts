import { contextFor, guarded } from '../engine/call-provider.ts'
import { exposedDelayMs, unknownDelayMs } from '../engine/schedule.ts'
import { accessOf } from './access.ts'
import type { Saved } from './ports.ts'
import type { KeptMethod, SavedMethodRow } from './row.ts'
import { isBeingCharged, moveSaved, savedDue } from './store.ts'

/** From here on it is charged no more; the provider forgets it now, or as soon as it can be told. */
export async function removeSaved(saved: Saved, row: KeptMethod): Promise<void> {
  const { engine, db } = saved
  const leaving = {
    ...row,
    state: 'deleting',
    due_at: new Date(engine.now()),
    updated_at: new Date(engine.now()),
  } as const
  if (!(await moveSaved(db, leaving, 'active'))) return
  await tendLeaving(saved, leaving)
  engine.wake()
}

/** The token stays as long as a charge in the dark may have to be sent again with it. */
export async function tendLeaving(saved: Saved, row: KeptMethod): Promise<void> {
  const { engine, db } = saved
  if (await isBeingCharged(db, row)) return await savedDue.postpone(db, row, unknownDelayMs(row.tries))
  const access = await accessOf(saved, row)
  const verbs = access?.provider.savedMethods
  if (access === null || verbs === undefined) {
    engine.log.warn({ method: row.id }, 'a deleted method stays at its provider: its credentials are gone')
    return await forget(saved, row)
  }
  const call = { verb: 'savedMethods.remove', paymentId: null, operationId: null }
  const ctx = contextFor(engine, access.credential, 'later', call)
  const token = { methodRef: saved.vault.open(row, row.sealed), customerRef: row.customer_ref }
  const { outcome } = await guarded(engine, () => verbs.remove(ctx, token, `forget_${row.id}`))
  if (outcome.kind === 'ok') return await forget(saved, row)
  const refused = outcome.kind === 'rejected' || outcome.kind === 'declined'
  if (refused) engine.log.error({ method: row.id, why: outcome.message }, 'a provider keeps a deleted method')
  await savedDue.postpone(db, row, refused ? exposedDelayMs(row.tries) : unknownDelayMs(row.tries))
}

/** That it was kept, by whose consent and until when, is all that stays. */
async function forget({ engine, db }: Saved, row: KeptMethod): Promise<void> {
  const gone: SavedMethodRow = {
    ...row,
    state: 'deleted',
    customer_ref: null,
    sealed: null,
    key_id: null,
    digest: null,
    brand: null,
    last4: null,
    exp_month: null,
    exp_year: null,
    tries: 0,
    due_at: null,
    updated_at: new Date(engine.now()),
  }
  await moveSaved(db, gone, 'deleting')
}

import { createHash } from 'node:crypto'
import { formatId } from '@onerouter/core'
import type { SavedMethodSnapshot } from '@onerouter/providers'
import { providerAccountOf } from '../billing/plan-store.ts'
import { accessFor, contextFor, guarded, handleOf } from '../engine/call-provider.ts'
import { exposedDelayMs, isWatched } from '../engine/schedule.ts'
import type { PaymentRow } from '../store/rows.ts'
import { sqlState, UNIQUE_VIOLATION } from '../store/rows.ts'
import type { Saved } from './ports.ts'
import type { SavedMethodRow } from './row.ts'
import { dropPending, moveSaved, savedDue } from './store.ts'

const SECOND = 1_000
const HOUR = 3_600 * SECOND
/** How long a payment whose request died may still be recorded under the id that was noted down. */
const UNRECORDED_MS = HOUR
/** Looks at a paid payment that names no method before it is believed that there is none. */
const LOOKS_MAX = 8

/** What the payer agreed to becomes theirs to be charged by, once their payment is paid. */
export async function tendPending(saved: Saved, row: SavedMethodRow): Promise<void> {
  const { engine, db } = saved
  const ageMs = engine.now() - row.created_at.getTime()
  const payment = await engine.store.getPayment({ ...row, id: row.payment_id })
  if (payment === null) {
    return ageMs > UNRECORDED_MS
      ? await dropPending(db, row)
      : await savedDue.postpone(db, row, waitMs(ageMs))
  }
  switch (payment.status) {
    case 'succeeded':
      return await keep(saved, row, payment)
    case 'created':
    case 'requires_action':
    case 'processing':
    case 'authorized':
      return isWatched(ageMs) ? await savedDue.postpone(db, row, waitMs(ageMs)) : await dropPending(db, row)
    case 'failed':
    case 'canceled':
    case 'expired':
      // What is paid after all is seen by a payment's own late looks within days.
      return ageMs > 7 * 24 * HOUR ? await dropPending(db, row) : await savedDue.postpone(db, row, 12 * HOUR)
  }
}

/** Payers take minutes at most times; asking our own table costs nothing worth saving. */
const waitMs = (ageMs: number): number => Math.min(Math.max(ageMs / 5, 2 * SECOND), HOUR)

async function keep(saved: Saved, row: SavedMethodRow, payment: PaymentRow): Promise<void> {
  const { engine, db } = saved
  const access = await accessFor(engine, payment)
  const verbs = access?.provider.savedMethods
  if (access === null || verbs === undefined) return await dropPending(db, row)
  const call = { verb: 'savedMethods.find', paymentId: payment.id, operationId: null }
  const ctx = contextFor(engine, access.credential, 'later', call)
  const { outcome } = await guarded(engine, () => verbs.find(ctx, handleOf(payment)))
  if (outcome.kind !== 'ok') return await savedDue.postpone(db, row, exposedDelayMs(row.tries))
  if (outcome.value === null) {
    if (row.tries < LOOKS_MAX) return await savedDue.postpone(db, row, 30 * SECOND * 2 ** row.tries)
    engine.log.warn({ payment: formatId('payment', payment.id) }, 'what paid was to be kept, and was not')
    return await dropPending(db, row)
  }
  const account = await providerAccountOf(db, access.credential)
  const kept = keptRow(saved, row, { payment, account, found: outcome.value })
  try {
    await moveSaved(db, kept, 'pending')
  } catch (error) {
    // The same method has been kept before; the row of then stays the one.
    if (sqlState(error) !== UNIQUE_VIOLATION) throw error
    await dropPending(db, row)
  }
}

function keptRow(
  { engine, vault }: Saved,
  row: SavedMethodRow,
  of: { readonly payment: PaymentRow; readonly account: string; readonly found: SavedMethodSnapshot },
): SavedMethodRow {
  const { payment, account, found } = of
  const sealed = vault.seal(row, found.methodRef)
  return {
    ...row,
    state: 'active',
    provider: payment.provider,
    credential_version: payment.credential_version,
    provider_account: account,
    customer_ref: found.customerRef,
    sealed: sealed.bytes,
    key_id: sealed.keyId,
    digest: createHash('sha256')
      .update(JSON.stringify([account, found.methodRef]))
      .digest(),
    kind: found.kind,
    brand: found.brand,
    last4: found.last4 !== null && /^[0-9]{4}$/.test(found.last4) ? found.last4 : null,
    exp_month: found.expMonth,
    exp_year: found.expYear,
    tries: 0,
    due_at: null,
    updated_at: new Date(engine.now()),
  }
}

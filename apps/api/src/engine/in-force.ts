import { paymentRefOf } from '../store/operations.ts'
import type { OperationRow } from '../store/rows.ts'
import type { Engine } from './ports.ts'

/**
 * What tells how things stand with a call: the charge in force, where the one that was begun was left behind. Taken from one
 * look at all attempts; the payment is to be read after it. Read before, it may name an attempt that is left behind by the
 * time of the look, and what tells of an attempt that was left ("nothing has happened") would be told of one that lives.
 */
export async function inForce(engine: Engine, begun: OperationRow): Promise<OperationRow> {
  if (begun.kind !== 'charge') return begun
  const attempts = (await engine.store.listOperations(paymentRefOf(begun))).filter(
    ({ kind, request }) => kind === 'charge' && request.duplicate === undefined,
  )
  return attempts.reduce((last, one) => (one.n > last.n ? one : last), begun)
}

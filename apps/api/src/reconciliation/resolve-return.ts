import { mustRead } from '../engine/follow-up.ts'
import { askForReturnAgain, lookForReturn, noteReturned } from '../engine/give-back.ts'
import type { Engine } from '../engine/ports.ts'
import type { Settled } from '../engine/settle-operation.ts'
import type { OperationRow, PaymentRow } from '../store/rows.ts'
import { type Decision, keepDecision, refused, unavailable } from './decision.ts'

/**
 * Settles the return of what came twice, which its provider refused. "It happened" is believed when the provider
 * shows all of it back with the payer; "it did not" asks the provider for it once more.
 * @throws ApiError invalid_state, provider_unavailable
 */
export async function resolveReturn(
  engine: Engine,
  operation: OperationRow,
  payment: PaymentRow,
  decision: Decision,
): Promise<Pick<Settled, 'operation' | 'payment'>> {
  const seen = await lookForReturn(engine, operation, payment)
  if (seen.kind !== 'ok') throw unavailable('message' in seen ? seen.message : seen.reason)
  const happened = decision.outcome === 'happened'
  if (happened && !seen.value)
    throw refused('The provider was asked, and not all of the money is back with the payer.')
  if (!happened && seen.value) throw refused('The provider was asked and shows that the money went back.')
  await keepDecision(engine, operation, decision, {
    kind: 'return',
    returned: seen.value ? 'all' : 'not all',
  })
  if (happened) await noteReturned(engine, operation)
  else await askForReturnAgain(engine, operation)
  return {
    operation: await mustRead(engine.store.getOperation(operation)),
    payment: await mustRead(engine.store.getPayment(payment)),
  }
}

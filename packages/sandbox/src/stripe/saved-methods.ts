import {
  BEHAVIOUR_AFTER,
  type MethodSimulation,
  type SavedMethodEntry,
  type SimulationResult,
  type World,
} from '../kernel/types.ts'
import { detachMethod } from './billing/methods.ts'
import { type Store, systemContext } from './state.ts'

/** Changes how a saved method behaves; removing one is what the dashboard or a customer portal does. */
export function simulateMethod(
  world: World,
  store: Store,
  by: { accountId: string; ref: string; action: MethodSimulation },
): SimulationResult {
  const row = store.paymentMethods.get(by.ref)
  if (row?.accountId !== by.accountId) return { ok: false, reason: `no such payment method: ${by.ref}` }
  if (row.object.customer === null) return { ok: false, reason: 'the payment method is not saved' }
  if (by.action === 'remove') {
    detachMethod(systemContext(world, store, row), row)
    return { ok: true, status: 'removed' }
  }
  row.behaviour = BEHAVIOUR_AFTER[by.action]
  return { ok: true, status: row.behaviour }
}

/** Every method that is or was a customer's. */
export function savedMethodsOf(store: Store, accountId: string): SavedMethodEntry[] {
  return [...store.paymentMethods.values()].flatMap((row) => {
    const { id, type, created } = row.object
    const customerRef = row.object.customer ?? row.formerCustomer ?? null
    if (row.accountId !== accountId || customerRef === null) return []
    const entry: SavedMethodEntry = {
      accountId,
      methodRef: id,
      customerRef,
      kind: type,
      status: row.object.customer === null ? 'removed' : 'active',
      behaviour: row.behaviour ?? 'works',
      at: new Date(created * 1_000).toISOString(),
    }
    return [entry]
  })
}

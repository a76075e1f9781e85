import type { Environment, Service, Uuid } from '@onerouter/core'
import type { PaymentRow } from '../store/rows.ts'
import type { Engine } from './ports.ts'

/**
 * Whose money a provider speaks of when it tells of a refund or a dispute: a payment's, or that of a subscription's
 * charge, which becomes a payment by being told of. `null`: nobody's we know.
 */
export async function paymentToldOf(
  engine: Engine,
  owner: { readonly account_id: Uuid; readonly environment: Environment; readonly provider: Service },
  ids: Parameters<Engine['store']['findPaymentByProviderIds']>[1],
): Promise<PaymentRow | null> {
  const known = await engine.store.findPaymentByProviderIds(owner, ids)
  if (known !== null || ids.paymentRef === null) return known
  return (await engine.subscriptions?.paymentOf(owner, ids.paymentRef)) ?? null
}

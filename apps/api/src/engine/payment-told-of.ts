import type { Environment, Service, Uuid } from '@onerouter/core'
import type { ProviderEvent } from '@onerouter/providers'
import type { PaymentRow } from '../store/rows.ts'
import { contextFor, guarded } from './call-provider.ts'
import type { Engine } from './ports.ts'

interface Owner {
  readonly account_id: Uuid
  readonly environment: Environment
  readonly provider: Service
}

/**
 * Whose money a provider speaks of when it tells of a refund or a dispute: a payment's, or that of a subscription's
 * charge, which becomes a payment by being told of. `null`: nobody's we know.
 */
export async function paymentToldOf(
  engine: Engine,
  owner: Owner,
  ids: Parameters<Engine['store']['findPaymentByProviderIds']>[1],
): Promise<PaymentRow | null> {
  const known = await engine.store.findPaymentByProviderIds(owner, ids)
  if (known !== null || ids.paymentRef === null) return known
  return (await engine.subscriptions?.paymentOf(owner, ids.paymentRef)) ?? null
}

type AboutRefund = Extract<ProviderEvent['about'], { readonly kind: 'refund' }>

/** As above, for a refund whose event may name nothing but itself. `unnamed`: the provider did not say whose it was. */
export async function paymentOfRefund(
  engine: Engine,
  owner: Owner,
  about: AboutRefund,
): Promise<PaymentRow | null | 'unnamed'> {
  const isNamed = about.reference !== null || about.orderRef !== null || about.paymentRef !== null
  if (isNamed) return await paymentToldOf(engine, owner, about)
  const paymentOf = engine.provider(owner.provider)?.refunds?.paymentOf
  const credential = await engine.credentials.current(owner.account_id, owner.environment, owner.provider)
  if (paymentOf === undefined || credential === null) return 'unnamed'
  const call = { verb: 'refunds.payment', paymentId: null, operationId: null }
  const ctx = contextFor(engine, credential, 'later', call)
  const { outcome } = await guarded(engine, () => paymentOf(ctx, about.refundRef))
  if (outcome.kind !== 'ok') return 'unnamed'
  return await paymentToldOf(engine, owner, { ...about, paymentRef: outcome.value.paymentRef })
}

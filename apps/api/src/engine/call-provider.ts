import type { Outcome } from '@onerouter/core'
import { currency, money, unknown } from '@onerouter/core'
import type { PaymentHandle, Provider, ProviderContext } from '@onerouter/providers'
import type { OperationRow, PaymentRow } from '../store/rows.ts'
import type { CallMeta, Credential, Engine } from './ports.ts'

/** What the adapter needs for one call made with one version of an account's credentials. */
export function contextFor(
  engine: Engine,
  credential: Credential,
  send: 'first' | 'later',
  call: CallMeta,
): ProviderContext<object> {
  return {
    credentials: credential.credentials,
    environment: credential.environment,
    baseUrl: credential.baseUrl,
    send,
    http: engine.http(credential, call),
    tokens: engine.tokens,
    now: engine.now,
  }
}

export function handleOf(payment: PaymentRow): PaymentHandle {
  return {
    reference: payment.reference,
    amount: money(payment.amount, currency(payment.currency)),
    capture: payment.capture_mode,
    orderRef: payment.provider_order_id,
    paymentRef: payment.provider_payment_id,
    refs: payment.provider_refs,
  }
}

export interface ProviderAccess {
  readonly provider: Provider
  readonly credential: Credential
}

/** The provider and the very credentials a payment was made with, whatever is in force today. */
export async function accessFor(engine: Engine, payment: PaymentRow): Promise<ProviderAccess | null> {
  const provider = engine.provider(payment.provider)
  const credential = await engine.credentials.version(
    payment.account_id,
    payment.environment,
    payment.provider,
    payment.credential_version,
  )
  return provider === undefined || credential === null ? null : { provider, credential }
}

export const metaOf = (verb: string, operation: OperationRow): CallMeta => ({
  verb,
  paymentId: operation.payment_id,
  operationId: operation.id,
})

/** A bug in an adapter must not turn a call that may have moved money into a failure. */
export async function guarded<T>(
  engine: Engine,
  run: () => Promise<Outcome<T>>,
): Promise<{ outcome: Outcome<T>; providerMs: number }> {
  const startedMs = engine.now()
  try {
    const outcome = await run()
    return { outcome, providerMs: engine.now() - startedMs }
  } catch (error) {
    engine.log.error({ err: error }, 'the adapter threw; its outcome counts as unknown')
    return { outcome: unknown('adapter error'), providerMs: engine.now() - startedMs }
  }
}

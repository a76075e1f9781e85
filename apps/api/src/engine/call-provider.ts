import type { Outcome } from '@onerouter/core'
import { currency, money, unknown } from '@onerouter/core'
import type { Http, PaymentHandle, Provider, ProviderContext } from '@onerouter/providers'
import { type OpenSpan, watched } from '../observe/spans.ts'
import type { OperationRow, PaymentRow } from '../store/rows.ts'
import type { CallMeta, Credential, Engine } from './ports.ts'
import { TAKEOVER_MS } from './ports.ts'

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
    http: withinBudget(engine, engine.http(credential, call)),
    tokens: engine.tokens,
    now: engine.now,
  }
}

/** A verb may need several calls; together they end before anybody takes the operation over. */
const VERB_BUDGET_MS = TAKEOVER_MS - 5_000
const CALL_MS_MAX = 30_000

function withinBudget(engine: Engine, http: Http): Http {
  const deadlineMs = engine.now() + VERB_BUDGET_MS
  return async (request) => {
    const leftMs = deadlineMs - engine.now()
    if (leftMs <= 0) return { ok: false, sent: false, reason: 'aborted' }
    return await http({ ...request, timeoutMs: Math.min(request.timeoutMs ?? CALL_MS_MAX, leftMs) })
  }
}

export function handleOf(payment: PaymentRow): PaymentHandle {
  return {
    reference: payment.reference,
    amount: money(payment.amount, currency(payment.currency)),
    capture: payment.capture_mode,
    orderRef: payment.provider_order_id,
    paymentRef: payment.provider_payment_id,
    refunded: payment.refunded,
    refs: payment.provider_refs,
  }
}

export interface ProviderAccess {
  readonly provider: Provider
  readonly credential: Credential
}

/** The provider and the very credentials a payment or a call was made with, whatever is in force today. */
export async function accessFor(
  engine: Engine,
  made: Pick<PaymentRow, 'account_id' | 'environment' | 'provider' | 'credential_version'>,
): Promise<ProviderAccess | null> {
  const provider = engine.provider(made.provider)
  const credential = await engine.credentials.version(
    made.account_id,
    made.environment,
    made.provider,
    made.credential_version,
  )
  return provider === undefined || credential === null ? null : { provider, credential }
}

export const metaOf = (verb: string, operation: OperationRow): CallMeta => ({
  verb,
  paymentId: operation.payment_id,
  operationId: operation.id,
})

/** A new charge, whose outcome also says how the provider does at the moment. */
export async function guardedCharge<T>(
  engine: Engine,
  credential: Credential,
  run: () => Promise<Outcome<T>>,
): Promise<{ outcome: Outcome<T>; providerMs: number }> {
  const done = await guarded(engine, run)
  engine.routing?.note(credential, done.outcome)
  return done
}

/** A bug in an adapter must not turn a call that may have moved money into a failure. */
export async function guarded<T>(
  engine: Engine,
  run: () => Promise<Outcome<T>>,
): Promise<{ outcome: Outcome<T>; providerMs: number }> {
  const startedMs = engine.now()
  const outcome = await watched(engine.spans, ASKING, async (span) => {
    const come = await proven(engine, run)
    span?.tell(factsOf(come))
    return come
  })
  return { outcome, providerMs: engine.now() - startedMs }
}

async function proven<T>(engine: Engine, run: () => Promise<Outcome<T>>): Promise<Outcome<T>> {
  try {
    return await run()
  } catch (error) {
    engine.log.error({ err: error }, 'the adapter threw; its outcome counts as unknown')
    return unknown('adapter error')
  }
}

const ASKING = { name: 'ask provider', kind: 'inner', facts: {} } as const

/** Of reasons only those that are words of ours: the others repeat what was answered. */
function factsOf(outcome: Outcome<unknown>): Parameters<OpenSpan['tell']>[0] {
  const reason = outcome.kind === 'declined' || outcome.kind === 'rejected' ? outcome.reason : null
  return { 'onerouter.outcome': outcome.kind, ...(reason !== null && { 'onerouter.reason': reason }) }
}

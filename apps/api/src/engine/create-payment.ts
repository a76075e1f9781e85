import type { Environment, Money, OperationState, Outcome, Service, Uuid } from '@onerouter/core'
import { formatId } from '@onerouter/core'
import type { Customer, PaymentSnapshot } from '@onerouter/providers'
import { lostTheRace, type OperationRow, type PaymentRow, type StoredFailure } from '../store/rows.ts'
import { guardedCharge } from './call-provider.ts'
import { paymentEvents } from './events.ts'
import { chargeOf, claimRow, isInert, nextAttempt } from './intent.ts'
import type { Caller, Claim, Engine, Reply } from './ports.ts'
import { TAKEOVER_MS } from './ports.ts'
import { replay, replyOf, unlessClaimed } from './replay.ts'
import { type Route, routePayment } from './route-payment.ts'
import { sendCharge } from './send.ts'
import { failureOf, settlePaymentOperation } from './settle-operation.ts'

export interface CreatePaymentInput {
  /** Chosen by who has noted it down before the payment exists; a new one when absent. */
  readonly id?: Uuid
  readonly amount: Money
  readonly capture: 'automatic' | 'manual'
  readonly provider?: Service
  readonly environment?: Environment
  readonly method?: string
  readonly receipt?: string
  readonly description?: string
  readonly customer?: Customer
  readonly metadata: Readonly<Record<string, string>>
  readonly returnUrl?: string
  readonly cancelUrl?: string
  /** The payer lets what pays be kept. */
  readonly save?: NonNullable<OperationRow['request']['save']>
  /** A kept method, which pins where the payment goes. */
  readonly saved?: { readonly methodId: Uuid; readonly route: Route }
}

/**
 * Creates a payment: route, record, call, settle. Two statements and two commits, and no transaction open
 * while the provider works. Errors: an `ApiError` before anything was recorded; afterwards the answer itself.
 */
export async function createPayment(
  engine: Engine,
  caller: Caller,
  input: CreatePaymentInput,
  claim: Claim,
): Promise<Reply> {
  const id = input.id ?? engine.newId()
  const asked = { ...input, id, keeps: input.save !== undefined }
  const routed =
    input.saved !== undefined
      ? ([input.saved.route] as const)
      : await routePayment(engine, caller, asked).catch((error: unknown) =>
          // What was created under this key stays its answer, whatever has been disconnected since.
          unlessClaimed(engine, caller, claim, error),
        )
  if ('body' in routed) return routed
  const routes = routed
  const at = new Date(engine.now())
  const payment = newPayment(engine, caller, { ...input, id }, routes[0], at)
  const operation = chargeOf(engine, payment, requestOf(input))
  const recorded = await engine.store.recordCreate({
    idempotency: claimRow(caller, claim, payment, operation, at),
    payment,
    operation,
    events: paymentEvents(payment, ['payment.created'], engine.newId),
    takeoverMs: TAKEOVER_MS,
  })
  if (!recorded) return await replay(engine, caller, claim)
  const waiting = { ...claim, environment: caller.environment }
  return await attempt(engine, routes, { payment, operation, waiting, spentMs: 0 })
}

function requestOf({ method, save, saved }: CreatePaymentInput): OperationRow['request'] {
  return {
    ...(method !== undefined && { method }),
    ...(save !== undefined && { save }),
    ...(saved !== undefined && { saved: { method_id: saved.methodId } }),
  }
}

interface Attempt {
  readonly payment: PaymentRow
  readonly operation: OperationRow
  readonly waiting: Claim & { readonly environment: Environment }
  /** Spent with providers so far. */
  readonly spentMs: number
}

/** Sends the recorded charge; where it took nothing and was shown to nobody, the next provider gets it. */
async function attempt(
  engine: Engine,
  routes: readonly [Route, ...Route[]],
  { payment, operation, waiting, spentMs }: Attempt,
): Promise<Reply> {
  const [route, next, ...others] = routes
  const { outcome, providerMs } = await guardedCharge(engine, route.credential, () =>
    sendCharge(engine, route, operation, payment, 'first'),
  )
  const spent = spentMs + providerMs
  const left = next === undefined ? null : leftBehind(outcome, route, operation)
  if (next !== undefined && left !== null) {
    const second = nextAttempt(engine, payment, operation, next)
    const moved = await tryFailover(engine, { ...left, id: operation.id }, second, waiting)
    if (moved) return await attempt(engine, [next, ...others], { ...second, waiting, spentMs: spent })
  }
  const settled = await settlePaymentOperation(engine, operation, payment, outcome, waiting)
  return replyOf(settled.answered, { providerMs: spent })
}

/**
 * What an attempt is called that may be left for another provider; `null` = it may not. A refusal of our
 * credentials and what never left are proofs; an order that moves no money and was shown to nobody is safe to
 * leave even when its outcome is not known.
 */
function leftBehind(
  outcome: Outcome<PaymentSnapshot>,
  route: Route,
  operation: OperationRow,
): { state: OperationState; failure: StoredFailure | null } | null {
  switch (outcome.kind) {
    case 'not_sent':
      return { state: 'not_sent', failure: null }
    case 'unknown':
      return isInert(route.payments, operation) ? { state: 'abandoned', failure: null } : null
    case 'rejected':
      return outcome.reason === 'bad_credentials' || outcome.reason === 'account_problem'
        ? { state: 'rejected', failure: failureOf(outcome) }
        : null
    case 'ok':
    case 'declined':
      return null
  }
}

/** `false`: somebody settled the attempt meanwhile, or the payment moved; its state is the answer. */
async function tryFailover(
  engine: Engine,
  left: { id: Uuid; state: OperationState; failure: StoredFailure | null },
  next: { payment: PaymentRow; operation: OperationRow },
  claim: Attempt['waiting'],
): Promise<boolean> {
  try {
    return await engine.store.recordFailover({
      left,
      ...next,
      claim: { account_id: next.payment.account_id, environment: claim.environment, key: claim.key },
      takeoverMs: TAKEOVER_MS,
    })
  } catch (error) {
    if (lostTheRace(error)) return false
    throw error
  }
}

function newPayment(
  engine: Engine,
  caller: Caller,
  input: CreatePaymentInput & { readonly id: Uuid },
  route: Route,
  at: Date,
): PaymentRow {
  const { id } = input
  return {
    account_id: caller.accountId,
    environment: route.credential.environment,
    id,
    version: 1,
    sequence: 1,
    status: 'created',
    amount: input.amount.minor,
    currency: input.amount.currency,
    captured: 0n,
    refunded: 0n,
    refund_pending: 0n,
    capture_mode: input.capture,
    provider: route.credential.service,
    credential_version: route.credential.version,
    reference: formatId('operation', engine.newId()),
    provider_order_id: null,
    provider_payment_id: null,
    provider_refs: {},
    checkout_url: route.payments.hosted === undefined ? null : engine.pages.checkoutUrl(id),
    checkout_options: null,
    method: input.method ?? null,
    receipt: input.receipt ?? null,
    description: input.description ?? null,
    customer: input.customer ?? null,
    metadata: input.metadata,
    return_url: input.returnUrl ?? null,
    cancel_url: input.cancelUrl ?? null,
    failure: null,
    fee_amount: null,
    fee_tax: null,
    fee_currency: null,
    attempts: 1,
    routing: route.record,
    api_key_id: caller.keyId,
    created_at: at,
    updated_at: at,
  }
}

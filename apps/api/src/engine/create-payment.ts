import type { Environment, Money, Service } from '@onerouter/core'
import { formatId } from '@onerouter/core'
import type { Customer } from '@onerouter/providers'
import type { OperationRow, PaymentRow } from '../store/rows.ts'
import { guarded } from './call-provider.ts'
import { paymentEvents } from './events.ts'
import { claimRow, operationOf } from './intent.ts'
import type { Caller, Claim, Engine, Reply } from './ports.ts'
import { TAKEOVER_MS } from './ports.ts'
import { replay, replyOf } from './replay.ts'
import { type Route, routePayment } from './route-payment.ts'
import { sendCharge } from './send.ts'
import { settlePaymentOperation } from './settle-operation.ts'

export interface CreatePaymentInput {
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
  const route = await routePayment(engine, caller, input)
  const at = new Date(engine.now())
  const payment = newPayment(engine, caller, input, route, at)
  const operation = firstCharge(engine, payment, input)
  const recorded = await engine.store.recordCreate({
    idempotency: claimRow(caller, claim, payment, operation, at),
    payment,
    operation,
    events: paymentEvents(payment, ['payment.created'], engine.newId),
    takeoverMs: TAKEOVER_MS,
  })
  if (!recorded) return await replay(engine, caller, claim)
  const { outcome, providerMs } = await guarded(engine, () =>
    sendCharge(engine, route, operation, payment, 'first'),
  )
  const waiting = { ...claim, environment: caller.environment }
  const settled = await settlePaymentOperation(engine, operation, payment, outcome, waiting)
  return replyOf(settled.answered, { providerMs })
}

function newPayment(
  engine: Engine,
  caller: Caller,
  input: CreatePaymentInput,
  route: Route,
  at: Date,
): PaymentRow {
  const id = engine.newId()
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

function firstCharge(engine: Engine, payment: PaymentRow, input: CreatePaymentInput): OperationRow {
  return {
    ...operationOf(engine, payment, 'charge', 1, payment.amount),
    reference: payment.reference,
    request: input.method === undefined ? {} : { method: input.method },
  }
}

import { formatId } from '@onerouter/core'
import type { Payments } from '@onerouter/providers'
import type { IdempotencyRow, OperationRow, PaymentRow } from '../store/rows.ts'
import type { Caller, Claim, Engine } from './ports.ts'
import type { Route } from './route-payment.ts'

/** A recorded call on a payment, as it stands before it is sent. */
export function operationOf(
  engine: Pick<Engine, 'newId' | 'now'>,
  payment: PaymentRow,
  kind: OperationRow['kind'],
  n: number,
  amount: bigint,
): OperationRow {
  const id = engine.newId()
  return {
    account_id: payment.account_id,
    environment: payment.environment,
    id,
    payment_id: payment.id,
    refund_id: null,
    kind,
    n,
    provider: payment.provider,
    credential_version: payment.credential_version,
    reference: formatId('operation', id),
    state: 'sent',
    amount,
    currency: payment.currency,
    request: {},
    failure: null,
    tries: 0,
    due_at: null,
    created_at: new Date(engine.now()),
    recorded_at: new Date(engine.now()),
    finished_at: null,
  }
}

/** The charge attempt that a payment's reference names. */
export function chargeOf(
  engine: Pick<Engine, 'newId' | 'now'>,
  payment: PaymentRow,
  request: OperationRow['request'],
): OperationRow {
  return {
    ...operationOf(engine, payment, 'charge', payment.attempts, payment.amount),
    reference: payment.reference,
    request,
  }
}

/** A payment and its charge as they go to the next provider, or to the same one under a new reference. */
export function nextAttempt(
  engine: Pick<Engine, 'newId' | 'now' | 'pages'>,
  before: PaymentRow,
  left: OperationRow,
  route: Route,
): { payment: PaymentRow; operation: OperationRow } {
  const payment: PaymentRow = {
    ...before,
    version: before.version + 1,
    provider: route.credential.service,
    credential_version: route.credential.version,
    reference: formatId('operation', engine.newId()),
    checkout_url: route.payments.hosted === undefined ? null : engine.pages.checkoutUrl(before.id),
    attempts: before.attempts + 1,
    routing: route.record,
    updated_at: new Date(engine.now()),
  }
  return { payment, operation: chargeOf(engine, payment, left.request) }
}

/**
 * Whether an order that nobody was shown may be left behind in the dark: making it moved no money. A kept method is
 * charged by the very call that makes it.
 */
export const isInert = (
  { inertCreate }: Pick<Payments<object>, 'inertCreate'>,
  { request }: Pick<OperationRow, 'request'>,
): boolean => inertCreate && request.saved === undefined

export function claimRow(
  caller: Caller,
  claim: Claim,
  payment: PaymentRow,
  operation: OperationRow,
  at: Date,
): IdempotencyRow {
  return {
    account_id: caller.accountId,
    environment: caller.environment,
    key: claim.key,
    fingerprint: claim.fingerprint,
    request_id: claim.requestId,
    object_environment: payment.environment,
    payment_id: payment.id,
    operation_id: operation.id,
    refund_id: operation.refund_id,
    status: null,
    body: null,
    created_at: at,
  }
}

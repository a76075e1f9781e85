import { formatId } from '@onerouter/core'
import type { IdempotencyRow, OperationRow, PaymentRow } from '../store/rows.ts'
import type { Caller, Claim, Engine } from './ports.ts'

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
    finished_at: null,
  }
}

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

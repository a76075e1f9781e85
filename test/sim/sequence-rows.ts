/** Rows as random transactions begin with them. */
import type {
  EventRow,
  IdempotencyRow,
  OperationRow,
  PaymentRow,
  RefundRow,
} from '../../apps/api/src/store/rows.ts'
import type { Play } from './sequences.ts'

export const ENVIRONMENTS = ['test', 'live'] as const

export function claimOf(play: Play, payment: PaymentRow, operation: OperationRow): IdempotencyRow {
  return {
    account_id: play.accountId,
    environment: payment.environment,
    key: `key-${play.choices.int(6)}`,
    fingerprint: Buffer.from('f'.repeat(32)),
    request_id: 'req_1',
    object_environment: payment.environment,
    payment_id: payment.id,
    operation_id: operation.id,
    refund_id: operation.refund_id,
    status: null,
    body: null,
    created_at: play.at(),
  }
}

export function newPayment(play: Play): PaymentRow {
  const at = play.at()
  return {
    account_id: play.accountId,
    environment: play.choices.pick(ENVIRONMENTS),
    id: play.newId(),
    version: 1,
    sequence: 1,
    status: 'created',
    amount: 1_000n,
    currency: 'USD',
    ...{ captured: 0n, refunded: 0n, refund_pending: 0n, capture_mode: 'automatic' },
    provider: play.choices.pick(['stripe', 'razorpay'] as const),
    credential_version: 1,
    reference: `ref_${play.newId()}`,
    ...{ provider_order_id: null, provider_payment_id: null, provider_refs: {}, checkout_url: null },
    ...{
      checkout_options: null,
      method: null,
      receipt: 'r-1',
      description: 'Zürich',
      customer: { name: 'A' },
    },
    metadata: { long: 'x', a: 'y' },
    ...{
      return_url: null,
      cancel_url: null,
      failure: null,
      fee_amount: null,
      fee_tax: null,
      fee_currency: null,
    },
    attempts: 1,
    routing: { rule: 'requested', candidates: [] },
    api_key_id: null,
    created_at: at,
    updated_at: at,
  }
}

export function newOperation(play: Play, payment: PaymentRow, kind: OperationRow['kind']): OperationRow {
  const count = [...play.memory.tables.operation.values()].filter(
    (one) => one.payment_id === payment.id && one.kind === kind,
  ).length
  return {
    account_id: play.accountId,
    environment: payment.environment,
    id: play.newId(),
    payment_id: payment.id,
    refund_id: null,
    kind,
    n: play.choices.chance(0.1) ? 1 : count + 1,
    provider: payment.provider,
    credential_version: 1,
    reference: kind === 'charge' ? payment.reference : `ref_${play.newId()}`,
    state: 'sent',
    amount: payment.amount,
    currency: payment.currency,
    request: {},
    ...{
      failure: null,
      tries: 0,
      due_at: null,
      created_at: play.at(),
      recorded_at: play.at(),
      finished_at: null,
    },
  }
}

export function newEvents(
  play: Play,
  row: PaymentRow | RefundRow,
  kind: 'payment' | 'refund',
  n: number,
): EventRow[] {
  return Array.from({ length: n }, (_, i) => ({
    account_id: play.accountId,
    environment: row.environment,
    id: play.newId(),
    type: `${kind}.changed`,
    subject_kind: kind,
    subject_id: row.id,
    sequence: row.sequence - n + 1 + i,
    payload: '{"object": "event"}',
    created_at: play.at(),
  }))
}

export function newRefund(play: Play, payment: PaymentRow): RefundRow {
  const at = play.at()
  return {
    account_id: play.accountId,
    environment: payment.environment,
    id: play.newId(),
    payment_id: payment.id,
    ...{ version: 1, sequence: 1, status: 'pending' },
    amount: BigInt(play.choices.pick([100, 400, 1_000])),
    currency: 'USD',
    ...{ reason: null, speed: 'normal', metadata: {} },
    provider: payment.provider,
    provider_refund_id: null,
    failure: null,
    created_at: at,
    updated_at: at,
  }
}

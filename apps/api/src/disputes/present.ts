import { currency, formatId, formatMajor } from '@onerouter/core'
import type { DisputeRow } from './row.ts'

/** The dispute object of the API. */
export function presentDispute(row: DisputeRow) {
  return {
    id: formatId('dispute', row.id),
    object: 'dispute' as const,
    payment_id: formatId('payment', row.payment_id),
    status: row.status,
    stage: row.stage,
    reason: row.reason,
    amount: formatMajor(row.amount, currency(row.currency)),
    amount_minor: Number(row.amount),
    currency: row.currency,
    deducted: presentMoney(row.deducted, row.deducted_currency),
    fee: presentMoney(row.fee, row.fee_currency),
    provider: row.provider,
    provider_dispute_id: row.provider_dispute_id,
    provider_status: row.provider_status,
    provider_reason: row.provider_reason,
    environment: row.environment,
    evidence_due_at: row.evidence_due_at?.toISOString() ?? null,
    evidence_url: row.evidence_url,
    opened_at: row.opened_at.toISOString(),
    closed_at: row.closed_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
export type DisputeObject = ReturnType<typeof presentDispute>

function presentMoney(minor: bigint | null, code: string | null) {
  return minor === null || code === null
    ? null
    : { amount: formatMajor(minor, currency(code)), amount_minor: Number(minor), currency: code }
}

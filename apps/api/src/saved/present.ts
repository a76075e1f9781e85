import { formatId } from '@onerouter/core'
import type { KeptMethod } from './row.ts'

/** The object of the API, as the contract's schema has it. */
export function presentSaved(row: KeptMethod) {
  const card = row.last4 === null && row.exp_month === null ? null : cardOf(row)
  return {
    id: formatId('saved_payment_method', row.id),
    object: 'saved_payment_method' as const,
    customer_id: formatId('customer', row.customer_id),
    payment_id: formatId('payment', row.payment_id),
    provider: row.provider,
    environment: row.environment,
    type: row.kind ?? 'page',
    brand: row.brand,
    card,
    nickname: row.nickname,
    metadata: row.metadata,
    consented_at: row.consented_at.toISOString(),
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}

const cardOf = ({ last4, exp_month, exp_year }: KeptMethod) => ({ last4, exp_month, exp_year })

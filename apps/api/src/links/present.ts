import { currency, formatId, formatMajor } from '@onerouter/core'
import { linkAddress } from './code.ts'
import type { LinkRow } from './row.ts'

/** The payment link object of the API. */
export function presentLink(row: LinkRow, publicUrl: string) {
  const code = currency(row.currency)
  const address = linkAddress(publicUrl, row.code)
  return {
    id: formatId('payment_link', row.id),
    object: 'payment_link' as const,
    status: row.status,
    active: row.status === 'active',
    short_url: address,
    checkout_url: address,
    qr_url: `${address}/qr.svg`,
    amount: formatMajor(row.amount, code),
    amount_minor: Number(row.amount),
    currency: row.currency,
    description: row.description,
    customer: row.customer,
    metadata: row.metadata,
    callback_url: row.callback_url,
    provider: row.provider,
    method: row.method,
    environment: row.environment,
    reusable: row.reusable,
    expires_at: row.expires_at?.toISOString() ?? null,
    clicks: row.clicks,
    payments_count: row.payments_count,
    amount_paid: formatMajor(row.amount_paid, code),
    amount_paid_minor: Number(row.amount_paid),
    payment_id: row.payment_id === null ? null : formatId('payment', row.payment_id),
    paid_at: row.paid_at?.toISOString() ?? null,
    notify: row.notice === null ? null : { sms: row.notice },
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
export type LinkObject = ReturnType<typeof presentLink>

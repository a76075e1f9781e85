import { currency, formatId, formatMajor } from '@onerouter/core'
import type { PaymentRow, RefundRow } from '../store/rows.ts'

/** The payment object of the contract, section 6. */
export function presentPayment(row: PaymentRow) {
  const code = currency(row.currency)
  const id = formatId('payment', row.id)
  return {
    id,
    object: 'payment' as const,
    transaction_id: id,
    status: row.status,
    amount: formatMajor(row.amount, code),
    amount_minor: Number(row.amount),
    amount_captured: formatMajor(row.captured, code),
    amount_captured_minor: Number(row.captured),
    amount_refunded: formatMajor(row.refunded, code),
    amount_refunded_minor: Number(row.refunded),
    currency: row.currency,
    provider: row.provider,
    environment: row.environment,
    method: row.method,
    payment_method: row.method,
    method_details: null,
    provider_order_id: row.provider_order_id,
    provider_payment_id: row.provider_payment_id,
    checkout_url: isOpen(row) ? row.checkout_url : null,
    checkout_options: isOpen(row) ? row.checkout_options : null,
    capture: row.capture_mode,
    receipt: row.receipt,
    description: row.description,
    customer: row.customer,
    metadata: row.metadata,
    failure:
      row.failure === null
        ? null
        : {
            code: row.failure.code,
            decline_reason: row.failure.decline_reason,
            message: row.failure.message,
            provider_code: row.failure.provider_code,
          },
    fees: presentFees(row),
    attempts: row.attempts,
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
export type PaymentObject = ReturnType<typeof presentPayment>

const texts = new WeakMap<PaymentRow, string>()

/** The same as JSON. Rows never change, and the next version of one is both in its event and in an answer. */
export function paymentText(row: PaymentRow): string {
  const known = texts.get(row)
  if (known !== undefined) return known
  const text = JSON.stringify(presentPayment(row))
  texts.set(row, text)
  return text
}

/** A link that can still be paid; a finished payment offers none. */
function isOpen(row: PaymentRow): boolean {
  return row.status === 'created' || row.status === 'requires_action' || row.status === 'processing'
}

function presentFees(row: PaymentRow) {
  if (row.fee_amount === null || row.fee_currency === null) return null
  const code = currency(row.fee_currency)
  const tax = row.fee_tax ?? 0n
  return {
    amount: formatMajor(row.fee_amount, code),
    amount_minor: Number(row.fee_amount),
    tax: formatMajor(tax, code),
    tax_minor: Number(tax),
    currency: row.fee_currency,
  }
}

export function presentRefund(row: RefundRow) {
  const code = currency(row.currency)
  const id = formatId('refund', row.id)
  return {
    id,
    object: 'refund' as const,
    refund_id: id,
    payment_id: formatId('payment', row.payment_id),
    status: row.status,
    amount: formatMajor(row.amount, code),
    amount_minor: Number(row.amount),
    currency: row.currency,
    provider: row.provider,
    provider_refund_id: row.provider_refund_id,
    environment: row.environment,
    reason: row.reason,
    speed: row.speed,
    metadata: row.metadata,
    failure:
      row.failure === null
        ? null
        : {
            code: row.failure.code,
            decline_reason: row.failure.decline_reason,
            message: row.failure.message,
            provider_code: row.failure.provider_code,
          },
    created_at: row.created_at.toISOString(),
    updated_at: row.updated_at.toISOString(),
  }
}
export type RefundObject = ReturnType<typeof presentRefund>

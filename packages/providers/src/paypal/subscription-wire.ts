import type { Money } from '@onerouter/core'
import { idOf, isRecord, linkOf, moneyOf, recordsOf, textOf, timeOf } from './wire.ts'

/**
 * What we read of PayPal's plans, subscriptions and their transactions (Subscriptions API v1). Statuses stay text:
 * PayPal adds values without notice. `null` = the answer does not say.
 */
export interface Plan {
  readonly id: string
  readonly productId: string | null
  readonly unit: string | null
  readonly count: number
  readonly price: Money | null
}

export interface Subscription {
  readonly id: string
  readonly status: string
  readonly statusAtMs: number | null
  readonly planId: string
  readonly reference: string | null
  readonly quantity: number
  readonly startAtMs: number | null
  readonly payerId: string | null
  readonly approveUrl: string | null
  readonly outstanding: Money | null
  readonly failedCount: number
  readonly lastPaymentAtMs: number | null
  readonly nextBillingAtMs: number | null
  readonly nextRetryAtMs: number | null
  /** Of the regular cycle; a trial is none of ours. */
  readonly cyclesCompleted: number | null
  readonly cyclesRemaining: number | null
  /** 0 = without end. */
  readonly cyclesTotal: number | null
}

export interface Transaction {
  readonly id: string
  readonly status: string
  readonly statusReason: string | null
  readonly gross: Money
  readonly fee: Money | null
  readonly atMs: number
}

export function readPlan(body: unknown): Plan | undefined {
  if (!isRecord(body)) return undefined
  const id = idOf(body.id)
  const regular = recordsOf(body.billing_cycles).find((cycle) => cycle.tenure_type === 'REGULAR')
  if (id === null || regular === undefined) return undefined
  const frequency = isRecord(regular.frequency) ? regular.frequency : {}
  const scheme = isRecord(regular.pricing_scheme) ? regular.pricing_scheme : {}
  return {
    id,
    productId: idOf(body.product_id),
    unit: textOf(frequency.interval_unit),
    count: countOf(frequency.interval_count) ?? 1,
    price: moneyOf(scheme.fixed_price),
  }
}

export function readSubscription(body: unknown): Subscription | undefined {
  if (!isRecord(body)) return undefined
  const id = idOf(body.id)
  const status = textOf(body.status)
  const planId = idOf(body.plan_id)
  const quantity = quantityOf(body.quantity)
  if (id === null || status === null || planId === null || quantity === undefined) return undefined
  const billing = isRecord(body.billing_info) ? body.billing_info : {}
  const payment = isRecord(billing.last_payment) ? billing.last_payment : {}
  const failed = isRecord(billing.last_failed_payment) ? billing.last_failed_payment : {}
  const regular = recordsOf(billing.cycle_executions).find((cycle) => cycle.tenure_type === 'REGULAR')
  return {
    id,
    status,
    statusAtMs: timeOf(body.status_update_time),
    planId,
    reference: textOf(body.custom_id),
    quantity,
    startAtMs: timeOf(body.start_time),
    payerId: isRecord(body.subscriber) ? idOf(body.subscriber.payer_id) : null,
    approveUrl: linkOf(body.links, 'approve'),
    outstanding: moneyOf(billing.outstanding_balance),
    failedCount: countOf(billing.failed_payments_count) ?? 0,
    lastPaymentAtMs: timeOf(payment.time),
    nextBillingAtMs: timeOf(billing.next_billing_time),
    // PayPal's own samples spell it both ways.
    nextRetryAtMs: timeOf(failed.next_payment_retry_time ?? failed.next_payment_retry_date),
    cyclesCompleted: countOf(regular?.cycles_completed),
    cyclesRemaining: countOf(regular?.cycles_remaining),
    cyclesTotal: countOf(regular?.total_cycles),
  }
}

/** The answer to a revision: where the payer has to agree, if anywhere. */
export function readRevision(body: unknown): { readonly approveUrl: string | null } | undefined {
  return isRecord(body) ? { approveUrl: linkOf(body.links, 'approve') } : undefined
}

export function readTransaction(body: unknown): Transaction | undefined {
  if (!isRecord(body)) return undefined
  const id = idOf(body.id)
  const status = textOf(body.status)
  const amounts = isRecord(body.amount_with_breakdown) ? body.amount_with_breakdown : {}
  const gross = moneyOf(amounts.gross_amount)
  const atMs = timeOf(body.time)
  if (id === null || status === null || gross === null || atMs === null) return undefined
  const details = isRecord(body.status_details) ? body.status_details : {}
  return { id, status, statusReason: textOf(details.reason), gross, fee: moneyOf(amounts.fee_amount), atMs }
}

/** PayPal omits a list that is empty; a transaction we cannot read is not one that is absent. */
export function readTransactions(body: unknown): readonly Transaction[] | undefined {
  if (!isRecord(body)) return undefined
  if (body.transactions === undefined || body.transactions === null) return []
  if (!Array.isArray(body.transactions)) return undefined
  const items = body.transactions.map(readTransaction)
  return items.every((item) => item !== undefined) ? items : undefined
}

/** Quantities are text, and may have decimals where somebody else made the subscription. */
function quantityOf(value: unknown): number | undefined {
  if (value === undefined || value === null) return 1
  return typeof value === 'string' && /^[0-9]{1,9}$/.test(value) ? Number.parseInt(value, 10) : undefined
}

function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

import type { Money } from '@onerouter/core'
import { fromWireAmount } from './money.ts'
import { idOf, isRecord, noteOf, secondsOf, textOf, webPageOf } from './wire.ts'

/**
 * What we read of Razorpay's plans, subscriptions and their invoices (Razorpay API reference, Subscriptions;
 * Invoices entity). Statuses stay text, because they are open. Times are Unix seconds; `null` = not told.
 */
export interface Plan {
  readonly id: string
  readonly period: string
  readonly interval: number
  readonly amount: Money
  readonly reference: string | null
}

export interface Subscription {
  readonly id: string
  readonly planId: string
  readonly status: string
  readonly reference: string | null
  readonly customerId: string | null
  readonly quantity: number
  readonly url: string | null
  readonly currentStart: number | null
  readonly currentEnd: number | null
  readonly startAt: number | null
  readonly chargeAt: number | null
  readonly endedAt: number | null
  readonly paidCount: number | null
  /** Tries to charge the running period. */
  readonly attempts: number | null
  readonly hasScheduledChanges: boolean
  readonly createdAt: number
}

export interface Invoice {
  readonly id: string
  readonly status: string
  readonly amount: Money
  readonly subscriptionId: string | null
  readonly orderId: string | null
  readonly paymentId: string | null
  readonly billingStart: number | null
  readonly billingEnd: number | null
  readonly paidAt: number | null
  readonly issuedAt: number
}

export function readPlan(body: unknown): Plan | undefined {
  if (!isRecord(body) || !isRecord(body.item)) return undefined
  const id = idOf(body.id, 'plan_')
  const period = textOf(body.period)
  const interval = countOf(body.interval)
  const amount = fromWireAmount(body.item.amount, body.item.currency)
  if (id === null || period === null || interval === null || amount === undefined) return undefined
  return { id, period, interval, amount, reference: noteOf(body.notes) }
}

export function readSubscription(body: unknown): Subscription | undefined {
  if (!isRecord(body)) return undefined
  const id = idOf(body.id, 'sub_')
  const planId = idOf(body.plan_id, 'plan_')
  const status = textOf(body.status)
  if (id === null || planId === null || status === null) return undefined
  return {
    id,
    planId,
    status,
    reference: noteOf(body.notes),
    customerId: idOf(body.customer_id, 'cust_'),
    quantity: countOf(body.quantity) ?? 1,
    url: webPageOf(body.short_url),
    currentStart: timeOf(body.current_start),
    currentEnd: timeOf(body.current_end),
    startAt: timeOf(body.start_at),
    chargeAt: timeOf(body.charge_at),
    endedAt: timeOf(body.ended_at),
    paidCount: countOf(body.paid_count),
    attempts: countOf(body.auth_attempts),
    hasScheduledChanges: body.has_scheduled_changes === true,
    createdAt: secondsOf(body.created_at),
  }
}

export function readInvoice(body: unknown): Invoice | undefined {
  if (!isRecord(body)) return undefined
  const id = idOf(body.id, 'inv_')
  const status = textOf(body.status)
  const amount = fromWireAmount(body.amount, body.currency)
  const issuedAt = timeOf(body.issued_at) ?? timeOf(body.date) ?? timeOf(body.created_at)
  if (id === null || status === null || amount === undefined || issuedAt === null) return undefined
  return {
    id,
    status,
    amount,
    subscriptionId: idOf(body.subscription_id, 'sub_'),
    orderId: idOf(body.order_id, 'order_'),
    paymentId: idOf(body.payment_id, 'pay_'),
    billingStart: timeOf(body.billing_start),
    billingEnd: timeOf(body.billing_end),
    paidAt: timeOf(body.paid_at),
    issuedAt,
  }
}

function timeOf(value: unknown): number | null {
  const seconds = secondsOf(value)
  return seconds === 0 ? null : seconds
}

function countOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null
}

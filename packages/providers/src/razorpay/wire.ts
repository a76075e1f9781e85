import type { Money } from '@onerouter/core'
import { fromWireAmount, minorOf } from './money.ts'

/**
 * What we read of Razorpay's answers, and nothing else (Razorpay API reference, Orders, Payments, Refunds,
 * Payment Links). Statuses stay text, because they are open. `null` = the answer does not say.
 */
export interface Order {
  readonly id: string
  readonly status: string
  readonly amount: Money
  readonly receipt: string | null
  readonly reference: string | null
  readonly createdAt: number
}

export interface Payment {
  readonly id: string
  readonly status: string
  readonly amount: Money
  readonly orderId: string | null
  readonly method: string | null
  /** Whether the money was ever taken; a refunded payment may only have lapsed. */
  readonly captured: boolean | null
  readonly refunded: bigint
  readonly fee: bigint | null
  readonly tax: bigint | null
  /** The settlement currency, which `fee` and `tax` are in. */
  readonly baseCurrency: string | null
  readonly errorReason: string | null
  readonly errorCode: string | null
  readonly createdAt: number
}

export interface Refund {
  readonly id: string
  readonly status: string
  readonly amount: Money
  readonly paymentId: string | null
  readonly reference: string | null
  readonly createdAt: number
}

export interface PaymentLink {
  readonly id: string
  readonly status: string
  readonly amount: Money
  readonly reference: string | null
  readonly orderId: string | null
  readonly url: string | null
  readonly paymentIds: readonly string[]
  readonly createdAt: number
}

export type Json = Readonly<Record<string, unknown>>

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Text or nothing; Razorpay also writes "NA" and "" for nothing. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value !== 'NA' ? value : null
}

/** Ids go into request paths, so nothing else may pass for one. */
export function idOf(value: unknown, prefix: string): string | null {
  return typeof value === 'string' && value.startsWith(prefix) && /^[A-Za-z0-9_]{1,48}$/.test(value)
    ? value
    : null
}

/** Our reference among the notes, which are `{}` when filled, `[]` when empty and null in payment links. */
export function noteOf(notes: unknown): string | null {
  return isRecord(notes) ? textOf(notes.onerouter_ref) : null
}

/** `undefined` when the body is no collection. */
export function readItems(body: unknown): readonly unknown[] | undefined {
  return isRecord(body) && Array.isArray(body.items) ? body.items : undefined
}

/** A collection in which every item must be readable: a payment we cannot read is not one that is absent. */
export function readAll<T>(body: unknown, read: (item: unknown) => T | undefined): readonly T[] | undefined {
  const items = readItems(body)?.map(read)
  return items?.every((item) => item !== undefined) ? items : undefined
}

export function readOrder(body: unknown): Order | undefined {
  if (!isRecord(body)) return undefined
  const id = idOf(body.id, 'order_')
  const status = textOf(body.status)
  const amount = fromWireAmount(body.amount, body.currency)
  if (id === null || status === null || amount === undefined) return undefined
  const receipt = textOf(body.receipt)
  const reference = noteOf(body.notes) ?? receipt
  return { id, status, amount, receipt, reference, createdAt: secondsOf(body.created_at) }
}

export function readPayment(body: unknown): Payment | undefined {
  if (!isRecord(body)) return undefined
  const id = idOf(body.id, 'pay_')
  const status = textOf(body.status)
  const amount = fromWireAmount(body.amount, body.currency)
  const refunded = minorOf(body.amount_refunded ?? 0)
  if (id === null || status === null || amount === undefined || refunded === undefined) return undefined
  return {
    id,
    status,
    amount,
    orderId: idOf(body.order_id, 'order_'),
    method: textOf(body.method),
    captured: flagOf(body.captured),
    refunded,
    fee: minorOf(body.fee) ?? null,
    tax: minorOf(body.tax) ?? null,
    baseCurrency: textOf(body.base_currency),
    errorReason: textOf(body.error_reason),
    errorCode: textOf(body.error_code),
    createdAt: secondsOf(body.created_at),
  }
}

export function readRefund(body: unknown): Refund | undefined {
  if (!isRecord(body)) return undefined
  const id = idOf(body.id, 'rfnd_')
  const status = textOf(body.status)
  const amount = fromWireAmount(body.amount, body.currency)
  if (id === null || status === null || amount === undefined) return undefined
  return {
    id,
    status,
    amount,
    paymentId: idOf(body.payment_id, 'pay_'),
    reference: noteOf(body.notes) ?? textOf(body.receipt),
    createdAt: secondsOf(body.created_at),
  }
}

export function readLink(body: unknown): PaymentLink | undefined {
  if (!isRecord(body)) return undefined
  const id = idOf(body.id, 'plink_')
  const status = textOf(body.status)
  const amount = fromWireAmount(body.amount, body.currency)
  if (id === null || status === null || amount === undefined) return undefined
  // One payment may come alone instead of in a list.
  const payments = Array.isArray(body.payments) ? body.payments : [body.payments]
  return {
    id,
    status,
    amount,
    reference: textOf(body.reference_id) ?? noteOf(body.notes),
    orderId: idOf(body.order_id, 'order_'),
    url: webPageOf(body.short_url),
    paymentIds: payments
      .filter(isRecord)
      .map((payment) => idOf(payment.payment_id, 'pay_'))
      .filter((paymentId) => paymentId !== null),
    createdAt: secondsOf(body.created_at),
  }
}

/** Unlike every other list, that of payment links is named after what it holds. */
export function readLinks(body: unknown): readonly PaymentLink[] | undefined {
  return isRecord(body) ? readAll({ items: body.payment_links }, readLink) : undefined
}

/** Unix seconds; 0 where the answer does not say. */
export function secondsOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0
}

/** `captured` is a boolean, except in subscription events, where it is the text "1". */
function flagOf(value: unknown): boolean | null {
  if (value === true || value === '1' || value === 1) return true
  return value === false || value === '0' || value === 0 ? false : null
}

/** Payers are sent there, so nothing but a web page will do. */
export function webPageOf(value: unknown): string | null {
  const text = textOf(value)
  return text !== null && /^https?:\/\//i.test(text) && URL.canParse(text) ? text : null
}

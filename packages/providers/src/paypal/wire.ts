import type { Money } from '@onerouter/core'
import { fromWireAmount } from './money.ts'

/**
 * What we read of PayPal's answers, and nothing else (Orders API v2, Payments API v2). Statuses stay text:
 * PayPal adds values without notice. `null` = the answer does not say.
 */
export interface Order {
  readonly id: string
  readonly status: string
  readonly amount: Money | null
  readonly reference: string | null
  readonly method: string | null
  readonly captures: readonly Capture[]
  readonly authorizations: readonly Authorization[]
  readonly refunds: readonly Refund[]
  /** Where the payer approves: `payer-action` or `approve`, depending on the style of creation. */
  readonly payerUrl: string | null
}

interface Payment {
  readonly id: string
  readonly status: string
  readonly statusReason: string | null
  readonly amount: Money | null
  readonly reference: string | null
}
export interface Capture extends Payment {
  readonly fee: Money | null
  /** The card network's answer, for cards only. */
  readonly responseCode: string | null
}
export interface Authorization extends Payment {
  readonly expiresAtMs: number | null
}
export interface Refund extends Payment {
  readonly createdAtMs: number | null
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** A non-empty string or nothing. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null
}

/** The objects in a list; PayPal omits lists that are empty. */
export function recordsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  return Array.isArray(value) ? value.filter(isRecord) : []
}

/** Ids go into request paths, so nothing else may pass for one. */
export function idOf(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Za-z0-9-]{1,64}$/.test(value) ? value : null
}

/** PayPal writes UTC and, in refunds, the Pacific offset; its simulator even writes month 19. */
export function timeOf(value: unknown): number | null {
  const ms = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(ms) ? null : ms
}

export function moneyOf(value: unknown): Money | null {
  if (!isRecord(value)) return null
  const code = textOf(value.currency_code)
  const text = textOf(value.value)
  return code === null || text === null
    ? null
    : (fromWireAmount({ currency_code: code, value: text }) ?? null)
}

/** The target of the first link with one of the relations, in the order of preference given. */
export function linkOf(links: unknown, ...relations: readonly string[]): string | null {
  const found = relations
    .map((rel) => recordsOf(links).find((link) => link.rel === rel))
    .find((link) => link !== undefined)
  return textOf(found?.href)
}

/** The next page is a link; its query alone is kept, so that a cursor cannot send us to another host. */
export function queryOf(href: string | null): string | null {
  if (href === null || !URL.canParse(href, 'https://api.paypal.example')) return null
  const query = new URL(href, 'https://api.paypal.example').search.slice(1)
  return query === '' ? null : query
}

/** The id that follows `segment` in a link, such as an order's in `…/v2/checkout/orders/5O1…`; never followed. */
export function idInLink(href: string | null, segment: string): string | null {
  const match = href?.split(/[?#]/)[0]?.split(`/${segment}/`)[1]?.split('/')[0]
  return idOf(match)
}

/** `undefined` when the body is no order. */
export function readOrder(body: unknown): Order | undefined {
  if (!isRecord(body)) return undefined
  const id = idOf(body.id)
  const status = textOf(body.status)
  if (id === null || status === null) return undefined
  const unit = recordsOf(body.purchase_units)[0] ?? {}
  const payments = isRecord(unit.payments) ? unit.payments : {}
  const captures = readAll(payments.captures, readCapture)
  const authorizations = readAll(payments.authorizations, readAuthorization)
  const refunds = readAll(payments.refunds, readRefund)
  // A payment we cannot read must not look like a payment that is not there.
  if (captures === undefined || authorizations === undefined || refunds === undefined) return undefined
  const firstPayment = authorizations[0] ?? captures[0]
  return {
    id,
    status,
    // Answers to a capture may leave the unit's own amount out; its only payment then tells it.
    amount: moneyOf(unit.amount) ?? firstPayment?.amount ?? null,
    reference: textOf(unit.custom_id) ?? firstPayment?.reference ?? null,
    method: isRecord(body.payment_source) ? (Object.keys(body.payment_source)[0] ?? null) : null,
    captures,
    authorizations,
    refunds,
    payerUrl: linkOf(body.links, 'payer-action', 'approve'),
  }
}

export function readCapture(body: unknown): Capture | undefined {
  const payment = readPayment(body)
  if (payment === undefined || !isRecord(body)) return undefined
  const breakdown = isRecord(body.seller_receivable_breakdown) ? body.seller_receivable_breakdown : {}
  const processor = isRecord(body.processor_response) ? body.processor_response : {}
  return { ...payment, fee: moneyOf(breakdown.paypal_fee), responseCode: textOf(processor.response_code) }
}

export function readAuthorization(body: unknown): Authorization | undefined {
  const payment = readPayment(body)
  if (payment === undefined || !isRecord(body)) return undefined
  return { ...payment, expiresAtMs: timeOf(body.expiration_time) }
}

export function readRefund(body: unknown): Refund | undefined {
  const payment = readPayment(body)
  if (payment === undefined || !isRecord(body)) return undefined
  return { ...payment, createdAtMs: timeOf(body.create_time) }
}

function readPayment(body: unknown): Payment | undefined {
  if (!isRecord(body)) return undefined
  const id = idOf(body.id)
  const status = textOf(body.status)
  if (id === null || status === null) return undefined
  return {
    id,
    status,
    statusReason: isRecord(body.status_details) ? textOf(body.status_details.reason) : null,
    amount: moneyOf(body.amount),
    reference: textOf(body.custom_id) ?? textOf(body.invoice_id),
  }
}

function readAll<T>(value: unknown, read: (item: unknown) => T | undefined): readonly T[] | undefined {
  if (value === undefined || value === null) return []
  if (!Array.isArray(value)) return undefined
  const items = value.map(read)
  return items.every((item) => item !== undefined) ? items : undefined
}

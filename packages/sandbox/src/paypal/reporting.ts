import { type JsonObject, malformed } from './errors.ts'
import type { Money } from './money.ts'
import { type Answer, type Call, type Paypal, utc } from './state.ts'
import { link } from './views.ts'

/** Transaction Search API v1: what moved in the account, in PayPal's own event codes. */

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
/** "The maximum supported range is 31 days" (`end_date`). */
const RANGE_MAX_MS = 31 * DAY_MS
/** "It takes a maximum of three hours for executed transactions to appear": here it always does. */
const LAG_MS = 3 * HOUR_MS
const DEFAULT_PAGE = 100
const MAX_PAGE = 500

const CODES = {
  subscription: 'T0002',
  payment: 'T0006',
  reversal: 'T1106',
  refund: 'T1107',
} as const

interface Movement {
  readonly id: string
  readonly code: (typeof CODES)[keyof typeof CODES]
  /** The transaction it gave back, or the subscription that paid. */
  readonly reference: { readonly id: string; readonly type: 'TXN' | 'SUB' } | null
  readonly amount: Money
  readonly invoiceId: string | null
  readonly customId: string | null
  readonly at: number
}

export function listTransactions(call: Call): Answer {
  const { paypal, query } = call
  const from = time(call, 'start_date')
  const to = time(call, 'end_date')
  if (to < from || to - from > RANGE_MAX_MS) throw invalid('end_date', query.get('end_date'))
  const size = whole(call, 'page_size', DEFAULT_PAGE, MAX_PAGE)
  const page = whole(call, 'page', 1, 2_147_483_647)
  const shownUntil = paypal.world.clock.now() - LAG_MS
  const type = query.get('transaction_type')
  const id = query.get('transaction_id')
  const found = movementsOf(paypal, call.account.id).filter(
    (one) =>
      one.at >= from &&
      one.at <= Math.min(to, shownUntil) &&
      (type ?? one.code) === one.code &&
      (id ?? one.id) === one.id,
  )
  const pages = Math.ceil(found.length / size)
  return {
    status: 200,
    body: {
      transaction_details: found.slice((page - 1) * size, page * size).map(view),
      account_number: call.account.id.slice(0, 13),
      start_date: offset(from),
      end_date: offset(to),
      last_refreshed_datetime: offset(shownUntil),
      page,
      total_items: found.length,
      total_pages: pages,
      links: [link(`${paypal.world.urls.api.paypal}/v1/reporting/transactions?${query}`, 'self')],
    },
  }
}

/** Oldest first. */
function movementsOf(paypal: Paypal, accountId: string): Movement[] {
  const own = <T extends { readonly accountId: string }>(rows: Map<string, T>): T[] =>
    [...rows.values()].filter((row) => row.accountId === accountId)
  const captures = own(paypal.captures)
    .filter(({ status }) => status !== 'DECLINED')
    .map((row): Movement => ({ ...common(row), code: CODES.payment, reference: null }))
  const refunds = own(paypal.refunds)
    .filter(({ status }) => status === 'COMPLETED')
    .map(
      (row): Movement => ({
        ...common(row),
        code: row.note === 'Payment reversed' ? CODES.reversal : CODES.refund,
        reference: { id: row.captureId, type: 'TXN' },
      }),
    )
  const sales = own(paypal.sales)
    .filter(({ status }) => status === 'COMPLETED')
    .map(
      (row): Movement => ({
        ...common({ ...row, invoiceId: null, customId: null }),
        code: CODES.subscription,
        reference: { id: row.subscriptionId, type: 'SUB' },
      }),
    )
  const saleRefunds = own(paypal.saleRefunds).map(
    (row): Movement => ({
      ...common(row),
      code: row.kind === 'reversal' ? CODES.reversal : CODES.refund,
      reference: { id: row.saleId, type: 'TXN' },
    }),
  )
  return [...captures, ...refunds, ...sales, ...saleRefunds].sort((a, b) => a.at - b.at)
}

const common = (row: {
  readonly id: string
  readonly amount: Money
  readonly invoiceId: string | null
  readonly customId: string | null
  readonly createdAt: number
}) => ({
  id: row.id,
  amount: row.amount,
  invoiceId: row.invoiceId,
  customId: row.customId,
  at: row.createdAt,
})

function view(one: Movement): JsonObject {
  const leaves = one.code === CODES.refund || one.code === CODES.reversal
  const { currency_code, value } = one.amount
  return {
    transaction_info: {
      transaction_id: one.id,
      ...(one.reference !== null && {
        paypal_reference_id: one.reference.id,
        paypal_reference_id_type: one.reference.type,
      }),
      transaction_event_code: one.code,
      transaction_initiation_date: offset(one.at),
      transaction_updated_date: offset(one.at),
      transaction_amount: { currency_code, value: leaves ? `-${value}` : value },
      transaction_status: 'S',
      ...(one.invoiceId !== null && { invoice_id: one.invoiceId }),
      ...(one.customId !== null && { custom_field: one.customId }),
      protection_eligibility: '01',
    },
  }
}

/** Reports write their times with a numeric offset: `2014-07-11T04:03:52+0000` (reference, sample). */
const offset = (ms: number): string => utc(ms).replace(/Z$/, '+0000')

const invalid = (field: string, value: string | null) =>
  malformed('INVALID_PARAMETER_VALUE', { field, ...(value === null ? {} : { value }), location: 'query' })

function time(call: Call, name: string): number {
  const text = call.query.get(name)
  const ms = text === null ? Number.NaN : Date.parse(text)
  if (Number.isNaN(ms)) throw invalid(name, text)
  return ms
}

function whole(call: Call, name: string, fallback: number, max: number): number {
  const text = call.query.get(name)
  if (text === null) return fallback
  const value = Number(text)
  if (!Number.isInteger(value) || value < 1 || value > max) throw invalid(name, text)
  return value
}

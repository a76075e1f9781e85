import type { Outcome } from '@onerouter/core'
import { ok } from '@onerouter/core'
import type { ListedPage, ListedRefund, ListWindow } from '../listing.ts'
import { ask, type PaypalContext } from './api.ts'
import { idOf, isRecord, recordsOf } from './wire.ts'

/**
 * Transaction Search API v1: the one place where PayPal lists what went back of sales and captures alike. Reports come up
 * to three hours late, so that an entry proves a refund and its absence proves nothing.
 */
const PATH = '/v1/reporting/transactions'
const PAGE = 100
/** "The maximum supported range is 31 days" (`end_date`); a day less, for summer time. */
const RANGE_MS = 30 * 86_400_000
/** Transaction event codes: what a merchant refunded, and what PayPal reversed. */
const CODES = ['T1107', 'T1106'] as const

interface Place {
  readonly code: (typeof CODES)[number]
  readonly fromMs: number
  readonly page: number
}

export async function listRefunds(
  ctx: PaypalContext,
  window: ListWindow,
): Promise<Outcome<ListedPage<ListedRefund>>> {
  const place = placeOf(window)
  const query = new URLSearchParams({
    start_date: new Date(place.fromMs).toISOString(),
    end_date: new Date(endOf(place, window) - 1).toISOString(),
    transaction_type: place.code,
    fields: 'transaction_info',
    page_size: String(PAGE),
    page: String(place.page),
  })
  const { outcome, issue } = await ask(ctx, { method: 'GET', path: `${PATH}?${query}` }, (body) =>
    readPage(body, place, window),
  )
  // An app without the feature "Transaction Search" has the list of its events, which is read as well.
  const withheld = issue !== undefined && WITHHELD.includes(issue.code)
  return withheld ? ok({ items: [], nextCursor: null }) : outcome
}

const WITHHELD: readonly string[] = ['NOT_AUTHORIZED', 'PERMISSION_DENIED']

function placeOf({ cursor, fromMs }: ListWindow): Place {
  if (cursor === null) return { code: CODES[0], fromMs, page: 1 }
  const [code, from, page] = cursor.split(':')
  return {
    code: CODES.find((one) => one === code) ?? CODES[0],
    fromMs: Number.parseInt(from ?? '', 10),
    page: Number.parseInt(page ?? '', 10),
  }
}

const endOf = ({ fromMs }: Place, { toMs }: ListWindow): number => Math.min(toMs, fromMs + RANGE_MS)

function readPage(body: unknown, place: Place, window: ListWindow): ListedPage<ListedRefund> | undefined {
  if (!isRecord(body)) return undefined
  const isEmpty = body.transaction_details === undefined && body.total_items === 0
  if (!Array.isArray(body.transaction_details) && !isEmpty) return undefined
  const items = recordsOf(body.transaction_details).flatMap(refundsIn)
  const pages = typeof body.total_pages === 'number' ? body.total_pages : 1
  return { items, nextCursor: after(place, pages, window) }
}

/** Page by page, then span by span, then code by code. */
function after(place: Place, pages: number, window: ListWindow): string | null {
  if (place.page < pages) return `${place.code}:${place.fromMs}:${place.page + 1}`
  const end = endOf(place, window)
  if (end < window.toMs) return `${place.code}:${end}:1`
  const next = CODES[CODES.indexOf(place.code) + 1]
  return next === undefined ? null : `${next}:${window.fromMs}:1`
}

/** Only what names the transaction it gave back: `paypal_reference_id`, of type `TXN`. */
function refundsIn({ transaction_info: info }: Readonly<Record<string, unknown>>): ListedRefund[] {
  if (!isRecord(info) || info.paypal_reference_id_type !== 'TXN') return []
  const refundRef = idOf(info.transaction_id)
  const paymentRef = idOf(info.paypal_reference_id)
  return refundRef === null || paymentRef === null ? [] : [{ refundRef, paymentRef }]
}

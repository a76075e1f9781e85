import type { Outcome } from '@onerouter/core'
import { ok, unknown } from '@onerouter/core'
import type { ListedPage, ListedPayment, ListedRefund, ListWindow } from '../listing.ts'
import { listedOf } from '../listing.ts'
import { ask, type RazorpayContext } from './call.ts'
import { ofOrder, paymentOf } from './from-wire.ts'
import {
  isRecord,
  type Order,
  type Payment,
  readAll,
  readItems,
  readOrder,
  readPayment,
  readRefund,
} from './wire.ts'

/** Razorpay API, Fetch all orders: at most one hundred a page, with no sign of more but a full page. */
const PAGE = 100

interface Listed {
  readonly order: Order
  readonly payments: readonly Payment[]
}

/**
 * Orders made in the window with every try to pay them. A payment link shows once it is paid, as the order that
 * Razorpay makes for it with the link's reference.
 */
export async function listPayments(
  ctx: RazorpayContext,
  window: ListWindow,
): Promise<Outcome<ListedPage<ListedPayment>>> {
  const query = `${windowQuery(window)}&${encodeURIComponent('expand[]')}=payments`
  const { outcome } = await ask(ctx, { method: 'GET', path: `/v1/orders?${query}` }, (body) =>
    pageOf(body, window, readListed),
  )
  if (outcome.kind !== 'ok') return outcome
  const items: ListedPayment[] = []
  for (const { order, payments } of outcome.value.items) {
    if (order.reference === null) continue
    const snapshot = paymentOf(ofOrder(order, {}), payments, ctx.credentials.key_id)
    if (snapshot === undefined) return unknown(`order ${order.id} and its payments contradict each other`)
    items.push(listedOf(snapshot, order.createdAt * 1000))
  }
  return ok({ items, nextCursor: outcome.value.nextCursor })
}

export async function listRefunds(
  ctx: RazorpayContext,
  window: ListWindow,
): Promise<Outcome<ListedPage<ListedRefund>>> {
  const path = `/v1/refunds?${windowQuery(window)}`
  const { outcome } = await ask(ctx, { method: 'GET', path }, (body) => pageOf(body, window, readRefund))
  if (outcome.kind !== 'ok') return outcome
  const items = outcome.value.items.flatMap(({ id, paymentId }) =>
    paymentId === null ? [] : [{ refundRef: id, paymentRef: paymentId }],
  )
  return ok({ items, nextCursor: outcome.value.nextCursor })
}

/** Newest first: what is made meanwhile moves a page's end back, so an item may come twice but never gets lost. */
export function windowQuery(window: ListWindow): string {
  const from = Math.floor(window.fromMs / 1000)
  const to = Math.max(from, Math.ceil(window.toMs / 1000) - 1)
  return `from=${from}&to=${to}&count=${PAGE}&skip=${skipOf(window)}`
}

const skipOf = ({ cursor }: ListWindow): number => (cursor === null ? 0 : Number.parseInt(cursor, 10))

export function pageOf<T>(
  body: unknown,
  window: ListWindow,
  read: (item: unknown) => T | undefined,
): ListedPage<T> | undefined {
  const items = readAll(body, read)
  if (items === undefined) return undefined
  return { items, nextCursor: items.length < PAGE ? null : String(skipOf(window) + items.length) }
}

/** The expansion is a collection inside the order; without it the tries are not known, not absent. */
function readListed(body: unknown): Listed | undefined {
  const order = readOrder(body)
  if (order === undefined || !isRecord(body) || readItems(body.payments) === undefined) return undefined
  const payments = readAll(body.payments, readPayment)
  return payments === undefined ? undefined : { order, payments }
}

import type { Outcome } from '@onerouter/core'
import type { ListedEvent, ListedPage, ListedPayment, ListedRefund, ListWindow } from '../listing.ts'
import { listedOf } from '../listing.ts'
import { call, type Form, path, type StripeContext } from './call.ts'
import { sessionSnapshot } from './from-wire.ts'
import { eventOf, stripeDedupeKey } from './webhooks.ts'
import { type Fields, fields, idOf, readList, readSession, text } from './wire.ts'

/** Stripe API reference, Pagination: at most one hundred objects a page. */
const PAGE = '100'
const EXPAND = 'data.payment_intent.latest_charge.balance_transaction'

/**
 * Checkout Sessions made in the window with all that was paid on them. Every payment of ours is a session, so
 * PaymentIntents a merchant makes elsewhere do not show up.
 */
export function listPayments(
  ctx: StripeContext,
  window: ListWindow,
): Promise<Outcome<ListedPage<ListedPayment>>> {
  const query: Form = [...windowForm(window), ['expand[0]', EXPAND]]
  return call(ctx, { method: 'GET', path: path(['checkout', 'sessions'], query) }, (body) =>
    pageOf(body, readListed),
  )
}

export function listRefunds(
  ctx: StripeContext,
  window: ListWindow,
): Promise<Outcome<ListedPage<ListedRefund>>> {
  return call(ctx, { method: 'GET', path: path(['refunds'], windowForm(window)) }, (body) =>
    pageOf(body, (item) => {
      const refundRef = text(item.id)
      const paymentRef = idOf(item.payment_intent)
      return refundRef === null ? undefined : paymentRef === null ? null : { refundRef, paymentRef }
    }),
  )
}

/** Stripe keeps events for thirty days, whether or not an endpoint took them (API reference, Events). */
export function listEvents(
  ctx: StripeContext,
  window: ListWindow,
): Promise<Outcome<ListedPage<ListedEvent>>> {
  return call(ctx, { method: 'GET', path: path(['events'], windowForm(window)) }, (body) =>
    pageOf(body, (item) => {
      const event = eventOf(item)
      if (event === null) return undefined
      // Stripe filters by at most twenty types (List all events), and ours are more.
      if (event.about.kind === 'other') return null
      const bytes = new TextEncoder().encode(JSON.stringify(item))
      return { event, dedupeKeys: [stripeDedupeKey(event.id)], body: bytes }
    }),
  )
}

export function windowForm({ fromMs, toMs, cursor }: ListWindow): Form {
  const seconds = (ms: number) => String(Math.max(0, Math.floor(ms / 1000)))
  return [
    ['limit', PAGE],
    ['created[gte]', seconds(fromMs)],
    ['created[lt]', seconds(toMs)],
    ...(cursor === null ? [] : ([['starting_after', cursor]] as const)),
  ]
}

/** `read` answers `null` for what concerns no payment of ours and `undefined` for what cannot be read. */
export function pageOf<T>(
  body: unknown,
  read: (item: Fields) => T | null | undefined,
): ListedPage<T> | undefined {
  const list = readList(body, (item) => {
    const object = fields(item)
    const id = text(object?.id)
    const value = object === undefined || id === null ? undefined : read(object)
    return id === null || value === undefined ? undefined : { id, value }
  })
  if (list === undefined) return undefined
  return {
    items: list.data.map(({ value }) => value).filter((value) => value !== null),
    nextCursor: list.hasMore ? (list.data.at(-1)?.id ?? null) : null,
  }
}

/** Only a session with our reference must be readable; one that makes a subscription is no payment. */
function readListed(item: Fields): ListedPayment | null | undefined {
  const session = readSession(item)
  if (session === undefined) return undefined
  if (session.mode !== 'payment') return null
  if (session.reference === null && session.paymentIntent?.reference == null) return null
  const snapshot = sessionSnapshot(session, { refs: {}, publishableKey: undefined })
  if (snapshot === undefined || !Number.isSafeInteger(item.created)) return undefined
  return listedOf(snapshot, Number(item.created) * 1000)
}

import type { Outcome } from '@onerouter/core'
import { ok, unknown } from '@onerouter/core'
import type { ListedEvent, ListedPage, ListWindow } from '../listing.ts'
import type { PaymentHandle } from '../spec.ts'
import { ask, type PaypalContext } from './api.ts'
import { eventKey, eventOf } from './events.ts'
import { isMissing } from './payments.ts'
import { idOf, isRecord, linkOf, queryOf, readAuthorization, readCapture } from './wire.ts'

/** Webhooks Management API v1, List event notifications: up to three hundred a page. */
const PAGE = 100
const PATH = '/v1/notifications/webhooks-events'

/**
 * Events of the last thirty days, delivered or not. PayPal lists neither orders nor captures (Orders API v2), so
 * this is also how an order of ours that we do not know comes to light.
 */
export async function listEvents(
  ctx: PaypalContext,
  window: ListWindow,
): Promise<Outcome<ListedPage<ListedEvent>>> {
  const query = window.cursor ?? firstPage(window)
  const { outcome } = await ask(ctx, { method: 'GET', path: `${PATH}?${query}` }, readPage)
  return outcome
}

function firstPage({ fromMs, toMs }: ListWindow): string {
  return new URLSearchParams({
    page_size: String(PAGE),
    start_time: new Date(fromMs).toISOString(),
    end_time: new Date(toMs - 1).toISOString(),
  }).toString()
}

function readPage(body: unknown): ListedPage<ListedEvent> | undefined {
  if (!isRecord(body) || !Array.isArray(body.events)) return undefined
  const items: ListedEvent[] = []
  for (const item of body.events) {
    const event = eventOf(item)
    if (event === null) return undefined
    const bytes = new TextEncoder().encode(JSON.stringify(item))
    items.push({ event, dedupeKeys: [eventKey(event)], body: bytes })
  }
  return { items, nextCursor: queryOf(linkOf(body.links, 'next')) }
}

/** An order that is gone proves nothing, for PayPal drops old orders; the capture or authorization does. */
export async function isGone(ctx: PaypalContext, payment: PaymentHandle): Promise<Outcome<boolean>> {
  const id = idOf(payment.refs.capture ?? payment.paymentRef)
  if (id === null) return unknown('the payment was never paid')
  const paths = [`/v2/payments/captures/${id}`, `/v2/payments/authorizations/${id}`]
  for (const path of paths) {
    const reply = await ask(
      ctx,
      { method: 'GET', path },
      (body) => readCapture(body) ?? readAuthorization(body),
    )
    if (reply.outcome.kind === 'ok') return ok(false)
    if (!isMissing(reply)) return reply.outcome
  }
  return ok(true)
}

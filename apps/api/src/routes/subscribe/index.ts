import { formatId } from '@onerouter/core'
import type { FastifyInstance, FastifyReply } from 'fastify'
import type { Billing } from '../../billing/ports.ts'
import type { SubscriptionRow } from '../../billing/rows.ts'
import { getSubscriptionById } from '../../billing/subscription-store.ts'
import { syncSubscription } from '../../billing/sync.ts'
import type { SubscriptionLinks } from '../../checkout/links.ts'
import { missingPage, type Page } from '../../checkout/page.ts'
import { subscriptionPage } from '../../checkout/subscription-page.ts'

/** A payer waits this long for the provider's word before the page says that it is still on its way. */
const SYNC_WAIT_MS = 10_000

/**
 * Where providers send payers back to after they agreed, or did not. Nothing the browser brings is believed; the
 * provider is asked, and the payer leaves only for the address stored with the subscription.
 */
export function subscribeRoutes(
  app: FastifyInstance,
  billing: Billing,
  { links, nonce }: { readonly links: SubscriptionLinks; readonly nonce: () => string },
): void {
  const config = { scope: 'public', operation: 'subscribe' } as const
  const find = (token: string) => {
    const id = links.read(token)
    return id === null ? null : getSubscriptionById(billing.db, id)
  }
  app.get<{ Params: { token: string } }>('/subscribe/:token/return', { config }, async (request, reply) => {
    const row = await find(request.params.token)
    if (row === null) return send(reply.code(404), missingPage(nonce()))
    const fresh = await freshOf(billing, row)
    return leave(reply, fresh, fresh.return_url, nonce)
  })
  app.get<{ Params: { token: string } }>('/subscribe/:token/cancel', { config }, async (request, reply) => {
    const row = await find(request.params.token)
    if (row === null) return send(reply.code(404), missingPage(nonce()))
    return leave(reply, row, row.cancel_url ?? row.return_url, nonce)
  })
}

function leave(
  reply: FastifyReply,
  row: SubscriptionRow,
  address: string | null,
  nonce: () => string,
): FastifyReply {
  if (address === null) return send(reply, subscriptionPage(row.status, nonce()))
  const url = new URL(address)
  url.searchParams.set('subscription_id', formatId('subscription', row.id))
  url.searchParams.set('status', row.status)
  return reply.redirect(url.href, 303)
}

function freshOf(billing: Billing, row: SubscriptionRow): Promise<SubscriptionRow> {
  const { engine } = billing
  return Promise.race([
    syncSubscription(billing, row).then(
      (synced) => synced.subscription,
      (error: unknown) => {
        engine.log.error({ err: error }, 'a returning payer could not be told the newest state')
        return row
      },
    ),
    engine.sleep(SYNC_WAIT_MS).then(() => row),
  ])
}

function send(reply: FastifyReply, page: Page): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', page.contentSecurityPolicy)
    .header('cache-control', 'no-store')
    .header('referrer-policy', 'no-referrer')
    .send(page.html)
}

import type { FastifyInstance } from 'fastify'
import { visibleEnvironments } from '../../engine/ports.ts'
import { callerOf, claimOf, sendReply } from '../../http/idempotency.ts'
import { idParam, notFound } from '../../http/ids.ts'
import { listAnswer, parsePage } from '../../http/list.ts'
import { mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { deactivateLink } from '../../links/deactivate-link.ts'
import type { Links } from '../../links/ports.ts'
import { presentLink } from '../../links/present.ts'
import type { LinkRow } from '../../links/row.ts'
import { settleLink } from '../../links/settle-link.ts'
import { listLinks } from '../../links/store.ts'
import { mountCreatePaymentLink } from './create.ts'

const NO_RANGE = { gt: null, gte: null, lt: null, lte: null }

export function paymentLinkRoutes(app: FastifyInstance, links: Links): void {
  mountCreatePaymentLink(app, links)

  mount(app, 'listPaymentLinks', async ({ query, principal }) => {
    const page = parsePage('payment_link', query)
    const seen = seenBy(principal)
    const rows = await listLinks(links.db, {
      ...seen,
      environments: seen.environments.filter((one) => one === (query.environment ?? one)),
      created: page.created,
      limit: page.limit,
      ...(page.after !== null && { startingAfter: page.after }),
      ...(query.status !== undefined && { status: query.status }),
    })
    return listAnswer(rows, page.limit, (row) => presentLink(row, links.publicUrl))
  })

  mount(app, 'getPaymentLink', async ({ params, principal }) => {
    const link = await settleLink(links, await ownLink(links, principal, params.id))
    return presentLink(link, links.publicUrl)
  })

  mount(app, 'deactivatePaymentLink', async ({ params, principal, request, reply }) => {
    const claim = claimOf(request)
    const link = await ownLink(links, principal, params.id)
    return sendReply(request, reply, claim, await deactivateLink(links, callerOf(principal), link, claim))
  })
}

/** The caller's link. @throws ApiError not_found, whether it is missing or somebody else's */
export async function ownLink(links: Links, principal: Principal, text: string): Promise<LinkRow> {
  const id = idParam('payment_link', text)
  const [row] = await listLinks(links.db, { ...seenBy(principal), id, created: NO_RANGE, limit: 1 })
  if (row === undefined) throw notFound()
  return row
}

function seenBy(principal: Principal) {
  const caller = callerOf(principal)
  return {
    accountId: caller.accountId,
    environments: visibleEnvironments(caller),
    services: caller.services === null ? null : [...caller.services],
  }
}

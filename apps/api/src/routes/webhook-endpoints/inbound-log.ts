import type { FastifyInstance } from 'fastify'
import type { Engine } from '../../engine/ports.ts'
import { idParam, notFound } from '../../http/ids.ts'
import { listAnswer, parsePage } from '../../http/list.ts'
import { mount } from '../../http/mount.ts'
import { listInbound, reprocessInbound } from '../../store/inbound-log.ts'
import { assertService } from '../services/allowed.ts'
import { environmentsOf } from './endpoints.ts'
import { presentInbound } from './present.ts'

/** What providers sent us, and doing it over. */
export function inboundLogRoutes(app: FastifyInstance, engine: Engine): void {
  mount(app, 'listInboundWebhooks', async ({ query, principal }) => {
    const page = parsePage('inbound', query)
    if (query.service_name !== undefined) assertService(principal, query.service_name)
    const rows = await listInbound(engine.db, {
      accountId: principal.accountId,
      environments: environmentsOf(principal, query.environment),
      services: principal.services === null ? null : [...principal.services],
      limit: page.limit,
      ...(page.after !== null && { startingAfter: page.after }),
      ...(query.service_name !== undefined && { service: query.service_name }),
      ...(query.status !== undefined && { state: query.status }),
    })
    return listAnswer(rows, page.limit, presentInbound)
  })

  mount(app, 'reprocessInboundWebhook', async ({ params, principal }) => {
    const owner = { accountId: principal.accountId, environments: environmentsOf(principal) }
    const row = await reprocessInbound(engine.db, owner, idParam('inbound', params.id))
    if (row === null) throw notFound()
    engine.wake(0, 'inbound')
    return presentInbound(row)
  })
}

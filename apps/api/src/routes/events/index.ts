import type { Event } from '@onerouter/contract'
import type { FastifyInstance } from 'fastify'
import { type Engine, visibleEnvironments } from '../../engine/ports.ts'
import { callerOf } from '../../http/idempotency.ts'
import { idParam, notFound } from '../../http/ids.ts'
import { listAnswer, parsePage } from '../../http/list.ts'
import { mount } from '../../http/mount.ts'
import { listEvents } from '../../store/events.ts'
import type { EventRow } from '../../store/rows.ts'

const NO_RANGE = { gt: null, gte: null, lt: null, lte: null }

export function eventRoutes(app: FastifyInstance, engine: Engine): void {
  mount(app, 'listEvents', async ({ query, principal }) => {
    const page = parsePage('event', query)
    const visible = visibleEnvironments(callerOf(principal))
    const rows = await listEvents(engine.db, {
      accountId: principal.accountId,
      environments:
        query.environment === undefined ? visible : visible.filter((one) => one === query.environment),
      limit: page.limit,
      created: page.created,
      ...(page.after !== null && { startingAfter: page.after }),
      ...(query.type !== undefined && { type: query.type }),
    })
    return listAnswer(rows, page.limit, presentEvent)
  })

  mount(app, 'getEvent', async ({ params, principal }) => {
    const [row] = await listEvents(engine.db, {
      accountId: principal.accountId,
      environments: visibleEnvironments(callerOf(principal)),
      id: idParam('event', params.id),
      limit: 1,
      created: NO_RANGE,
    })
    if (row === undefined) throw notFound()
    return presentEvent(row)
  })
}

/** What a webhook carries and what this answers is one text. */
function presentEvent(row: EventRow): Event {
  return JSON.parse(row.payload) as Event // written by engine/events.ts
}

import { formatId } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { type Engine, visibleEnvironments } from '../../engine/ports.ts'
import { callerOf } from '../../http/idempotency.ts'
import { idParam, notFound } from '../../http/ids.ts'
import { listAnswer, parsePage } from '../../http/list.ts'
import { mount } from '../../http/mount.ts'
import { listEvents } from '../../store/events.ts'
import type { EventRow } from '../../store/rows.ts'

/** The version of the objects inside events; it changes when their shape does. */
export const API_VERSION = '2026-11-01'

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

function presentEvent(row: EventRow) {
  return {
    id: formatId('event', row.id),
    object: 'event' as const,
    type: row.type,
    api_version: API_VERSION,
    environment: row.environment,
    created_at: row.created_at.toISOString(),
    sequence: row.sequence,
    data: row.data as { object: Record<string, unknown> }, // written by engine/events.ts
  }
}

import type { FastifyInstance } from 'fastify'
import { presentDispute } from '../../disputes/present.ts'
import { listDisputes } from '../../disputes/store.ts'
import { type Engine, visibleEnvironments } from '../../engine/ports.ts'
import { callerOf } from '../../http/idempotency.ts'
import { idParam, notFound } from '../../http/ids.ts'
import { listAnswer, parsePage } from '../../http/list.ts'
import { mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'

const NO_RANGE = { gt: null, gte: null, lt: null, lte: null }

export function disputeRoutes(app: FastifyInstance, { db }: Engine): void {
  mount(app, 'listDisputes', async ({ query, principal }) => {
    const page = parsePage('dispute', query)
    const seen = seenBy(principal)
    const rows = await listDisputes(db, {
      ...seen,
      environments: seen.environments.filter((one) => one === (query.environment ?? one)),
      created: page.created,
      limit: page.limit,
      ...(page.after !== null && { startingAfter: page.after }),
      ...(query.payment_id !== undefined && { paymentId: idParam('payment', query.payment_id) }),
      ...(query.status !== undefined && { status: query.status }),
      ...(query.reason !== undefined && { reason: query.reason }),
      ...(query.provider !== undefined && { provider: query.provider }),
    })
    return listAnswer(rows, page.limit, presentDispute)
  })

  mount(app, 'getDispute', async ({ params, principal }) => {
    const id = idParam('dispute', params.id)
    const [row] = await listDisputes(db, { ...seenBy(principal), id, created: NO_RANGE, limit: 1 })
    if (row === undefined) throw notFound()
    return presentDispute(row)
  })
}

function seenBy(principal: Principal) {
  const caller = callerOf(principal)
  return {
    accountId: caller.accountId,
    environments: visibleEnvironments(caller),
    services: caller.services === null ? null : [...caller.services],
  }
}

import { formatId, parseId, type Uuid } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import type { Engine } from '../../engine/ports.ts'
import { presentPayment } from '../../engine/present.ts'
import { idParam, notFound } from '../../http/ids.ts'
import { listAnswer, parsePage } from '../../http/list.ts'
import { mount } from '../../http/mount.ts'
import { listDecisions, listWaiting, type Scope, type Waiting } from '../../reconciliation/list.ts'
import { resolveReview } from '../../reconciliation/resolve-review.ts'
import type { OperationRow } from '../../store/rows.ts'
import { readTimeline } from '../../store/timeline.ts'
import { scopeOf, whoOf } from './index.ts'
import { type Bundle, presentReview } from './present.ts'

const DEFAULT_LIMIT = 10

export function reviewRoutes(app: FastifyInstance, engine: Engine): void {
  mount(app, 'listReviews', async ({ query, principal }) => {
    const limit = query.limit ?? DEFAULT_LIMIT
    const after = cursorOf(query.starting_after)
    const waiting = await listWaiting(engine.db, {
      ...scopeOf(principal, query.environment),
      limit,
      ...(query.provider !== undefined && { provider: query.provider }),
      ...(after !== null && { startingAfter: after }),
    })
    const entries = await Promise.all(
      waiting.map(async (one) => presentReview(one, await bundleOf(engine, one))),
    )
    return listAnswer(entries, limit, (entry) => entry)
  })

  mount(app, 'resolveReview', async ({ params, body, principal, request }) => {
    const operation = await ownOperation(engine, scopeOf(principal), idParam('operation', params.id))
    const startedMs = engine.now()
    const decision = { outcome: body.outcome, note: body.note, who: whoOf(principal) }
    const settled = await resolveReview(engine, operation, decision)
    request.providerMs += engine.now() - startedMs
    return {
      operation_id: formatId('operation', operation.id),
      state: settled.operation.state,
      payment: presentPayment(settled.payment),
    }
  })
}

/** Calls and messages share the list, so either's id is a place in it. */
function cursorOf(text: string | undefined): Uuid | null {
  if (text === undefined) return null
  return parseId('inbound', text) ?? parsePage('operation', { starting_after: text }).after
}

async function ownOperation(engine: Engine, scope: Scope, id: Uuid): Promise<OperationRow> {
  for (const environment of scope.environments) {
    const row = await engine.store.getOperation({ account_id: scope.accountId, environment, id })
    if (row !== null && (scope.services === null || scope.services.includes(row.provider))) return row
  }
  throw notFound()
}

async function bundleOf(engine: Engine, { kind, row }: Waiting): Promise<Bundle> {
  const owner = { account_id: row.account_id, environment: row.environment }
  const payment =
    row.payment_id === null ? null : await engine.store.getPayment({ ...owner, id: row.payment_id })
  return {
    payment,
    timeline: payment === null ? [] : await readTimeline(engine.db, payment),
    decisions: kind === 'operation' ? await listDecisions(engine.db, row) : [],
  }
}

import { ApiError, type Environment } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { type Engine, visibleEnvironments } from '../../engine/ports.ts'
import { callerOf } from '../../http/idempotency.ts'
import { idParam, notFound } from '../../http/ids.ts'
import { listAnswer, parseInstant, parsePage } from '../../http/list.ts'
import { type Call, mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { findRunning, listItems, listRuns, resolveItem, type Scope } from '../../reconciliation/list.ts'
import { newRun } from '../../reconciliation/plan-runs.ts'
import { insertRun } from '../../reconciliation/store.ts'
import { presentItem, presentRun } from './present.ts'
import { reviewRoutes } from './review.ts'

const WINDOW_MS_MAX = 31 * 24 * 3_600_000

export function reconciliationRoutes(app: FastifyInstance, engine: Engine): void {
  mount(app, 'listReconciliationRuns', async ({ query, principal }) => {
    const page = parsePage('reconciliation_run', query)
    const { provider, state } = query
    const rows = await listRuns(engine.db, {
      ...scopeOf(principal, query.environment),
      limit: page.limit,
      ...(page.after !== null && { startingAfter: page.after }),
      ...(provider !== undefined && { provider }),
      ...(state !== undefined && { state }),
    })
    return listAnswer(rows, page.limit, presentRun)
  })

  mount(app, 'startReconciliation', (call) => start(engine, call))

  mount(app, 'listReconciliationItems', async ({ query, principal }) => {
    const page = parsePage('reconciliation_item', query)
    const { provider, state, bucket } = query
    const rows = await listItems(engine.db, {
      ...scopeOf(principal, query.environment),
      limit: page.limit,
      ...(page.after !== null && { startingAfter: page.after }),
      ...(provider !== undefined && { provider }),
      ...(state !== undefined && { state }),
      ...(bucket !== undefined && { bucket }),
    })
    return listAnswer(rows, page.limit, presentItem)
  })

  mount(app, 'resolveReconciliationItem', async ({ params, body, principal }) => {
    const id = idParam('reconciliation_item', params.id)
    const [item] = await listItems(engine.db, { ...scopeOf(principal), id, limit: 1 })
    if (item === undefined) throw notFound()
    const by = { note: body.note, who: whoOf(principal), at: new Date(engine.now()) }
    const resolved = await resolveItem(engine.db, item, by)
    if (resolved === null) throw new ApiError('invalid_state', 'The difference is no longer open.')
    return presentItem(resolved)
  })

  reviewRoutes(app, engine)
}

/** What the caller may see; a filter narrows it, never widens it. */
export function scopeOf(principal: Principal, environment?: Environment): Scope {
  const visible = visibleEnvironments(callerOf(principal))
  return {
    accountId: principal.accountId,
    environments: environment === undefined ? visible : visible.filter((one) => one === environment),
    services: principal.services === null ? null : [...principal.services],
  }
}

export const whoOf = (principal: Principal): string =>
  principal.kind === 'session' ? `person ${principal.personId ?? ''}` : `key ${principal.hint}`

async function start(engine: Engine, { body, principal, reply }: Call<'startReconciliation'>) {
  const { provider, environment } = body
  const scope = scopeOf(principal, environment)
  if (scope.environments.length === 0) {
    throw new ApiError('environment_not_allowed', 'The key may not compare this environment.')
  }
  if (scope.services !== null && !scope.services.includes(provider)) {
    throw new ApiError('service_not_allowed', 'The key may not use this service.')
  }
  const credential = await engine.credentials.current(principal.accountId, environment, provider)
  if (credential === null || engine.provider(provider)?.payments === undefined) {
    throw new ApiError('provider_not_configured', `${provider} is not connected in ${environment}.`)
  }
  const nowMs = engine.now()
  const window = windowOf(body, nowMs)
  const owner = { account_id: principal.accountId, environment, provider }
  const run = newRun(engine, owner, { kind: 'manual', ...window, dueMs: nowMs })
  const running = await findRunning(engine.db, run)
  if (running === null) await insertRun(engine.db, run)
  reply.code(202)
  return presentRun(running ?? run)
}

function windowOf(body: { readonly from: string; readonly to: string }, nowMs: number) {
  const from = parseInstant(body.from)
  const to = parseInstant(body.to)
  if (from === undefined) throw refused('/from', 'must be an RFC 3339 time or Unix seconds')
  if (to === undefined) throw refused('/to', 'must be an RFC 3339 time or Unix seconds')
  const fromMs = from.getTime()
  const toMs = to.getTime()
  if (toMs <= fromMs) throw refused('/to', 'must be later than from')
  if (toMs > nowMs) throw refused('/to', 'must not be in the future')
  if (toMs - fromMs > WINDOW_MS_MAX) throw refused('/from', 'must be at most 31 days before to')
  return { fromMs, toMs }
}

function refused(pointer: string, detail: string): ApiError {
  return new ApiError('invalid_request', `${pointer} ${detail}.`, { errors: [{ pointer, detail }] })
}

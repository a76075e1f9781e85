import { ApiError, formatId, type Uuid, uuidV7 } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { idParam, notFound } from '../../http/ids.ts'
import { listAnswer, parseInstant, parsePage } from '../../http/list.ts'
import { type Call, mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { type DeliveryRow, listDeliveries, redeliver } from '../../store/delivery-log.ts'
import { cancelRecovery, getRecovery, insertRecovery, type RecoveryRow } from '../../store/recoveries.ts'
import { sendTestEvent } from '../../webhooks-out/test-event.ts'
import type { WebhooksOut } from '../../webhooks-out/webhooks-out.ts'
import { assertEnvironment, assertService } from '../services/allowed.ts'
import { environmentsOf, findEndpoint } from './endpoints.ts'
import { presentDelivery, presentRecovery, sentence } from './present.ts'

export function deliveryRoutes(app: FastifyInstance, deps: Deps, out: WebhooksOut): void {
  mount(app, 'listDeliveries', (call) => list(out, call))
  mount(app, 'getDelivery', async ({ principal, params }) =>
    presentDelivery(await findDelivery(out, principal, params.id)),
  )
  mount(app, 'redeliver', (call) => again(out, call))
  mount(app, 'testWebhooks', (call) => test(deps, out, call))
  mount(app, 'recoverWebhookEndpoint', (call) => recover(deps, out, call))
  mount(app, 'getWebhookRecovery', async ({ principal, params }) =>
    presentRecovery(await findRecovery(out, principal, params.id)),
  )
  mount(app, 'cancelWebhookRecovery', async ({ principal, params }) => {
    await cancelRecovery(out.db, await findRecovery(out, principal, params.id))
    return presentRecovery(await findRecovery(out, principal, params.id))
  })
}

async function list(out: WebhooksOut, { query, principal }: Call<'listDeliveries'>) {
  const page = parsePage('delivery', query)
  const rows = await listDeliveries(out.db, {
    accountId: principal.accountId,
    environments: environmentsOf(principal, query.environment),
    limit: page.limit,
    ...(page.after !== null && { startingAfter: page.after }),
    ...(query.endpoint_id !== undefined && { endpointId: idParam('endpoint', query.endpoint_id) }),
    ...(query.event_id !== undefined && { eventId: idParam('event', query.event_id) }),
    ...(query.status !== undefined && { state: query.status }),
  })
  return listAnswer(rows, page.limit, presentDelivery)
}

async function findDelivery(out: WebhooksOut, principal: Principal, id: string): Promise<DeliveryRow> {
  const [row] = await listDeliveries(out.db, {
    accountId: principal.accountId,
    environments: environmentsOf(principal),
    id: idParam('delivery', id),
    limit: 1,
  })
  if (row === undefined) throw notFound()
  return row
}

async function again(out: WebhooksOut, { params, principal }: Call<'redeliver'>) {
  const row = await findDelivery(out, principal, params.id)
  if (!(await redeliver(out.db, row))) {
    throw new ApiError('invalid_state', 'The delivery is being tried now, or its endpoint is not enabled.')
  }
  out.wake()
  return presentDelivery(await findDelivery(out, principal, params.id))
}

async function test(deps: Deps, out: WebhooksOut, { body, principal }: Call<'testWebhooks'>) {
  const environment = body?.environment ?? principal.environment
  assertEnvironment(principal, environment)
  const service = body?.service_name ?? null
  if (service !== null) assertService(principal, service)
  const sent = await sendTestEvent(out, deps.newId, { accountId: principal.accountId, environment, service })
  const results = sent.results.map(({ delivery, result }) => ({
    endpoint_id: formatId('endpoint', delivery.endpoint_id),
    delivery_id: formatId('delivery', delivery.id),
    url: delivery.url,
    delivered: result.ok,
    status: result.status,
    error: result.error,
    detail: result.detail ?? sentence(result.error),
    duration_ms: result.duration_ms,
  }))
  return {
    object: 'webhook_test' as const,
    event_id: formatId('event', sent.eventId),
    environment,
    delivered: results.length > 0 && results.every((result) => result.delivered),
    results,
  }
}

/** Ids carry the time they were made, which may lie a little beside the event's own. */
const ID_SLACK_MS = 3_600_000

const idAt = (ms: number): Uuid => uuidV7(Math.max(0, ms), new Uint8Array(10))

async function recover(deps: Deps, out: WebhooksOut, call: Call<'recoverWebhookEndpoint'>) {
  const { body, principal, params } = call
  const endpoint = await findEndpoint(out, principal, params.id)
  if (endpoint.state !== 'enabled') {
    throw new ApiError('invalid_state', 'Enable the endpoint first: it would not take what is recovered.')
  }
  const at = new Date(out.now())
  const since = instant('/since', body.since)
  const until = body.until === undefined ? at : instant('/until', body.until)
  if (until <= since) throw refused('/until', 'must be later than since')
  const row: RecoveryRow = {
    account_id: endpoint.account_id,
    environment: endpoint.environment,
    id: deps.newId(),
    endpoint_id: endpoint.id,
    since,
    until,
    events: body.events ?? null,
    delivered_too: body.include_delivered ?? false,
    state: 'running',
    cursor_id: idAt(since.getTime() - ID_SLACK_MS),
    end_id: idAt(until.getTime() + ID_SLACK_MS),
    scheduled: 0,
    due_at: at,
    created_at: at,
    finished_at: null,
  }
  await insertRecovery(out.db, row)
  out.wake()
  return presentRecovery(row)
}

function instant(pointer: string, text: string): Date {
  const at = parseInstant(text)
  if (at === undefined) throw refused(pointer, 'must be an RFC 3339 time or Unix seconds')
  return at
}

function refused(pointer: string, detail: string): ApiError {
  return new ApiError('invalid_request', `${pointer} ${detail}.`, { errors: [{ pointer, detail }] })
}

async function findRecovery(out: WebhooksOut, principal: Principal, id: string): Promise<RecoveryRow> {
  const row = await getRecovery(
    out.db,
    principal.accountId,
    environmentsOf(principal),
    idParam('recovery', id),
  )
  if (row === null) throw notFound()
  return row
}

import { ApiError, type Environment } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { actingStatements, actorOf } from '../../audit/acting.ts'
import type { Deps } from '../../deps.ts'
import { visibleEnvironments } from '../../engine/ports.ts'
import { callerOf } from '../../http/idempotency.ts'
import { idParam, notFound } from '../../http/ids.ts'
import { listAnswer, parsePage } from '../../http/list.ts'
import { type Call, mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { holdPending } from '../../store/deliveries.ts'
import {
  changeEndpoint,
  deleteSecrets,
  type EndpointChange,
  type EndpointRow,
  type EndpointWithKeys,
  insertEndpoint,
  LIVE_SECRETS_MAX,
  listEndpoints,
  rotateEndpointSecret,
  type SecretRow,
  setEndpointState,
} from '../../store/endpoints.ts'
import { makeSecret } from '../../webhooks-out/signing-keys.ts'
import type { WebhooksOut } from '../../webhooks-out/webhooks-out.ts'
import { assertEnvironment } from '../services/allowed.ts'
import { checkUrl } from './check-url.ts'
import { presentEndpoint } from './present.ts'

const DEFAULT_OVERLAP_S = 86_400
const DEFAULT_IN_FLIGHT = 5

export function endpointRoutes(app: FastifyInstance, deps: Deps, out: WebhooksOut): void {
  const by = ({ principal, request }: Pick<Call<'createWebhookEndpoint'>, 'principal' | 'request'>) => ({
    ...out,
    db: actingStatements(deps.db.engine, actorOf(principal, request)),
  })
  mount(app, 'createWebhookEndpoint', (call) => create(deps, by(call), call))
  mount(app, 'listWebhookEndpoints', (call) => list(out, call))
  mount(app, 'getWebhookEndpoint', async ({ principal, params }) =>
    presentEndpoint(await findEndpoint(out, principal, params.id)),
  )
  mount(app, 'updateWebhookEndpoint', (call) => update(by(call), call))
  mount(app, 'deleteWebhookEndpoint', (call) => remove(by(call), call))
  mount(app, 'rotateWebhookSecret', (call) => rotate(deps, by(call), call))
  mount(app, 'enableWebhookEndpoint', (call) => setState(by(call), call, 'enabled'))
  mount(app, 'disableWebhookEndpoint', (call) => setState(by(call), call, 'disabled'))
}

async function create(deps: Deps, out: WebhooksOut, { body, principal }: Call<'createWebhookEndpoint'>) {
  const environment = body.environment ?? principal.environment
  assertEnvironment(principal, environment)
  await checkUrl(out, body.url, environment)
  const at = new Date(out.now())
  const row: EndpointRow = {
    account_id: principal.accountId,
    environment,
    id: deps.newId(),
    url: body.url,
    description: body.description ?? null,
    events: body.events ?? ['*'],
    sign_v1a: body.sign_v1a ?? false,
    ordered: body.ordered ?? false,
    max_in_flight: body.max_in_flight ?? DEFAULT_IN_FLIGHT,
    state: 'enabled',
    disabled_reason: null,
    disabled_at: null,
    lane: body.rate_limit_per_second == null ? 'fast' : 'slow',
    failures: 0,
    failing_since: null,
    failing_days: 0,
    failed_on: null,
    created_at: at,
    updated_at: at,
    rate_limit_per_second: body.rate_limit_per_second ?? null,
  }
  const { shown, secret } = newSecret(deps, row)
  await insertEndpoint(out.db, row, secret)
  return { ...presentEndpoint(await reread(out, row)), secret: shown }
}

function newSecret(deps: Deps, endpoint: Pick<EndpointRow, 'account_id' | 'environment' | 'id'>) {
  const ref = {
    account_id: endpoint.account_id,
    environment: endpoint.environment,
    endpoint_id: endpoint.id,
    id: deps.newId(),
  }
  const { shown, sealed, publicKey } = makeSecret(deps.encryption, deps.random, ref)
  const secret: SecretRow = {
    ...ref,
    sealed: sealed.bytes,
    key_id: sealed.keyId,
    public_key: publicKey,
    created_at: new Date(deps.now()),
    expires_at: null,
  }
  return { shown, secret }
}

async function list(out: WebhooksOut, { query, principal }: Call<'listWebhookEndpoints'>) {
  const page = parsePage('endpoint', query)
  const rows = await listEndpoints(out.db, {
    accountId: principal.accountId,
    environments: environmentsOf(principal, query.environment),
    id: null,
    after: page.after,
    limit: page.limit,
  })
  return listAnswer(rows, page.limit, presentEndpoint)
}

/** What a caller may see, narrowed to what it asks for. */
export function environmentsOf(principal: Principal, asked?: Environment): readonly Environment[] {
  const visible = visibleEnvironments(callerOf(principal))
  return asked === undefined ? visible : visible.filter((one) => one === asked)
}

/** @throws ApiError not_found, also for what belongs to others and what the caller cannot see. */
export async function findEndpoint(
  out: WebhooksOut,
  principal: Principal,
  id: string,
): Promise<EndpointWithKeys> {
  const [row] = await listEndpoints(out.db, {
    accountId: principal.accountId,
    environments: environmentsOf(principal),
    id: idParam('endpoint', id),
    after: null,
    limit: 1,
  })
  if (row === undefined) throw notFound()
  return row
}

async function reread(out: WebhooksOut, row: EndpointRow): Promise<EndpointWithKeys> {
  const [found] = await listEndpoints(out.db, {
    accountId: row.account_id,
    environments: [row.environment],
    id: row.id,
    after: null,
    limit: 1,
  })
  if (found === undefined) throw notFound()
  return found
}

async function update(out: WebhooksOut, { params, body, principal }: Call<'updateWebhookEndpoint'>) {
  const row = await findEndpoint(out, principal, params.id)
  if (body.url !== undefined) await checkUrl(out, body.url, row.environment)
  const change: EndpointChange = { ...body }
  const changed = await changeEndpoint(out.db, row, change)
  if (changed === null) throw notFound()
  return presentEndpoint(changed)
}

async function setState(
  out: WebhooksOut,
  { params, principal }: Pick<Call<'enableWebhookEndpoint'>, 'params' | 'principal'>,
  state: 'enabled' | 'disabled',
) {
  const row = await findEndpoint(out, principal, params.id)
  if (row.state === state) return presentEndpoint(row)
  const changed = await setEndpointState(out.db, row, state)
  if (changed === null) throw notFound()
  if (state === 'disabled') await emptyQueue(out, row, 'held')
  else out.wake()
  return presentEndpoint(changed)
}

async function remove(out: WebhooksOut, { params, principal }: Call<'deleteWebhookEndpoint'>) {
  const row = await findEndpoint(out, principal, params.id)
  const gone = await setEndpointState(out.db, row, 'deleted')
  if (gone === null) throw notFound()
  await emptyQueue(out, row, 'canceled')
  await deleteSecrets(out.db, row)
  return presentEndpoint(gone)
}

/** What a request waits for; the worker finds the rest when it becomes due. */
const ROUNDS_MAX = 10

async function emptyQueue(out: WebhooksOut, row: EndpointRow, state: 'held' | 'canceled'): Promise<void> {
  for (let round = 0; round < ROUNDS_MAX; round++) {
    if (!(await holdPending(out.db, row, state)).more) return
  }
}

async function rotate(deps: Deps, out: WebhooksOut, call: Call<'rotateWebhookSecret'>) {
  const row = await findEndpoint(out, call.principal, call.params.id)
  const { shown, secret } = newSecret(deps, row)
  if (!(await rotateEndpointSecret(out.db, secret, call.body?.overlap_seconds ?? DEFAULT_OVERLAP_S))) {
    throw new ApiError(
      'invalid_state',
      `The endpoint has ${LIVE_SECRETS_MAX} live secrets. Rotate with overlap_seconds 0 to end them all.`,
    )
  }
  return { ...presentEndpoint(await reread(out, row)), secret: shown }
}

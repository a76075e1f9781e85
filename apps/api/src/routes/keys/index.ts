import { ApiError, ENVIRONMENTS, type Environment } from '@onerouter/core'
import type { FastifyInstance } from 'fastify'
import { acting, actorOf } from '../../audit/acting.ts'
import type { Deps } from '../../deps.ts'
import { idParam, notFound } from '../../http/ids.ts'
import { listAnswer, parsePage } from '../../http/list.ts'
import { type Call, mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import {
  type ApiKeyChange,
  type ApiKeyRow,
  changeKey,
  getKey,
  insertKey,
  listKeys,
  replaceKey,
  revokeKey,
} from '../../store/api-keys.ts'
import { assertMayMint, grantScopes, grantServices, readAllowlist, readExpiry } from './grant.ts'
import { DEFAULT_LIMITS, mint } from './mint.ts'
import { presentKey } from './present.ts'

const DEFAULT_OVERLAP_S = 86_400

export function keyRoutes(app: FastifyInstance, deps: Deps): void {
  mount(app, 'createApiKey', (call) => create(deps, call))
  mount(app, 'listApiKeys', (call) => list(deps, call))
  mount(app, 'getApiKey', async ({ params, principal }) => presentKey(await find(deps, principal, params.id)))
  mount(app, 'updateApiKey', (call) => update(deps, call))
  mount(app, 'rotateApiKey', (call) => rotate(deps, call))
  mount(app, 'revokeApiKey', (call) => revoke(deps, call))
  mount(app, 'deleteApiKey', (call) => revoke(deps, call))
}

async function create(deps: Deps, { body, principal, request }: Call<'createApiKey'>) {
  const environment = body.environment ?? 'test'
  assertMayMint(principal, environment)
  const { plain, row } = mint(deps, {
    accountId: principal.accountId,
    environment,
    name: body.name,
    scopes: grantScopes(principal, body.scopes),
    services: grantServices(principal, body.services),
    limits: {
      perMinute: body.rate_limit_per_minute ?? DEFAULT_LIMITS.perMinute,
      perDay: body.rate_limit_per_day ?? DEFAULT_LIMITS.perDay,
    },
    ipAllowlist: readAllowlist(body.ip_allowlist),
    expiresAt: readExpiry(body.expires_at, deps.now()),
    rotatedFrom: null,
  })
  return { ...presentKey(await insertKey(acting(deps.db, actorOf(principal, request)), row)), api_key: plain }
}

async function list(deps: Deps, { query, principal }: Call<'listApiKeys'>) {
  const page = parsePage('key', query)
  const visible = visibleEnvironments(principal)
  const asked = query.environment
  const environments = asked === undefined ? visible : visible.filter((environment) => environment === asked)
  const rows =
    environments.length === 0 ? [] : await listKeys(deps.db, principal.accountId, page, environments)
  return listAnswer(rows, page.limit, presentKey)
}

/** A test key sees the test environment's keys only. */
function visibleEnvironments(principal: Principal): readonly Environment[] {
  return principal.environment === 'live' ? ENVIRONMENTS : ['test']
}

/** @throws ApiError not_found, also for keys of other accounts and of environments the caller cannot see. */
async function find(deps: Deps, principal: Principal, id: string): Promise<ApiKeyRow> {
  const row = await getKey(deps.db, principal.accountId, idParam('key', id))
  if (row === null || !visibleEnvironments(principal).includes(row.environment)) throw notFound()
  return row
}

async function update(deps: Deps, { params, body, principal, request }: Call<'updateApiKey'>) {
  const row = await find(deps, principal, params.id)
  const change: ApiKeyChange = {
    ...(body.name === undefined ? {} : { name: body.name }),
    ...(body.scopes === undefined ? {} : { scopes: grantScopes(principal, body.scopes) }),
    ...(body.services === undefined ? {} : { services: grantServices(principal, body.services) }),
    ...(body.rate_limit_per_minute === undefined
      ? {}
      : { rate_limit_per_minute: body.rate_limit_per_minute }),
    ...(body.rate_limit_per_day === undefined ? {} : { rate_limit_per_day: body.rate_limit_per_day }),
    ...(body.expires_at === undefined ? {} : { expires_at: readExpiry(body.expires_at, deps.now()) }),
    ...(body.ip_allowlist === undefined ? {} : { ip_allowlist: readAllowlist(body.ip_allowlist) }),
  }
  if (Object.keys(change).length === 0) return presentKey(row)
  const changed = await changeKey(
    acting(deps.db, actorOf(principal, request)),
    principal.accountId,
    row.id,
    change,
  )
  if (changed === null) throw revoked()
  deps.invalidation.here({ kind: 'key', keyId: row.id })
  return presentKey(changed)
}

async function rotate(deps: Deps, { params, body, principal, request }: Call<'rotateApiKey'>) {
  const old = await find(deps, principal, params.id)
  assertMayMint(principal, old.environment)
  const { plain, row } = mint(deps, {
    accountId: principal.accountId,
    environment: old.environment,
    name: old.name,
    scopes: grantScopes(principal, old.scopes),
    services: grantServices(principal, old.services),
    limits: { perMinute: old.rate_limit_per_minute, perDay: old.rate_limit_per_day },
    ipAllowlist: old.ip_allowlist,
    expiresAt: null,
    rotatedFrom: old.id,
  })
  const endsAt = new Date(deps.now() + (body?.overlap_seconds ?? DEFAULT_OVERLAP_S) * 1000)
  const successor = await replaceKey(acting(deps.db, actorOf(principal, request)), row, old.id, endsAt)
  if (successor === null) throw revoked()
  deps.invalidation.here({ kind: 'key', keyId: old.id })
  return { ...presentKey(successor), api_key: plain }
}

async function revoke(deps: Deps, { params, principal, request }: Call<'revokeApiKey' | 'deleteApiKey'>) {
  const row = await find(deps, principal, params.id)
  const db = acting(deps.db, actorOf(principal, request))
  const ended = await revokeKey(db, principal.accountId, row.id, new Date(deps.now()))
  if (ended === null) throw notFound()
  deps.invalidation.here({ kind: 'key', keyId: row.id })
  return presentKey(ended)
}

function revoked(): ApiError {
  return new ApiError('invalid_state', 'The key was revoked; revoked keys cannot be changed.')
}

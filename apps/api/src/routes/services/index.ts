import { ApiError, ENVIRONMENTS, type Environment, SERVICES, type Service } from '@onerouter/core'
import { capabilitiesOf } from '@onerouter/providers'
import type { FastifyInstance } from 'fastify'
import type { Deps } from '../../deps.ts'
import { serviceParam } from '../../http/ids.ts'
import { type Call, mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { retireCredential } from '../../store/credentials.ts'
import { listServices, type ServiceRow, switchServices } from '../../store/services.ts'
import { assertEnvironment, assertService } from './allowed.ts'
import { presentService } from './present.ts'
import { connectService } from './save.ts'

export function serviceRoutes(app: FastifyInstance, deps: Deps): void {
  mount(app, 'listServices', (call) => list(deps, call.principal))
  mount(app, 'listProviders', (call) => listProviders(deps, call.principal))
  mount(app, 'canGoLive', (call) => canGoLive(deps, call.principal))
  mount(app, 'switchAllEnvironments', (call) => switchAll(deps, call))
  mount(app, 'getServiceStatus', async ({ params, principal }) => {
    const service = serviceParam(params.service)
    assertService(principal, service)
    return status(deps, principal, service)
  })
  mount(app, 'saveCredentials', (call) => save(deps, call))
  mount(app, 'deleteCredentials', (call) => remove(deps, call))
  mount(app, 'switchEnvironment', (call) => switchOne(deps, call))
}

async function status(deps: Deps, principal: Principal, service: Service) {
  const rows = await listServices(deps.db, principal.accountId)
  const row = rows.find((candidate) => candidate.service === service)
  return presentService(service, deps.provider(service), row, deps.config.publicUrl)
}

async function list(deps: Deps, principal: Principal) {
  const rows = await listServices(deps.db, principal.accountId)
  const visible = SERVICES.filter((service) => principal.services === null || principal.services.has(service))
  const data = visible.map((service) => {
    const provider = deps.provider(service)
    const row = rows.find((candidate) => candidate.service === service)
    return {
      ...presentService(service, provider, row, deps.config.publicUrl),
      fields: [...(provider?.credentials.fields ?? [])],
      webhook_instructions: provider?.webhooks.instructions ?? '',
    }
  })
  return { data, has_more: false, next_cursor: null }
}

async function listProviders(deps: Deps, principal: Principal) {
  const rows = await listServices(deps.db, principal.accountId)
  const data = SERVICES.flatMap((name) => {
    const provider = deps.provider(name)
    if (provider === undefined) return []
    const row = rowOf(rows, name)
    const capabilities = capabilitiesOf(provider)
    return [
      {
        name,
        object: 'provider' as const,
        label: provider.label,
        active_environment: row?.activeEnvironment ?? 'test',
        connected: { test: row?.credentials.test !== undefined, live: row?.credentials.live !== undefined },
        capabilities: { ...capabilities, refund_speeds: [...capabilities.refund_speeds] },
      },
    ]
  })
  return { data, has_more: false, next_cursor: null }
}

async function save(deps: Deps, { params, body, principal }: Call<'saveCredentials'>) {
  const service = serviceParam(params.service)
  assertService(principal, service)
  assertEnvironment(principal, body.environment)
  const sandbox = body.sandbox === true
  if (sandbox === (body.credentials !== undefined)) {
    const detail = 'must be given, or else "sandbox": true'
    throw new ApiError('invalid_request', `/credentials ${detail}.`, {
      errors: [{ pointer: '/credentials', detail }],
    })
  }
  await connectService(deps, {
    accountId: principal.accountId,
    service,
    environment: body.environment,
    credentials: body.credentials ?? 'sandbox',
  })
  return status(deps, principal, service)
}

async function remove(deps: Deps, { params, query, principal }: Call<'deleteCredentials'>) {
  const service = serviceParam(params.service)
  assertService(principal, service)
  const environments = query.environment === undefined ? ownEnvironments(principal) : [query.environment]
  for (const environment of environments) {
    assertEnvironment(principal, environment)
    const key = { accountId: principal.accountId, environment, service }
    await retireCredential(deps.db, key)
    deps.invalidation.here({ kind: 'credentials', ...key })
  }
  return status(deps, principal, service)
}

function ownEnvironments(principal: Principal): readonly Environment[] {
  return principal.environment === 'live' ? ENVIRONMENTS : ['test']
}

async function switchOne(deps: Deps, { params, body, principal }: Call<'switchEnvironment'>) {
  const service = serviceParam(params.service)
  assertService(principal, service)
  await point(deps, principal, [service], body.environment)
  return {
    status: 'switched' as const,
    service_name: service,
    environment: body.environment,
    message: `${service} now uses its ${body.environment} credentials.`,
    timestamp: new Date(deps.now()).toISOString(),
  }
}

async function switchAll(deps: Deps, { body, principal }: Call<'switchAllEnvironments'>) {
  const rows = await listServices(deps.db, principal.accountId)
  const services = rows.filter(isConnected).map((row) => row.service)
  for (const service of services) assertService(principal, service)
  if (services.length === 0) throw new ApiError('provider_not_configured', 'No service is connected yet.')
  await point(deps, principal, services, body.environment)
  return {
    status: 'switched' as const,
    environment: body.environment,
    message: `${services.length} service(s) now use their ${body.environment} credentials.`,
    timestamp: new Date(deps.now()).toISOString(),
    switched_services: services,
  }
}

/** What is missing is told first; whether this key may flip the switch of live payments comes after. */
async function point(
  deps: Deps,
  principal: Principal,
  services: readonly Service[],
  environment: Environment,
): Promise<void> {
  const rows = await listServices(deps.db, principal.accountId)
  const missing = services.filter((service) => rowOf(rows, service)?.credentials[environment] === undefined)
  if (missing.length > 0) throw missingCredentials(missing, environment)
  const changing = services.filter((service) => rowOf(rows, service)?.activeEnvironment !== environment)
  if (changing.length > 0) assertEnvironment(principal, 'live')
  const result = await switchServices(deps.db, principal.accountId, services, environment)
  if (result.kind === 'missing') throw missingCredentials(result.services, environment)
  deps.invalidation.here({ kind: 'services', accountId: principal.accountId })
}

function missingCredentials(services: readonly Service[], environment: Environment): ApiError {
  const code = environment === 'live' ? 'live_credentials_missing' : 'provider_not_configured'
  return new ApiError(code, `Save ${environment} credentials first for: ${services.join(', ')}.`, {
    extra: { services },
  })
}

async function canGoLive(deps: Deps, principal: Principal) {
  const rows = (await listServices(deps.db, principal.accountId)).filter(isConnected)
  const having = (environment: Environment): Service[] =>
    rows.filter((row) => row.credentials[environment] !== undefined).map((row) => row.service)
  const live = having('live')
  const missing = rows.map((row) => row.service).filter((service) => !live.includes(service))
  return {
    can_go_live: rows.length > 0 && missing.length === 0,
    services_with_test: having('test'),
    services_with_live: live,
    services_missing_live: missing,
    message:
      rows.length === 0
        ? 'Connect a service first.'
        : missing.length === 0
          ? 'Every connected service has live credentials.'
          : `Live credentials are missing for: ${missing.join(', ')}.`,
  }
}

function isConnected(row: ServiceRow): boolean {
  return row.credentials.test !== undefined || row.credentials.live !== undefined
}

function rowOf(rows: readonly ServiceRow[], service: Service): ServiceRow | undefined {
  return rows.find((row) => row.service === service)
}

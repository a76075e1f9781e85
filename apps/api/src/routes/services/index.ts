import { ApiError, ENVIRONMENTS, type Environment, SERVICES, type Service } from '@onerouter/core'
import { capabilitiesOf, provenOperations } from '@onerouter/providers'
import type { FastifyInstance } from 'fastify'
import { acting, actorOf } from '../../audit/acting.ts'
import type { Deps } from '../../deps.ts'
import { serviceParam } from '../../http/ids.ts'
import { type Call, mount } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { retireCredential } from '../../store/credentials.ts'
import { listServices } from '../../store/services.ts'
import { reaches } from '../payment-methods/reach.ts'
import { assertEnvironment, assertService } from './allowed.ts'
import { importEnv } from './import-env.ts'
import { presentService } from './present.ts'
import { connectService } from './save.ts'
import { canGoLive, rowOf, switchAll, switchOne } from './switching.ts'

/** `announce` tells the sender of events that a commit has made some. */
export function serviceRoutes(app: FastifyInstance, deps: Deps, announce: () => void): void {
  const by = ({ principal, request }: Pick<Call<'saveCredentials'>, 'principal' | 'request'>): Deps => ({
    ...deps,
    db: acting(deps.db, actorOf(principal, request)),
  })
  mount(app, 'listServices', (call) => list(deps, call.principal))
  mount(app, 'listProviders', (call) => listProviders(deps, call))
  mount(app, 'canGoLive', (call) => canGoLive(deps, call.principal))
  mount(app, 'switchAllEnvironments', (call) => switchAll(by(call), announce, call))
  mount(app, 'getServiceStatus', async ({ params, principal }) => {
    const service = serviceParam(params.service)
    assertService(principal, service)
    return status(deps, principal, service)
  })
  mount(app, 'saveCredentials', (call) => save(by(call), call))
  mount(app, 'importEnv', (call) => importEnv(by(call), call))
  mount(app, 'deleteCredentials', (call) => remove(by(call), call))
  mount(app, 'switchEnvironment', (call) => switchOne(by(call), announce, call))
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

async function listProviders(deps: Deps, { principal, query }: Call<'listProviders'>) {
  const rows = await listServices(deps.db, principal.accountId)
  const data = SERVICES.flatMap((name) => {
    const provider = deps.provider(name)
    if (provider === undefined) return []
    const row = rowOf(rows, name)
    const capabilities = capabilitiesOf(provider)
    const { payments } = provider
    const reaching = payments?.methods.filter((method) => reaches(payments, method, query)) ?? []
    const isAsked = query.country !== undefined || query.currency !== undefined
    if (isAsked && reaching.length === 0) return []
    return [
      {
        name,
        object: 'provider' as const,
        label: provider.label,
        active_environment: row?.activeEnvironment ?? 'test',
        connected: { test: row?.credentials.test !== undefined, live: row?.credentials.live !== undefined },
        proofs: provenOperations(name).map(({ lastRun, ...proof }) => ({ ...proof, last_run: lastRun })),
        payment_methods: reaching.map((method) => method.name),
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

import { ApiError, ENVIRONMENTS, type Environment, type Service } from '@onerouter/core'
import type { Deps } from '../../deps.ts'
import { makeEvent } from '../../engine/events.ts'
import { serviceParam } from '../../http/ids.ts'
import type { Call } from '../../http/mount.ts'
import type { Principal } from '../../http/principal.ts'
import { listServices, type ServiceRow, type SwitchedService, switchServices } from '../../store/services.ts'
import { assertEnvironment, assertService } from './allowed.ts'

type Announce = () => void

export async function switchOne(
  deps: Deps,
  announce: Announce,
  { params, body, principal }: Call<'switchEnvironment'>,
) {
  const service = serviceParam(params.service)
  await point(deps, announce, principal, [service], body.environment)
  return {
    status: 'switched' as const,
    service_name: service,
    environment: body.environment,
    message: `${service} now uses its ${body.environment} credentials.`,
    timestamp: new Date(deps.now()).toISOString(),
  }
}

export async function switchAll(
  deps: Deps,
  announce: Announce,
  { body, principal }: Call<'switchAllEnvironments'>,
) {
  const rows = await listServices(deps.db, principal.accountId)
  const services = rows.filter(isConnected).map((row) => row.service)
  if (services.length === 0) throw new ApiError('provider_not_configured', 'No service is connected yet.')
  await point(deps, announce, principal, services, body.environment)
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
  announce: Announce,
  principal: Principal,
  services: readonly Service[],
  environment: Environment,
): Promise<void> {
  for (const service of services) assertService(principal, service)
  const { accountId } = principal
  const rows = await listServices(deps.db, accountId)
  const missing = services.filter((service) => rowOf(rows, service)?.credentials[environment] === undefined)
  if (missing.length > 0) throw missingCredentials(missing, environment)
  const changing = services.filter((service) => rowOf(rows, service)?.activeEnvironment !== environment)
  if (changing.length > 0) assertEnvironment(principal, 'live')
  const eventOf = (switched: SwitchedService) => switchEvent(deps, principal, environment, switched)
  const result = await switchServices(deps.db, { accountId, services, environment, eventOf })
  if (result.kind === 'missing') throw missingCredentials(result.services, environment)
  deps.invalidation.here({ kind: 'services', accountId })
  if (result.changed.length > 0) announce()
}

/** Only live keys follow the switch, so the event is one of the live environment, whichever way it goes. */
function switchEvent(deps: Deps, principal: Principal, environment: Environment, switched: SwitchedService) {
  return makeEvent({
    accountId: principal.accountId,
    environment: 'live',
    id: deps.newId(),
    type: 'service.environment_switched',
    subject: { kind: 'service', id: switched.subject },
    sequence: switched.sequence,
    object: { object: 'service', service_name: switched.service, environment },
    previous: { environment: ENVIRONMENTS.find((other) => other !== environment) },
    at: new Date(deps.now()),
  })
}

function missingCredentials(services: readonly Service[], environment: Environment): ApiError {
  const code = environment === 'live' ? 'live_credentials_missing' : 'provider_not_configured'
  return new ApiError(code, `Save ${environment} credentials first for: ${services.join(', ')}.`, {
    extra: { services },
  })
}

export async function canGoLive(deps: Deps, principal: Principal) {
  const all = await listServices(deps.db, principal.accountId)
  const rows = all.filter(isConnected)
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
    services: rows.map((row) => readiness(deps, row)),
  }
}

function readiness(deps: Deps, row: ServiceRow) {
  const credential = row.credentials.live
  if (credential === undefined) {
    const how = `PUT /api/services/${row.service}/credentials with "environment": "live"`
    return {
      service_name: row.service,
      ready: false,
      blockers: [`Save live credentials: ${how}.`],
      warnings: [],
    }
  }
  const warnings: string[] = []
  if (!deps.config.publicUrl.startsWith('https://')) {
    warnings.push(
      'PUBLIC_URL is not https: providers cannot send webhooks here, payments are polled instead.',
    )
  } else if (credential.webhookRef === null) {
    warnings.push(
      'The webhook was not registered at the provider: paste the webhook_url of the status there.',
    )
  }
  return { service_name: row.service, ready: true, blockers: [], warnings }
}

function isConnected(row: ServiceRow): boolean {
  return row.credentials.test !== undefined || row.credentials.live !== undefined
}

export function rowOf(rows: readonly ServiceRow[], service: Service): ServiceRow | undefined {
  return rows.find((row) => row.service === service)
}

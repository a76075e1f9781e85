import type { ServiceStatus } from '@onerouter/contract'
import type { Environment, Service } from '@onerouter/core'
import { capabilitiesOf, type Provider } from '@onerouter/providers'
import type { ServiceRow } from '../../store/services.ts'
import { NO_TROUBLE, troubleWith } from '../../webhooks-in/trouble.ts'
import { webhookUrl } from '../../webhooks-in/upkeep.ts'

/** The seed's answer (`service_name`, `environment`, `active`, `configured`) and what the dashboard shows. */
export function presentService(
  service: Service,
  provider: Provider | undefined,
  row: ServiceRow | undefined,
  publicUrl: string,
): ServiceStatus {
  const environment = row?.activeEnvironment ?? 'test'
  const test = row?.credentials.test !== undefined
  const live = row?.credentials.live !== undefined
  return {
    service_name: service,
    environment,
    active: environment === 'live' ? live : test,
    configured: test || live,
    label: provider?.label ?? service,
    can_switch: test && live,
    credentials: {
      test: presentCredential({ service, provider, row, publicUrl }, 'test'),
      live: presentCredential({ service, provider, row, publicUrl }, 'live'),
    },
    capabilities: provider === undefined ? [] : capabilityNames(provider),
  }
}

interface Shown {
  readonly service: Service
  readonly provider: Provider | undefined
  readonly row: ServiceRow | undefined
  readonly publicUrl: string
}

function presentCredential(
  { service, provider, row, publicUrl }: Shown,
  environment: Environment,
): ServiceStatus['credentials']['test'] {
  const credential = row?.credentials[environment]
  const token = row?.webhookTokens[environment]
  const registration = credential === undefined ? undefined : row?.registrations[environment]
  const { problem, givesUpAt, instructions } =
    provider === undefined || registration === undefined ? NO_TROUBLE : troubleWith(provider, registration)
  return {
    configured: credential !== undefined,
    hint: credential?.hint ?? null,
    sandbox: credential?.sandbox ?? false,
    version: credential?.version ?? null,
    provider_account: credential?.providerAccount ?? null,
    webhook_url: token === undefined ? null : webhookUrl(publicUrl, service, token),
    webhook_registered: registration?.state === 'registered',
    webhook_problem: problem,
    webhook_gives_up_at: givesUpAt?.toISOString() ?? null,
    webhook_instructions: instructions,
    saved_at: credential?.savedAt.toISOString() ?? null,
  }
}

function capabilityNames(provider: Provider): string[] {
  return Object.entries(capabilitiesOf(provider))
    .filter(([, value]) => value === true)
    .map(([name]) => name)
}

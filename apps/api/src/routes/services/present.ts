import type { ServiceStatus } from '@onerouter/contract'
import type { Environment, Service } from '@onerouter/core'
import { capabilitiesOf, type Provider } from '@onerouter/providers'
import type { ServiceRow } from '../../store/services.ts'

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
      test: presentCredential(service, row, 'test', publicUrl),
      live: presentCredential(service, row, 'live', publicUrl),
    },
    capabilities: provider === undefined ? [] : capabilityNames(provider),
  }
}

function presentCredential(
  service: Service,
  row: ServiceRow | undefined,
  environment: Environment,
  publicUrl: string,
): ServiceStatus['credentials']['test'] {
  const credential = row?.credentials[environment]
  const token = row?.webhookTokens[environment]
  return {
    configured: credential !== undefined,
    hint: credential?.hint ?? null,
    sandbox: credential?.sandbox ?? false,
    version: credential?.version ?? null,
    provider_account: credential?.providerAccount ?? null,
    webhook_url: token === undefined ? null : webhookUrl(publicUrl, service, token),
    webhook_registered: credential !== undefined && credential.webhookRef !== null,
    saved_at: credential?.savedAt.toISOString() ?? null,
  }
}

function capabilityNames(provider: Provider): string[] {
  return Object.entries(capabilitiesOf(provider))
    .filter(([, value]) => value === true)
    .map(([name]) => name)
}

export function webhookUrl(publicUrl: string, service: Service, token: string): string {
  return `${publicUrl}/webhooks/${service}/${token}`
}

import { type Environment, SERVICES } from '@onerouter/core'
import type { Provider } from '@onerouter/providers'
import type { Config } from '../config.ts'

/** The sandbox serves each provider on a port of its own, in this order after its own port. */
const SANDBOX_ORDER = SERVICES

/** Where calls go: an override from the configuration first, then the sandbox or the provider itself. */
export function baseUrlFor(
  config: Pick<Config, 'apiBase' | 'sandboxUrl'>,
  provider: Pick<Provider, 'name' | 'origin'>,
  environment: Environment,
  sandbox: boolean,
): string | null {
  const override = config.apiBase[provider.name]
  if (override !== undefined) return override
  if (!sandbox) return provider.origin[environment]
  if (config.sandboxUrl === null) return null
  const url = new URL(config.sandboxUrl)
  const port = Number.parseInt(url.port === '' ? '80' : url.port, 10)
  url.port = String(port + 1 + SANDBOX_ORDER.indexOf(provider.name))
  return url.origin
}

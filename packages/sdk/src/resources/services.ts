import type { ApiPromise } from '../answer.ts'
import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type {
  CanGoLive,
  EnvImport,
  EnvImportParams,
  SaveCredentialsParams,
  ServiceListItem,
  ServiceStatus,
  Switched,
  SwitchedAll,
} from '../types/service.ts'
import type { Environment, Service } from '../types/shared.ts'

/** The providers of the account, their credentials, and which environment is in force. */
export interface Services {
  /**
   * Every provider and how it is connected.
   * @example
   * ```ts
   * for await (const { serviceName, configured } of client.services.list()) console.log(serviceName, configured)
   * ```
   */
  list(options?: CallOptions): List<ServiceListItem>
  /**
   * How one provider is connected.
   * @example
   * ```ts
   * const { environment, active } = await client.services.status('stripe')
   * ```
   */
  status(service: Service, options?: CallOptions): ApiPromise<ServiceStatus>
  /**
   * Chooses the environment that live keys use for this provider.
   * @throws PermissionError `live_credentials_missing`
   * @example
   * ```ts
   * await client.services.switchEnvironment('razorpay', 'live')
   * ```
   */
  switchEnvironment(service: Service, environment: Environment, options?: CallOptions): ApiPromise<Switched>
  /**
   * Switches every connected provider: all, or none when one lacks its credentials.
   * @throws PermissionError `live_credentials_missing`
   * @example
   * ```ts
   * await client.services.switchAllEnvironments('live')
   * ```
   */
  switchAllEnvironments(environment: Environment, options?: CallOptions): ApiPromise<SwitchedAll>
  /**
   * Whether every connected provider has live credentials.
   * @example
   * ```ts
   * const { canGoLive, servicesMissingLive } = await client.services.canGoLive()
   * ```
   */
  canGoLive(options?: CallOptions): ApiPromise<CanGoLive>
  /**
   * Connects a provider. The credentials are tried at the provider before they are saved.
   * @throws ValidationError `credentials_invalid`, ProviderError `provider_unavailable`
   * @example
   * ```ts
   * await client.services.saveCredentials('stripe', { environment: 'test', credentials: { secretKey: 'sk_test_…' } })
   * ```
   */
  saveCredentials(
    service: Service,
    params: SaveCredentialsParams,
    options?: CallOptions,
  ): ApiPromise<ServiceStatus>
  /**
   * Connects every provider whose variables a `.env` text has; one that is refused holds up no other.
   * @example
   * ```ts
   * const { services } = await client.services.importEnv({ env: 'PAYPAL_CLIENT_ID=…', dryRun: true })
   * ```
   */
  importEnv(params: EnvImportParams, options?: CallOptions): ApiPromise<EnvImport>
  /**
   * Disconnects a provider, in one environment, or in every one the key may change.
   * @example
   * ```ts
   * await client.services.deleteCredentials('paypal', { environment: 'test' })
   * ```
   */
  deleteCredentials(
    service: Service,
    params?: { readonly environment?: Environment },
    options?: CallOptions,
  ): ApiPromise<ServiceStatus>
}

export function services(call: Call): Services {
  return {
    list: (options) => list(call, '/api/services', {}, options),
    status: (service, options) =>
      call({ method: 'GET', path: path`/api/services/${service}/status` }, options),
    switchEnvironment: (service, environment, options) =>
      call(
        {
          method: 'POST',
          path: path`/api/services/${service}/switch-environment`,
          body: { environment },
        },
        options,
      ),
    switchAllEnvironments: (environment, options) =>
      call({ method: 'POST', path: '/api/services/switch-all-environments', body: { environment } }, options),
    canGoLive: (options) => call({ method: 'GET', path: '/api/services/can-go-live' }, options),
    saveCredentials: (service, body, options) =>
      call({ method: 'PUT', path: path`/api/services/${service}/credentials`, body }, options),
    importEnv: (body, options) => call({ method: 'POST', path: '/api/services/import-env', body }, options),
    deleteCredentials: (service, query = {}, options = {}) =>
      call({ method: 'DELETE', path: path`/api/services/${service}/credentials`, query }, options),
  }
}

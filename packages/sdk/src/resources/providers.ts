import type { ApiPromise } from '../answer.ts'
import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type { ProviderRequestParams, ProviderResponse } from '../types/provider-request.ts'
import type { Provider, ProviderListParams } from '../types/service.ts'
import type { Service } from '../types/shared.ts'

/** What could be connected, and what it can do. */
export interface Providers {
  /**
   * What each provider can do, and where it is connected; by country and currency those that reach it.
   * @example
   * ```ts
   * for await (const { name, capabilities } of client.providers.list()) console.log(name, capabilities.capture)
   * ```
   */
  list(params?: ProviderListParams, options?: CallOptions): List<Provider>
  /**
   * Calls the provider's own API with the account's credentials: reads, and writes that move no money. The key
   * needs the scope `providers:write`.
   * @throws ValidationError `capability_unsupported`
   * @example
   * ```ts
   * const { status, body } = await client.providers.request('stripe', { method: 'GET', path: '/v1/balance' })
   * ```
   */
  request(
    provider: Service,
    params: ProviderRequestParams,
    options?: CallOptions,
  ): ApiPromise<ProviderResponse>
}

export function providers(call: Call): Providers {
  return {
    list: (params = {}, options = {}) => list(call, '/v1/providers', params, options),
    request: (provider, body, options) =>
      call({ method: 'POST', path: path`/v1/providers/${provider}/requests`, body }, options),
  }
}

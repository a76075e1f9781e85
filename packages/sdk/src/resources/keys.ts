import type { ApiPromise } from '../answer.ts'
import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type {
  ApiKey,
  CreatedApiKey,
  KeyCreateParams,
  KeyListParams,
  KeyRotateParams,
  KeyUpdateParams,
} from '../types/key.ts'

/** API keys. The calling key needs `keys:read` or `keys:write`, which keys do not have by default. */
export interface Keys {
  /**
   * Creates a key. This answer is the only place that ever shows it, as `apiKey`.
   * @example
   * ```ts
   * const { apiKey } = await client.keys.create({ name: 'shop', scopes: ['payments:*'], services: ['paypal'] })
   * ```
   */
  create(params: KeyCreateParams, options?: CallOptions): ApiPromise<CreatedApiKey>
  /**
   * Keys, newest first.
   * @example
   * ```ts
   * for await (const key of client.keys.list()) console.log(key.hint, key.lastUsedAt)
   * ```
   */
  list(params?: KeyListParams, options?: CallOptions): List<ApiKey>
  /**
   * A key, without its secret.
   * @example
   * ```ts
   * const { scopes } = await client.keys.get('key_…')
   * ```
   */
  get(id: string, options?: CallOptions): ApiPromise<ApiKey>
  /**
   * Changes name, scopes, services, limits, expiry or address list.
   * @example
   * ```ts
   * await client.keys.update('key_…', { rateLimitPerMinute: 600 })
   * ```
   */
  update(id: string, params: KeyUpdateParams, options?: CallOptions): ApiPromise<ApiKey>
  /**
   * Creates a successor; the old key goes on for the overlap.
   * @example
   * ```ts
   * const { apiKey } = await client.keys.rotate('key_…', { overlapSeconds: 3600 })
   * ```
   */
  rotate(id: string, params?: KeyRotateParams, options?: CallOptions): ApiPromise<CreatedApiKey>
  /**
   * Revokes a key; it is refused from the next request on.
   * @example
   * ```ts
   * await client.keys.revoke('key_…')
   * ```
   */
  revoke(id: string, options?: CallOptions): ApiPromise<ApiKey>
  /**
   * The same as `revoke`: keys are never forgotten.
   * @example
   * ```ts
   * await client.keys.delete('key_…')
   * ```
   */
  delete(id: string, options?: CallOptions): ApiPromise<ApiKey>
}

export function keys(call: Call): Keys {
  return {
    create: (body, options) => call({ method: 'POST', path: '/api/keys', body }, options),
    list: (params, options) => list(call, '/api/keys', params, options),
    get: (id, options) => call({ method: 'GET', path: path`/api/keys/${id}` }, options),
    update: (id, body, options) => call({ method: 'PATCH', path: path`/api/keys/${id}`, body }, options),
    rotate: (id, body = {}, options = {}) =>
      call({ method: 'POST', path: path`/api/keys/${id}/rotate`, body }, options),
    revoke: (id, options) => call({ method: 'POST', path: path`/api/keys/${id}/revoke`, body: {} }, options),
    delete: (id, options) => call({ method: 'DELETE', path: path`/api/keys/${id}` }, options),
  }
}

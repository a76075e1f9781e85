import type { ApiPromise } from '../answer.ts'
import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type {
  WebhookEndpoint,
  WebhookEndpointCreateParams,
  WebhookEndpointListParams,
  WebhookEndpointUpdateParams,
  WebhookEndpointWithSecret,
  WebhookRecoverParams,
  WebhookRecovery,
  WebhookSecretRotateParams,
} from '../types/webhook.ts'

export interface WebhookEndpoints {
  /**
   * Creates an endpoint. This answer shows its `secret`, this once.
   * @throws ValidationError with a pointer to `/url` for an address that webhooks may not go to
   * @example
   * ```ts
   * const { secret } = await client.webhooks.endpoints.create({ url: 'https://shop.example/hooks', events: ['payment.*'] })
   * ```
   */
  create(params: WebhookEndpointCreateParams, options?: CallOptions): ApiPromise<WebhookEndpointWithSecret>
  /**
   * Endpoints, newest first.
   * @example
   * ```ts
   * for await (const { url, failingSince } of client.webhooks.endpoints.list()) console.log(url, failingSince)
   * ```
   */
  list(params?: WebhookEndpointListParams, options?: CallOptions): List<WebhookEndpoint>
  /**
   * One endpoint.
   * @throws NotFoundError
   * @example
   * ```ts
   * const { status, disabledReason } = await client.webhooks.endpoints.get('whe_…')
   * ```
   */
  get(id: string, options?: CallOptions): ApiPromise<WebhookEndpoint>
  /**
   * Changes address, events, description, signatures, order or limit.
   * @example
   * ```ts
   * await client.webhooks.endpoints.update('whe_…', { ordered: true })
   * ```
   */
  update(id: string, params: WebhookEndpointUpdateParams, options?: CallOptions): ApiPromise<WebhookEndpoint>
  /**
   * Deletes an endpoint and its secrets; its log stays.
   * @example
   * ```ts
   * await client.webhooks.endpoints.delete('whe_…')
   * ```
   */
  delete(id: string, options?: CallOptions): ApiPromise<WebhookEndpoint>
  /**
   * Adds a secret; those before still sign until the overlap ends.
   * @example
   * ```ts
   * const { secret } = await client.webhooks.endpoints.rotateSecret('whe_…', { overlapSeconds: 3600 })
   * ```
   */
  rotateSecret(
    id: string,
    params?: WebhookSecretRotateParams,
    options?: CallOptions,
  ): ApiPromise<WebhookEndpointWithSecret>
  /**
   * Enables an endpoint; what it missed is sent by `recover`.
   * @example
   * ```ts
   * await client.webhooks.endpoints.enable('whe_…')
   * ```
   */
  enable(id: string, options?: CallOptions): ApiPromise<WebhookEndpoint>
  /**
   * Disables an endpoint; events are kept and can be recovered.
   * @example
   * ```ts
   * await client.webhooks.endpoints.disable('whe_…')
   * ```
   */
  disable(id: string, options?: CallOptions): ApiPromise<WebhookEndpoint>
  /**
   * Sends the events of a span of time again, as a job that survives restarts.
   * @throws ConflictError `invalid_state` while the endpoint is disabled
   * @example
   * ```ts
   * const recovery = await client.webhooks.endpoints.recover('whe_…', { since: '2026-11-20T00:00:00Z' })
   * ```
   */
  recover(id: string, params: WebhookRecoverParams, options?: CallOptions): ApiPromise<WebhookRecovery>
}

const ROOT = '/api/webhooks/endpoints'

export function webhookEndpoints(call: Call): WebhookEndpoints {
  const at = (id: string, verb = ''): string => path`/api/webhooks/endpoints/${id}` + verb
  const post = <T>(where: string, body: object, options?: CallOptions): ApiPromise<T> =>
    call({ method: 'POST', path: where, body }, options)
  return {
    create: (body, options) => post(ROOT, body, options),
    list: (params, options) => list(call, ROOT, params, options),
    get: (id, options) => call({ method: 'GET', path: at(id) }, options),
    update: (id, body, options) => call({ method: 'PATCH', path: at(id), body }, options),
    delete: (id, options) => call({ method: 'DELETE', path: at(id) }, options),
    rotateSecret: (id, body = {}, options = {}) => post(at(id, '/rotate-secret'), body, options),
    enable: (id, options) => post(at(id, '/enable'), {}, options),
    disable: (id, options) => post(at(id, '/disable'), {}, options),
    recover: (id, body, options) => post(at(id, '/recover'), body, options),
  }
}

import type { ApiPromise } from '../answer.ts'
import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type {
  InboundWebhook,
  InboundWebhookListParams,
  WebhookDelivery,
  WebhookDeliveryListParams,
  WebhookRecovery,
  WebhookTestParams,
  WebhookTestResult,
} from '../types/webhook.ts'
import { type WebhookEndpoints, webhookEndpoints } from './webhook-endpoints.ts'

/** Events sent to you, and what providers sent to OneRouter. `OneRouter.webhooks` checks what you receive. */
export interface Webhooks {
  readonly endpoints: WebhookEndpoints
  readonly deliveries: WebhookDeliveries
  readonly recoveries: WebhookRecoveries
  readonly inbound: InboundWebhooks
  /**
   * Sends `webhook.test` to every enabled endpoint and tells what each answered.
   * @example
   * ```ts
   * const { delivered, results } = await client.webhooks.test()
   * ```
   */
  test(params?: WebhookTestParams, options?: CallOptions): ApiPromise<WebhookTestResult>
}

export interface WebhookDeliveries {
  /**
   * Deliveries with every try, newest first.
   * @example
   * ```ts
   * for await (const dead of client.webhooks.deliveries.list({ status: 'failed' })) console.log(dead.lastError)
   * ```
   */
  list(params?: WebhookDeliveryListParams, options?: CallOptions): List<WebhookDelivery>
  /**
   * One delivery.
   * @throws NotFoundError
   * @example
   * ```ts
   * const { attempts } = await client.webhooks.deliveries.get('whd_…')
   * ```
   */
  get(id: string, options?: CallOptions): ApiPromise<WebhookDelivery>
  /**
   * Delivers again, with a fresh schedule and the same `webhook-id`.
   * @throws ConflictError `invalid_state` while it is being tried, or its endpoint is not enabled
   * @example
   * ```ts
   * await client.webhooks.deliveries.redeliver('whd_…')
   * ```
   */
  redeliver(id: string, options?: CallOptions): ApiPromise<WebhookDelivery>
}

/** Started by `endpoints.recover`. */
export interface WebhookRecoveries {
  /**
   * How far a recovery has come.
   * @throws NotFoundError
   * @example
   * ```ts
   * const { status, scheduled } = await client.webhooks.recoveries.get(recovery.id)
   * ```
   */
  get(id: string, options?: CallOptions): ApiPromise<WebhookRecovery>
  /**
   * Stops a recovery; what it has scheduled is still sent.
   * @example
   * ```ts
   * await client.webhooks.recoveries.cancel(recovery.id)
   * ```
   */
  cancel(id: string, options?: CallOptions): ApiPromise<WebhookRecovery>
}

export interface InboundWebhooks {
  /**
   * What providers sent, newest first.
   * @example
   * ```ts
   * const { data } = await client.webhooks.inbound.list({ serviceName: 'paypal', status: 'quarantined' })
   * ```
   */
  list(params?: InboundWebhookListParams, options?: CallOptions): List<InboundWebhook>
  /**
   * Works a provider's webhook off again.
   * @throws NotFoundError
   * @example
   * ```ts
   * await client.webhooks.inbound.reprocess('whi_…')
   * ```
   */
  reprocess(id: string, options?: CallOptions): ApiPromise<InboundWebhook>
}

export function webhooks(call: Call): Webhooks {
  const post = <T>(where: string, body: object, options?: CallOptions): ApiPromise<T> =>
    call({ method: 'POST', path: where, body }, options)
  return {
    endpoints: webhookEndpoints(call),
    deliveries: {
      list: (params, options) => list(call, '/api/webhooks/deliveries', params, options),
      get: (id, options) => call({ method: 'GET', path: path`/api/webhooks/deliveries/${id}` }, options),
      redeliver: (id, options) => post(path`/api/webhooks/deliveries/${id}/redeliver`, {}, options),
    },
    recoveries: {
      get: (id, options) => call({ method: 'GET', path: path`/api/webhooks/recoveries/${id}` }, options),
      cancel: (id, options) => post(path`/api/webhooks/recoveries/${id}/cancel`, {}, options),
    },
    inbound: {
      list: (params, options) => list(call, '/api/webhooks/logs', params, options),
      reprocess: (id, options) => post(path`/api/webhooks/inbound/${id}/reprocess`, {}, options),
    },
    test: (body = {}, options = {}) => post('/api/webhooks/test', body, options),
  }
}

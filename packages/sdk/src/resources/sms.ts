import type { ApiPromise } from '../answer.ts'
import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type { Sms, SmsListParams, SmsSendParams } from '../types/sms.ts'

/** Text messages. */
export interface SmsMessages {
  /**
   * Sends a text message, once or not at all: while it is not known whether the provider took it, it is
   * `queued`, and it is never sent a second time.
   * @throws ProviderError `provider_rejected` with `providerCode`, for numbers that are none or have opted out
   * @example
   * ```ts
   * const sms = await client.sms.send({ to: '+14155550123', body: 'Your order has left our house.' })
   * ```
   */
  send(params: SmsSendParams, options?: CallOptions): ApiPromise<Sms>
  /**
   * A message with its delivery status and cost.
   * @throws NotFoundError
   * @example
   * ```ts
   * const { status, cost } = await client.sms.get('sms_01m85va6qrej0bf947n0grxgzc')
   * ```
   */
  get(id: string, options?: CallOptions): ApiPromise<Sms>
  /**
   * Messages, newest first.
   * @example
   * ```ts
   * const { data } = await client.sms.list({ status: 'undelivered' })
   * ```
   */
  list(params?: SmsListParams, options?: CallOptions): List<Sms>
}

export function sms(call: Call): SmsMessages {
  return {
    send: (body, options) => call({ method: 'POST', path: '/v1/sms', body }, options),
    get: (id, options) => call({ method: 'GET', path: path`/v1/sms/${id}` }, options),
    list: (params, options) => list(call, '/v1/sms', params, options),
  }
}

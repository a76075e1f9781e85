import type { ApiPromise } from '../answer.ts'
import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import { path } from '../path.ts'
import type { Call } from '../send.ts'
import type { StreamOptions } from '../stream.ts'
import type { EventListParams, EventStreamParams, OneRouterEvent } from '../types/event.ts'

/** What happened, in the form in which webhooks tell it. */
export interface Events {
  /**
   * Events, newest first.
   * @example
   * ```ts
   * for await (const event of client.events.list({ type: 'payment.succeeded' })) console.log(event.data.object.id)
   * ```
   */
  list(params?: EventListParams, options?: CallOptions): List<OneRouterEvent>
  /**
   * Events as they happen, until you stop reading or the signal ends it. A connection that breaks off is made again and goes on
   * behind the last event; each event comes once.
   * @example
   * ```ts
   * for await (const event of client.events.stream({ type: 'payment.succeeded' })) {
   *   console.log(event.data.object.id)
   *   break
   * }
   * ```
   */
  stream(params?: EventStreamParams, options?: StreamOptions): AsyncGenerator<OneRouterEvent, void, undefined>
  /**
   * One event.
   * @throws NotFoundError
   * @example
   * ```ts
   * const event = await client.events.get('evt_…')
   * if (event.type === 'refund.failed') console.log(event.data.object.failure?.message)
   * ```
   */
  get(id: string, options?: CallOptions): ApiPromise<OneRouterEvent>
}

export function events(call: Call): Events {
  return {
    list: (params, options) => list(call, '/v1/events', params, options),
    stream: (query, options) =>
      call.stream.events({ method: 'GET', path: '/v1/events/stream', query }, options),
    get: (id, options) => call({ method: 'GET', path: path`/v1/events/${id}` }, options),
  }
}

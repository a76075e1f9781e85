/** An answer with what surrounded it. */
export interface Answered<T> {
  readonly data: T
  readonly status: number
  readonly headers: Headers
  /** Names this request in the server's log. */
  readonly requestId: string | undefined
  /** True when the idempotency key had been used before: nothing new was done. */
  readonly replayed: boolean
}

/** Resolves to the object alone; `withResponse()` tells status and headers too. */
export interface ApiPromise<T> extends Promise<T> {
  /**
   * The object with its status, headers, request id and whether it is a replay.
   * @example
   * ```ts
   * const { data, replayed, requestId } = await client.payments.get('pay_…').withResponse()
   * ```
   */
  withResponse(): Promise<Answered<T>>
}

/** Shows a running call from its two sides. */
export function apiPromise<T>(running: Promise<Answered<T>>): ApiPromise<T> {
  const data = running.then((answered) => answered.data)
  // By way of `data`, so that a failure that was handled here is not reported as unhandled there.
  return Object.assign(data, { withResponse: () => data.then(() => running) })
}

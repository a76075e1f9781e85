import type { Dispatcher, Pool } from 'undici'

/** What came back. A status that has come is kept, however the rest went on. */
export interface Answer {
  readonly status: number
  readonly retryAfter: string | undefined
  readonly body: Buffer
}

export interface Exchange {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly totalMs: number
  /** Read of an answer at most; then the connection is dropped. */
  readonly bytesMax: number
}

class DeadlinePassed extends Error {
  constructor() {
    super('The whole exchange took too long.')
    this.name = 'TimeoutError'
  }
}

class EnoughRead extends Error {}

/**
 * One POST and its answer. It listens to the dispatcher itself: the streams and abort signals of `pool.request` cost more
 * than everything else a delivery does. @throws what kept a status from coming
 */
export function exchange(pool: Pool, asked: Exchange): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    let head: { readonly status: number; readonly retryAfter: string | undefined } | null = null
    let flight: Dispatcher.DispatchController | null = null
    let late = false
    const deadline = setTimeout(() => {
      late = true
      // One that waits for a connection learns of it when it has one.
      if (flight === null) end(new DeadlinePassed())
      else flight.abort(new DeadlinePassed())
    }, asked.totalMs)
    const end = (error?: Error): void => {
      clearTimeout(deadline)
      // From its status on the receiver has spoken: a body that breaks off is shown as far as it got.
      if (head !== null) resolve({ ...head, body: Buffer.concat(chunks) })
      else reject(error ?? new Error('no status'))
    }
    pool.dispatch(
      { method: 'POST', path: asked.path, headers: asked.headers, body: asked.body },
      {
        onRequestStart(controller) {
          flight = controller
          if (late) controller.abort(new DeadlinePassed())
        },
        onResponseStart(_controller, status, headers) {
          const retryAfter = headers['retry-after']
          if (status >= 200) {
            head = { status, retryAfter: Array.isArray(retryAfter) ? retryAfter[0] : retryAfter }
          }
        },
        onResponseData(controller, chunk) {
          chunks.push(chunk)
          bytes += chunk.length
          // An endless answer costs what a short one does.
          if (bytes >= asked.bytesMax) controller.abort(new EnoughRead())
        },
        onResponseEnd: () => end(),
        onResponseError: (_controller, error) => end(error),
      },
    )
  })
}

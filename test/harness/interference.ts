/** An engine whose way to its providers or to its database is bent for a test; everything else stays real. */
import type { Http, HttpRequest, HttpResult } from '@onerouter/providers'
import type { Engine } from '../../apps/api/src/engine/ports.ts'
import type { MoneyStore } from '../../apps/api/src/store/money-store.ts'

/** No answer came in time; the request may or may not have arrived. */
export const TIMED_OUT = { ok: false, sent: true, reason: 'timeout' } as const satisfies HttpResult
/** The connection was refused before the first byte. */
export const NEVER_LEFT = { ok: false, sent: false, reason: 'connect' } as const satisfies HttpResult

export type Hook = (request: HttpRequest, real: Http) => Promise<HttpResult>

/** Every provider request passes through `hook`, which may drop, delay, double or rewrite it. */
export function overHttp(engine: Engine, hook: Hook): Engine {
  return {
    ...engine,
    http: (credential, call) => {
      const real = engine.http(credential, call)
      return (request) => hook(request, real)
    },
  }
}

const isWrite = ({ method, path }: HttpRequest): boolean => method !== 'GET' && !path.includes('/oauth2/')

/** Requests that could move something are lost on the way; reads are answered. */
export const losingWrites = (engine: Engine): Engine =>
  overHttp(engine, async (request, real) => (isWrite(request) ? TIMED_OUT : await real(request)))

/** The provider acts on calls to `path`, and their answers are lost. */
export const losingAnswersOf = (engine: Engine, path: string): Engine =>
  overHttp(engine, async (request, real) => {
    const result = await real(request)
    return request.method === 'POST' && request.path.includes(path) ? TIMED_OUT : result
  })

/** Nothing gets through, and nobody knows whether it did. */
export const inTheDark = (engine: Engine): Engine => overHttp(engine, async () => TIMED_OUT)

/** A server whose clock is off. */
export const withClock = (engine: Engine, offMs: number): Engine => ({
  ...engine,
  now: () => engine.now() + offMs,
})

/** Answers to reads say something else. */
export const withReads = (engine: Engine, edit: (text: string, request: HttpRequest) => string): Engine =>
  overHttp(engine, async (request, real) => {
    const result = await real(request)
    if (!result.ok || request.method !== 'GET') return result
    return { ok: true, response: { ...result.response, text: edit(result.response.text, request) } }
  })

/** Requests that wait on the wire until the test lets them arrive, long after their sender has given up. */
export interface Wire {
  readonly engine: Engine
  /** How many are still on their way. */
  readonly held: () => number
  /** They never arrive. */
  readonly lose: () => void
  readonly deliver: () => Promise<void>
}

export function slowWire(engine: Engine, isHeld: (request: HttpRequest) => boolean): Wire {
  const late: (() => Promise<unknown>)[] = []
  return {
    engine: overHttp(engine, async (request, real) => {
      if (!isHeld(request)) return await real(request)
      late.push(() => real(request))
      return TIMED_OUT
    }),
    held: () => late.length,
    lose: () => {
      late.length = 0
    },
    async deliver() {
      for (const arrive of late.splice(0)) await arrive()
    },
  }
}

/** Some of the store's transactions are replaced; `real` still makes them. */
export function overStore(engine: Engine, replace: (real: MoneyStore) => Partial<MoneyStore>): Engine {
  return { ...engine, store: { ...engine.store, ...replace(engine.store) } }
}

/** The process dies where its first payment outcome would be written: the provider has acted, no row says so. */
export const dyingBeforeCommit = (engine: Engine): Engine =>
  overStore(engine, () => ({ settlePayment: () => Promise.reject(new Error('the process died')) }))

/** A promise that the test keeps when it wants to. */
export interface Gate {
  readonly opened: Promise<void>
  open(): void
}

export function gate(): Gate {
  let open = () => {}
  const opened = new Promise<void>((resolve) => {
    open = resolve
  })
  return { opened, open: () => open() }
}

import { type Exchange, httpFromFetch, type Transport } from '@onerouter/providers'
import { createSandbox, PROVIDERS, type Sandbox } from '@onerouter/sandbox'

export interface SandboxWorld {
  readonly sandbox: Sandbox
  readonly transport: Transport
  /** Every provider call that was made, redacted, with where it went. */
  readonly calls: { readonly baseUrl: string; readonly exchange: Exchange }[]
}

const SANDBOX = 'http://127.0.0.1:8010'

/** The provider sandbox in process; an address that is not the sandbox's cannot be reached. For tests. */
export function createSandboxWorld(now: () => number = Date.now): SandboxWorld {
  const sandbox = createSandbox({
    clock: { now },
    seed: 7,
    fetch: () => Promise.reject(new Error('no receiver')),
  })
  const calls: SandboxWorld['calls'] = []
  const receivers = new Map<string, (request: Request) => Promise<Response>>([
    [SANDBOX, (request) => sandbox.control(request)],
    ...PROVIDERS.filter((name) => sandbox.providers.includes(name)).map(
      (name) => [sandbox.urls.api[name], sandbox.fetch(name)] as const,
    ),
  ])
  const nobody = (): Promise<Response> =>
    Promise.reject(Object.assign(new Error('no route'), { sent: false }))
  return {
    sandbox,
    calls,
    transport: (baseUrl, scope = {}) =>
      httpFromFetch(receivers.get(baseUrl) ?? nobody, baseUrl, {
        now,
        ...scope,
        observe(exchange) {
          calls.push({ baseUrl, exchange })
          scope.observe?.(exchange)
        },
      }),
  }
}

import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import type { Call } from '../send.ts'
import type { Provider } from '../types/service.ts'

/** What could be connected, and what it can do. */
export interface Providers {
  /**
   * What each provider can do, and where it is connected.
   * @example
   * ```ts
   * for await (const { name, capabilities } of client.providers.list()) console.log(name, capabilities.capture)
   * ```
   */
  list(options?: CallOptions): List<Provider>
}

export function providers(call: Call): Providers {
  return { list: (options) => list(call, '/v1/providers', {}, options) }
}

import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import type { Call } from '../send.ts'
import type { LogEntry, LogListParams } from '../types/log.ts'

/** Requests to the API and calls to providers. */
export interface Logs {
  /**
   * Entries, newest first.
   * @example
   * ```ts
   * for await (const entry of client.logs.list({ status: '5xx' })) console.log(entry.method, entry.path, entry.code)
   * ```
   */
  list(params?: LogListParams, options?: CallOptions): List<LogEntry>
}

export function logs(call: Call): Logs {
  return { list: (params, options) => list(call, '/api/logs', params, options) }
}

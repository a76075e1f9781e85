import { type List, list } from '../list.ts'
import type { CallOptions } from '../options.ts'
import type { Call } from '../send.ts'
import type { StreamOptions } from '../stream.ts'
import type { LogEntry, LogExportParams, LogListParams, LogStreamParams } from '../types/log.ts'

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
  /**
   * Entries as they come, until you stop reading or the signal ends it. A connection that breaks off is made again and goes
   * on behind the last entry; each entry comes once.
   * @example
   * ```ts
   * for await (const entry of client.logs.stream({ status: '5xx' })) {
   *   console.log(entry.method, entry.path, entry.code)
   *   break
   * }
   * ```
   */
  stream(params?: LogStreamParams, options?: StreamOptions): AsyncGenerator<LogEntry, void, undefined>
  /**
   * Up to 1,000,000 entries as the text of a CSV file, piece by piece, newest first.
   * @example
   * ```ts
   * for await (const piece of client.logs.exportCsv({ created: { gte: '2026-11-01' } })) console.log(piece)
   * ```
   */
  exportCsv(params?: LogExportParams, options?: CallOptions): AsyncGenerator<string, void, undefined>
  /**
   * Up to 1,000,000 entries over one connection, newest first.
   * @example
   * ```ts
   * for await (const entry of client.logs.exportNdjson({ kind: 'provider_call' })) console.log(entry.id)
   * ```
   */
  exportNdjson(params?: LogExportParams, options?: CallOptions): AsyncGenerator<LogEntry, void, undefined>
}

export function logs(call: Call): Logs {
  const get = (path: string, query: object | undefined) => ({ method: 'GET', path, query }) as const
  return {
    list: (params, options) => list(call, '/api/logs', params, options),
    stream: (params, options) => call.stream.events(get('/api/logs/stream', params), options),
    exportCsv: (params, options) => call.stream.text(get('/api/logs/export.csv', params), options),
    exportNdjson: (params, options) => call.stream.lines(get('/api/logs/export.ndjson', params), options),
  }
}

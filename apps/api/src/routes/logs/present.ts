import type { LogEntry } from '@onerouter/contract'
import { formatId } from '@onerouter/core'
import type { RequestRow } from '../../logs/request-log.ts'
import type { ProviderCallRow } from '../../store/provider-calls.ts'

export function presentRequest(row: RequestRow): LogEntry {
  return {
    id: formatId('request', row.id),
    object: 'log_entry',
    kind: 'request',
    environment: row.environment,
    method: row.method,
    path: row.path,
    query: row.query,
    route: row.route,
    status: row.status,
    code: row.code,
    duration_ms: row.duration_ms,
    provider_ms: row.provider_ms,
    key_id: row.key_id === null ? null : formatId('key', row.key_id),
    person_id: row.person_id === null ? null : formatId('person', row.person_id),
    provider: null,
    verb: null,
    payment_id: null,
    provider_request_id: null,
    request_body: null,
    response_body: null,
    created_at: row.created_at.toISOString(),
  }
}

export function presentCall(row: ProviderCallRow): LogEntry {
  return {
    id: formatId('provider_call', row.id),
    object: 'log_entry',
    kind: 'provider_call',
    environment: row.environment,
    method: row.method,
    path: row.path,
    query: null,
    route: null,
    status: row.status,
    code: row.outcome,
    duration_ms: row.duration_ms,
    provider_ms: row.duration_ms,
    key_id: null,
    person_id: null,
    provider: row.provider,
    verb: row.verb,
    payment_id: row.payment_id === null ? null : formatId('payment', row.payment_id),
    provider_request_id: row.provider_request_id,
    request_body: row.request,
    response_body: row.response,
    created_at: row.created_at.toISOString(),
  }
}

/** The columns of an export, in their order. */
export const COLUMNS = [
  'id',
  'kind',
  'created_at',
  'environment',
  'method',
  'path',
  'query',
  'route',
  'status',
  'code',
  'duration_ms',
  'provider_ms',
  'key_id',
  'person_id',
  'provider',
  'verb',
  'payment_id',
  'provider_request_id',
  'request_body',
  'response_body',
] as const satisfies readonly (keyof LogEntry)[]

export const csvHead = (): string => `${COLUMNS.join(',')}\r\n`
export const csvLine = (entry: LogEntry): string =>
  `${COLUMNS.map((name) => csvField(entry[name])).join(',')}\r\n`

/** RFC 4180. A text that a spreadsheet would take for a formula is told apart by an apostrophe. */
function csvField(value: string | number | null): string {
  if (value === null) return ''
  if (typeof value === 'number') return String(value)
  const safe = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

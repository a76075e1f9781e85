import { LogEntry, LogExportQuery, LogList, LogListQuery, LogStreamQuery } from '../resources/log.ts'
import { Type } from '../schema.ts'
import { defineRoutes } from './define.ts'

export const LOG_ROUTES = defineRoutes({
  listLogs: {
    method: 'GET',
    path: '/api/logs',
    tag: 'Logs',
    summary: 'Search the requests to the API, or the calls to providers, newest first',
    scope: 'analytics:read',
    query: LogListQuery,
    answer: { status: 200, schema: LogList },
    errors: [],
  },
  streamLogs: {
    method: 'GET',
    path: '/api/logs/stream',
    tag: 'Logs',
    summary: 'Entries as they come, as server-sent events; Last-Event-ID continues after an entry',
    scope: 'analytics:read',
    query: LogStreamQuery,
    answer: { status: 200, schema: LogEntry, media: 'text/event-stream' },
    errors: [],
  },
  exportLogsCsv: {
    method: 'GET',
    path: '/api/logs/export.csv',
    tag: 'Logs',
    summary: 'Up to 1,000,000 entries as CSV, newest first',
    scope: 'analytics:read',
    query: LogExportQuery,
    answer: { status: 200, schema: Type.String(), media: 'text/csv' },
    errors: [],
  },
  exportLogsNdjson: {
    method: 'GET',
    path: '/api/logs/export.ndjson',
    tag: 'Logs',
    summary: 'Up to 1,000,000 entries, one JSON object a line, newest first',
    scope: 'analytics:read',
    query: LogExportQuery,
    answer: { status: 200, schema: LogEntry, media: 'application/x-ndjson' },
    errors: [],
  },
})

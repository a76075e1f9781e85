import { LogList, LogListQuery } from '../resources/log.ts'
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
})

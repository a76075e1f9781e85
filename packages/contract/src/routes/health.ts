import { Health, Live } from '../resources/health.ts'
import { defineRoutes } from './define.ts'

export const HEALTH_ROUTES = defineRoutes({
  getHealth: {
    method: 'GET',
    path: '/api/health',
    tag: 'Health',
    summary: 'Whether the server and what it stands on work',
    scope: 'public',
    answer: { status: 200, schema: Health },
    errors: [],
  },
  getLiveness: {
    method: 'GET',
    path: '/api/health/live',
    tag: 'Health',
    summary: 'Whether the process answers at all',
    scope: 'public',
    answer: { status: 200, schema: Live },
    errors: [],
  },
  getReadiness: {
    method: 'GET',
    path: '/api/health/ready',
    tag: 'Health',
    summary: 'Whether the process should get traffic; 503 while it should not',
    scope: 'public',
    answer: { status: 200, schema: Health },
    errors: [],
  },
})

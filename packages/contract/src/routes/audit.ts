import { AuditList, AuditListQuery } from '../resources/audit.ts'
import { defineRoutes } from './define.ts'

export const AUDIT_ROUTES = defineRoutes({
  listAuditEntries: {
    method: 'GET',
    path: '/api/audit',
    tag: 'Audit',
    summary: 'List changes of configuration, newest first: who, what, before and after',
    scope: 'analytics:read',
    query: AuditListQuery,
    answer: { status: 200, schema: AuditList },
    errors: [],
  },
})

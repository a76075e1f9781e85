import { Dispute, DisputeList, DisputeListQuery } from '../resources/dispute.ts'
import { IdParam } from '../schema.ts'
import { defineRoutes } from './define.ts'

const TAG = 'Disputes'

export const DISPUTE_ROUTES = defineRoutes({
  listDisputes: {
    method: 'GET',
    path: '/v1/disputes',
    tag: TAG,
    summary: 'List disputes, newest first',
    scope: 'payments:read',
    query: DisputeListQuery,
    answer: { status: 200, schema: DisputeList },
    errors: [],
  },
  getDispute: {
    method: 'GET',
    path: '/v1/disputes/{id}',
    tag: TAG,
    summary: 'Get a dispute: what, why, until when and how it ended',
    scope: 'payments:read',
    params: IdParam,
    answer: { status: 200, schema: Dispute },
    errors: ['not_found'],
  },
})

import {
  DeletedSavedPaymentMethod,
  SavedPaymentMethod,
  SavedPaymentMethodList,
  SavedPaymentMethodListQuery,
  UpdateSavedPaymentMethodBody,
} from '../resources/saved-payment-method.ts'
import { IdParam } from '../schema.ts'
import { defineRoutes } from './define.ts'

const TAG = 'Saved payment methods'

export const SAVED_PAYMENT_METHOD_ROUTES = defineRoutes({
  listSavedPaymentMethods: {
    method: 'GET',
    path: '/v1/saved-payment-methods',
    tag: TAG,
    summary: 'List the payment methods that payers let you keep, newest first',
    scope: 'customers:read',
    query: SavedPaymentMethodListQuery,
    answer: { status: 200, schema: SavedPaymentMethodList },
    errors: ['not_found'],
  },
  getSavedPaymentMethod: {
    method: 'GET',
    path: '/v1/saved-payment-methods/{id}',
    tag: TAG,
    summary: 'Get a saved payment method',
    scope: 'customers:read',
    params: IdParam,
    answer: { status: 200, schema: SavedPaymentMethod },
    errors: ['not_found', 'service_not_allowed'],
  },
  updateSavedPaymentMethod: {
    method: 'PATCH',
    path: '/v1/saved-payment-methods/{id}',
    tag: TAG,
    summary: 'Name a saved payment method',
    scope: 'customers:write',
    params: IdParam,
    body: UpdateSavedPaymentMethodBody,
    answer: { status: 200, schema: SavedPaymentMethod },
    errors: ['not_found', 'service_not_allowed'],
  },
  deleteSavedPaymentMethod: {
    method: 'DELETE',
    path: '/v1/saved-payment-methods/{id}',
    tag: TAG,
    summary: 'Delete a saved payment method, at its provider as well',
    scope: 'customers:write',
    params: IdParam,
    answer: { status: 200, schema: DeletedSavedPaymentMethod },
    errors: ['not_found', 'service_not_allowed'],
  },
})

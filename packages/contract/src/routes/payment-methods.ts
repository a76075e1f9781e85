import {
  PaymentMethod,
  PaymentMethodList,
  PaymentMethodListQuery,
  PaymentMethodParam,
  PaymentMethodUpdateBody,
} from '../resources/payment-method.ts'
import { defineRoutes } from './define.ts'

export const PAYMENT_METHOD_ROUTES = defineRoutes({
  listPaymentMethods: {
    method: 'GET',
    path: '/v1/payment-methods',
    tag: 'Payment methods',
    summary: 'Every way to pay at every provider, and whether it is connected and enabled here',
    scope: 'services:read',
    query: PaymentMethodListQuery,
    answer: { status: 200, schema: PaymentMethodList },
    errors: ['environment_not_allowed'],
  },
  updatePaymentMethod: {
    method: 'PATCH',
    path: '/v1/payment-methods/{provider}/{method}',
    tag: 'Payment methods',
    summary: 'Enable or disable a way to pay',
    scope: 'services:write',
    params: PaymentMethodParam,
    body: PaymentMethodUpdateBody,
    answer: { status: 200, schema: PaymentMethod },
    errors: ['not_found', 'environment_not_allowed', 'service_not_allowed'],
  },
})

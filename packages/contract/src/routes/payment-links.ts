import { EmptyBody } from '../resources/payment.ts'
import {
  CreatePaymentLinkBody,
  PaymentLink,
  PaymentLinkList,
  PaymentLinkListQuery,
} from '../resources/payment-link.ts'
import { Anything, IdempotencyKeyField, IdParam, Strict, Type } from '../schema.ts'
import { defineRoutes } from './define.ts'

const TAG = 'Payment links'
const IDEMPOTENCY = [
  'idempotency_key_invalid',
  'idempotency_key_reused',
  'idempotency_request_in_progress',
] as const

export const PAYMENT_LINK_ROUTES = defineRoutes({
  createPaymentLink: {
    method: 'POST',
    path: '/v1/payment-links',
    tag: TAG,
    summary: 'Create a payment link, and send it by SMS where asked to',
    scope: 'payment_links:write',
    body: CreatePaymentLinkBody,
    answer: { status: 201, schema: PaymentLink },
    errors: [
      ...IDEMPOTENCY,
      'invalid_amount',
      'unsupported_currency',
      'unsupported_method',
      'capability_unsupported',
      'environment_not_allowed',
      'service_not_allowed',
      'provider_not_configured',
    ],
  },
  listPaymentLinks: {
    method: 'GET',
    path: '/v1/payment-links',
    tag: TAG,
    summary: 'List payment links, newest first',
    scope: 'payment_links:read',
    query: PaymentLinkListQuery,
    answer: { status: 200, schema: PaymentLinkList },
    errors: [],
  },
  getPaymentLink: {
    method: 'GET',
    path: '/v1/payment-links/{id}',
    tag: TAG,
    summary: 'Get a payment link',
    scope: 'payment_links:read',
    params: IdParam,
    answer: { status: 200, schema: PaymentLink },
    errors: ['not_found'],
  },
  deactivatePaymentLink: {
    method: 'POST',
    path: '/v1/payment-links/{id}/deactivate',
    tag: TAG,
    summary: 'End a payment link',
    scope: 'payment_links:write',
    params: IdParam,
    body: EmptyBody,
    bodyOptional: true,
    answer: { status: 200, schema: PaymentLink },
    errors: [...IDEMPOTENCY, 'not_found', 'conflict', 'invalid_state'],
  },
  simulatePaymentLink: {
    method: 'POST',
    path: '/v1/simulations/payment-links/{id}/{action}',
    tag: 'Simulations',
    summary: 'Drive the payer of a link on the sandbox: open, pay',
    scope: 'payment_links:write',
    params: Strict({ id: Type.String(), action: Type.String() }),
    body: Strict({ idempotency_key: IdempotencyKeyField }),
    bodyOptional: true,
    answer: {
      status: 200,
      schema: Strict({
        status: Type.String(),
        payment_link: Type.Optional(Anything),
        payment: Type.Optional(Anything),
      }),
    },
    errors: ['not_found', 'environment_not_allowed', 'invalid_state', 'provider_unavailable'],
  },
})

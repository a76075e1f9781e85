import { SendSmsBody, Sms, SmsList, SmsListQuery } from '../resources/sms.ts'
import { IdempotencyKeyField, IdParam, Strict, Type } from '../schema.ts'
import { defineRoutes } from './define.ts'

const TAG = 'SMS'

export const SMS_ROUTES = defineRoutes({
  sendSms: {
    method: 'POST',
    path: '/v1/sms',
    tag: TAG,
    summary: 'Send a text message',
    scope: 'sms:write',
    body: SendSmsBody,
    answer: { status: 201, schema: Sms },
    errors: [
      'idempotency_key_invalid',
      'idempotency_key_reused',
      'idempotency_request_in_progress',
      'environment_not_allowed',
      'service_not_allowed',
      'provider_not_configured',
      'provider_rejected',
      'provider_unavailable',
    ],
  },
  listSms: {
    method: 'GET',
    path: '/v1/sms',
    tag: TAG,
    summary: 'List text messages, newest first',
    scope: 'sms:read',
    query: SmsListQuery,
    answer: { status: 200, schema: SmsList },
    errors: [],
  },
  getSms: {
    method: 'GET',
    path: '/v1/sms/{id}',
    tag: TAG,
    summary: 'Get a text message with its cost and delivery status',
    scope: 'sms:read',
    params: IdParam,
    answer: { status: 200, schema: Sms },
    errors: ['not_found'],
  },
  simulateSms: {
    method: 'POST',
    path: '/v1/simulations/sms/{id}/{action}',
    tag: 'Simulations',
    summary: 'Drive the delivery of a sandbox message: deliver, undeliver',
    scope: 'sms:write',
    params: Strict({ id: Type.String(), action: Type.String() }),
    body: Strict({ idempotency_key: IdempotencyKeyField }),
    bodyOptional: true,
    answer: { status: 200, schema: Strict({ status: Type.String(), sms: Sms }) },
    errors: ['not_found', 'environment_not_allowed', 'invalid_state', 'provider_unavailable'],
  },
})
